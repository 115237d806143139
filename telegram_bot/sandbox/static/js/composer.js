// The lower end of a chat: text field, attachments, commands, the bot's keyboard.

import { el, icon, iconButton } from "./dom.js";
import { summary } from "./bubble.js";
import { t } from "./i18n.js";
import { menu } from "./layers.js";

export class Composer {
  // `chat` has: screen, do(verb, body), openMiniApp(info)
  constructor(chat) {
    this.chat = chat;
    this.replyTo = null;
    this.editing = null;
    this.view = null;
    this.keyboardHidden = false;
    this.field = el("textarea", { rows: "1", placeholder: t("write"), "aria-label": t("write"), maxlength: "20000" });
    this.field.addEventListener("input", () => this.grow());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
      if (event.key === "Escape") this.forget();
    });
    this.menuButton = el("button", { class: "menu-button", type: "button", onclick: () => this.openMenu() });
    this.keyboardButton = iconButton("keyboard", t("keyboard"), () => {
      this.keyboardHidden = !this.keyboardHidden;
      this.showKeyboard();
    });
    this.bar = el("div", { class: "reply-bar", hidden: true });
    this.row = el("div", { class: "composer-row" }, this.menuButton, this.field, this.keyboardButton,
      iconButton("attach", t("attach"), (event) => this.attach(event.currentTarget)),
      iconButton("send", t("send"), () => this.send(), "send"));
    this.big = el("button", { class: "big-button", type: "button", onclick: () => this.bigPressed() });
    this.keyboard = el("div", { class: "reply-keyboard", hidden: true });
    this.node = el("footer", { class: "composer" }, this.bar, this.row, this.big, this.keyboard);
  }

  show(view) {
    this.view = view;
    const lonely = view.blocked || !view.started;
    this.row.hidden = lonely;
    this.big.hidden = !lonely;
    this.big.textContent = view.blocked ? t("restart") : t("start");
    this.node.classList.toggle("lonely", lonely);
    const button = view.menu_button;
    this.menuButton.hidden = button.type !== "web_app" && view.commands.length === 0;
    this.menuButton.replaceChildren(icon("menu"), button.type === "web_app" ? button.text : t("commands"));
    this.keyboardButton.hidden = !view.keyboard?.keyboard;
    this.field.placeholder = view.keyboard?.input_field_placeholder || t("write");
    this.showKeyboard();
  }

  showKeyboard() {
    const rows = this.view.keyboard?.keyboard;
    this.keyboard.hidden = !rows || this.keyboardHidden || this.row.hidden;
    this.keyboard.replaceChildren(...(rows || []).map((row) => el("div", { class: "inline-row" }, ...row.map((button) =>
      el("button", { type: "button", onclick: () => this.pressKey(button) }, button.text)))));
  }

  async pressKey(button) {
    if (button.web_app) {
      this.chat.openMiniApp({ kind: "keyboard", url: button.web_app.url, button_text: button.text });
    } else if (button.request_contact) {
      await this.chat.do("contact");
    } else if (button.request_location) {
      await this.chat.do("location");
    } else {
      await this.chat.do("text", { text: button.text });
    }
    if (this.view.keyboard?.one_time_keyboard) {
      this.keyboardHidden = true;
      this.showKeyboard();
    }
  }

  bigPressed() {
    return this.chat.do(this.view.blocked ? "unblock" : "start");
  }

  openMenu() {
    const button = this.view.menu_button;
    if (button.type === "web_app") {
      this.chat.openMiniApp({ kind: "menu", url: button.web_app.url });
      return;
    }
    menu(this.chat.screen, this.menuButton, this.view.commands.map((command) => [
      "send", `/${command.command}  ${command.description}`, () => this.chat.do("text", { text: `/${command.command}` }),
    ]));
  }

  attach(anchor) {
    const body = () => {
      const reply = this.replyTo ? { reply_to: this.replyTo.message_id } : {};
      this.forget();
      return reply;
    };
    menu(this.chat.screen, anchor, [
      ["sticker", t("sticker"), () => this.chat.do("sticker", { emoji: "😺", ...body() })],
      ["photo", t("photo"), () => this.chat.do("photo", body())],
      ["voice", t("voice"), () => this.chat.do("voice", { duration: 7, ...body() })],
      ["file", t("document"), () => this.chat.do("document", { file_name: "заказ.txt", ...body() })],
    ]);
  }

  reply(message) {
    this.forget();
    this.replyTo = message;
    this.showBar("reply", message.outgoing ? t("you") : message.from.first_name, summary(message));
  }

  edit(message) {
    this.forget();
    this.editing = message;
    this.field.value = message.text;
    this.grow();
    this.showBar("edit", t("editing"), message.text);
  }

  showBar(name, title, text) {
    this.bar.replaceChildren(icon(name), el("div", {}, el("b", {}, title), el("span", {}, text)),
      iconButton("close", t("cancel"), () => this.forget()));
    this.bar.hidden = false;
    this.field.focus();
  }

  forget() {
    if (this.editing) this.field.value = "";
    this.replyTo = this.editing = null;
    this.bar.hidden = true;
    this.grow();
  }

  async send() {
    const text = this.field.value;
    if (!text.trim()) return;
    const [editing, replyTo] = [this.editing, this.replyTo];
    this.field.value = "";
    this.forget();
    const sent = editing
      ? await this.chat.do("edit", { message_id: editing.message_id, text })
      : await this.chat.do("text", { text, ...(replyTo ? { reply_to: replyTo.message_id } : {}) });
    if (!sent && !this.field.value) {
      this.field.value = text;
      this.grow();
    }
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }
}
