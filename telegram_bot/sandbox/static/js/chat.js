// A chat on a phone: reads it from the sandbox whenever it changed, and shows only what is different.

import * as api from "./api.js";
import { avatar, el, iconButton } from "./dom.js";
import { bubble, draftBubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { day, t } from "./i18n.js";
import { menu, popup, toast } from "./layers.js";
import { openMiniApp } from "./miniapp.js";

const PAGE = 150;
const FILE_ACTIONS = ["upload_document", "upload_photo", "upload_voice", "upload_video"];

export class Chat {
  // `phone` has: screen, person, back(), theme()
  constructor(phone, bot) {
    this.phone = phone;
    this.screen = phone.screen;
    this.bot = bot;
    this.shown = new Map(); // message id -> [what it was drawn from, node]
    this.pressed = new Map(); // callback query id -> key of the button that spins
    this.last = PAGE;
    this.status = el("small", {}, t("bot"));
    this.column = el("div", { class: "column", role: "log", "aria-label": bot.first_name });
    this.list = el("div", { class: "messages" }, this.column);
    this.stickToEnd();
    this.composer = new Composer(this);
    this.node = el("section", { class: "chat" },
      el("header", { class: "chat-header" },
        iconButton("back", t("back"), () => phone.back()), avatar(bot.first_name, bot.id),
        el("div", { class: "who" }, el("b", {}, bot.first_name), this.status),
        iconButton("more", t("more"), (event) => this.openMenu(event.currentTarget))),
      this.list, this.composer.node);
    this.actions = {
      command: (text) => this.do("text", { text }),
      link: (url) => this.openLink(url),
      press: (message, button) => this.press(message, button),
      menu: (message, anchor) => this.messageMenu(message, anchor),
      reply: (message) => this.composer.reply(message),
      jump: (id) => this.jump(id),
    };
    this.refresh();
  }

  // Whoever reads the end keeps seeing the end when something grows: a message comes, a picture loads, the keyboard opens.
  stickToEnd() {
    this.stuck = true;
    this.list.addEventListener("scroll", () => {
      this.stuck = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    });
    this.sizes = new ResizeObserver(() => this.stuck && this.toEnd());
    this.sizes.observe(this.column);
    this.sizes.observe(this.list);
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  // One reading at a time; changes that come meanwhile make one more.
  async refresh() {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.again = false;
        this.draw(await api.getChat(this.bot.name, this.phone.person.id, this.last));
      } while (this.again);
    } catch {
      // The stream says when the sandbox is back, and then everything is read again.
    } finally {
      this.reading = false;
    }
  }

  draw(view) {
    this.view = view;
    this.answers(view.callback_answers);
    this.status.textContent = view.blocked ? t("blockedStatus")
      : FILE_ACTIONS.includes(view.action) ? t("sendingFile") : view.action ? t("typing") : t("bot");
    this.status.classList.toggle("busy", Boolean(view.action) && !view.blocked);
    this.column.replaceChildren(...this.nodes(view));
    this.composer.show(view);
    // "typing" and drafts end by themselves, without an event.
    clearTimeout(this.timer);
    if (view.action || view.drafts.length) this.timer = setTimeout(() => this.refresh(), view.action ? 5100 : 10000);
    this.phone.read(this.bot.name, view.last_message_id);
  }

  nodes(view) {
    const nodes = [];
    const spinning = new Set(this.pressed.values());
    if (view.messages.length >= this.last) {
      nodes.push(el("button", { class: "earlier", type: "button", onclick: () => this.earlier() }, t("earlier")));
    }
    let lastDay = "";
    const shown = new Map();
    for (const message of view.messages) {
      const today = day(message.date);
      if (today !== lastDay) nodes.push(el("div", { class: "day" }, today));
      lastDay = today;
      const busy = [...spinning].filter((key) => key.startsWith(`${message.message_id}:`)).join();
      const drawnFrom = JSON.stringify(message) + busy;
      const old = this.shown.get(message.message_id);
      const node = old && old[0] === drawnFrom ? old[1] : bubble(message, this.actions, spinning);
      shown.set(message.message_id, [drawnFrom, node]);
      nodes.push(node);
    }
    this.shown = shown;
    if (!view.messages.length) nodes.push(el("p", { class: "empty" }, view.started ? t("noMessages") : t("pressStart")));
    nodes.push(...view.drafts.map(draftBubble));
    if (view.action === "typing" && !view.drafts.length && !view.blocked) {
      nodes.push(el("div", { class: "message in" }, el("div", { class: "bubble dots", "aria-label": t("typing") }, el("i"), el("i"), el("i"))));
    }
    return nodes;
  }

  // Answers to buttons that were pressed on this very phone.
  answers(answers) {
    for (const answer of answers) {
      if (!this.pressed.has(answer.callback_query_id) || !(answer.answered || answer.expired)) continue;
      this.pressed.delete(answer.callback_query_id);
      if (!answer.text) continue;
      if (answer.show_alert) popup(this.screen, { title: this.bot.first_name, message: answer.text });
      else toast(this.screen, answer.text);
    }
  }

  async do(verb, body = {}) {
    try {
      this.stuck = true;
      this.toEnd();
      const answer = await api.act(this.bot.name, this.phone.person.id, verb, body);
      await this.refresh();
      return answer;
    } catch (error) {
      toast(this.screen, `${t("failed")}: ${error.message}`);
      return null;
    }
  }

  async press(message, button) {
    if (button.web_app) {
      this.openMiniApp({ kind: "button", url: button.web_app.url });
    } else if (button.url) {
      this.openLink(button.url);
    } else if (button.copy_text) {
      this.copy(button.copy_text.text);
    } else if (button.callback_data) {
      const answer = await this.do("press", { message_id: message.message_id, data: button.callback_data });
      if (!answer) return;
      const id = answer.callback_query_id;
      this.pressed.set(id, `${message.message_id}:${button.callback_data}`);
      // Telegram's apps stop the clock on the button after a while even if no answer comes.
      setTimeout(() => this.pressed.delete(id) && this.refresh(), 15000);
      this.refresh();
    }
  }

  openMiniApp(info) {
    openMiniApp({ chat: this, ...info });
  }

  async openLink(url) {
    const start = url.match(/^https?:\/\/t\.me\/(\w+)\?start=([\w-]{1,64})$/i);
    if (start && start[1].toLowerCase() === this.bot.username.toLowerCase()) {
      await this.do("start", { payload: start[2] });
      return;
    }
    const chosen = await popup(this.screen, {
      title: t("openLink"), message: url, buttons: [{ id: "no", text: t("cancel") }, { id: "yes", text: t("open") }],
    });
    if (chosen === "yes") window.open(url, "_blank", "noopener,noreferrer");
  }

  messageMenu(message, anchor) {
    const items = [["reply", t("reply"), () => this.composer.reply(message)]];
    const text = message.text ?? message.caption;
    if (text) items.push(["copy", t("copy"), () => this.copy(text)]);
    if (message.outgoing && message.text) items.push(["edit", t("edit"), () => this.composer.edit(message)]);
    menu(this.screen, anchor, items);
  }

  openMenu(anchor) {
    const blocked = this.view?.blocked;
    menu(this.screen, anchor, [
      ["clear", t("clear"), () => this.do("clear")],
      ["block", blocked ? t("unblock") : t("block"), () => this.do(blocked ? "unblock" : "block"), !blocked],
    ]);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(this.screen, t("copied"));
    } catch {
      toast(this.screen, t("failed"));
    }
  }

  earlier() {
    this.last += PAGE;
    this.refresh();
  }

  jump(id) {
    const node = this.shown.get(id)?.[1];
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1200);
  }

  close() {
    clearTimeout(this.timer);
    this.sizes.disconnect();
  }
}
