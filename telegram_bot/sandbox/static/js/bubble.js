// One message: its bubble, what is attached, and its inline buttons.

import { el, icon } from "./dom.js";
import { render } from "./entities.js";
import { clock, fileSize, t } from "./i18n.js";

// `actions`: command(text), link(url), press(message, button), menu(message, anchor), reply(message), jump(id)
export function bubble(message, actions, spinning = new Set()) {
  const side = message.outgoing ? "out" : "in";
  const node = el("div", { class: `message ${side}`, "data-id": message.message_id });
  const body = el("div", { class: "bubble", tabindex: "0" });
  if (message.reply_to_message) body.append(quote(message.reply_to_message, actions));
  const big = "sticker" in message;
  body.append(attached(message, actions));
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  if (text) {
    body.append(el("div", { class: "text", dir: "auto" }, render(text, entities, { onCommand: actions.command, onLink: actions.link })));
  }
  body.append(el("span", { class: "stamp" }, message.edited ? `${t("edited")} ` : "", clock(message.date), message.outgoing ? icon("check") : null));
  if (big) body.classList.add("bare");
  body.addEventListener("dblclick", () => actions.reply(message));
  const open = (event) => {
    event.preventDefault();
    actions.menu(message, event.clientX ? { left: event.clientX, top: event.clientY } : body);
  };
  body.addEventListener("contextmenu", open);
  body.addEventListener("keydown", (event) => event.target === body && event.key === "Enter" && open(event));
  const more = el("button", { class: "bubble-more", type: "button", "aria-label": t("more"), onclick: () => actions.menu(message, more) }, icon("more"));
  node.append(el("div", { class: "bubble-line" }, body, more));
  const rows = message.reply_markup?.inline_keyboard;
  if (rows) node.append(inlineKeyboard(message, rows, actions, spinning));
  return node;
}

function quote(message, actions) {
  const who = message.from.is_bot ? message.from.first_name : t("you");
  return el("button", { class: "quote", type: "button", onclick: () => actions.jump(message.message_id) },
    el("b", {}, who), el("span", {}, summary(message)));
}

// One line for quotes and the chat list.
export function summary(message) {
  if (message.text) return message.text;
  if (message.sticker) return `${message.sticker.emoji} ${t("sticker")}`;
  for (const kind of ["photo", "voice", "document", "contact", "location"]) {
    if (message[kind]) return message.caption || message[kind].file_name || t(kind);
  }
  return message.web_app_data ? t("dataSent") : t("other");
}

function attached(message) {
  const out = document.createDocumentFragment();
  if (message.sticker) out.append(el("div", { class: "sticker" }, message.sticker.emoji));
  if (message.photo) {
    const size = message.photo.at(-1);
    out.append(el("img", { class: "photo", src: message.file_url, alt: t("photo"), width: size.width, height: size.height, loading: "lazy" }));
  }
  if (message.voice) {
    const wave = el("span", { class: "wave", "aria-hidden": "true" });
    for (let i = 0; i < 28; i += 1) wave.append(el("i", { class: `h${(i * 7 + message.message_id * 3) % 6}` }));
    const length = `${Math.floor(message.voice.duration / 60)}:${String(message.voice.duration % 60).padStart(2, "0")}`;
    out.append(el("div", { class: "voice" }, el("span", { class: "round" }, icon("voice")), wave, el("span", { class: "length" }, length)));
  }
  if (message.document) {
    out.append(el("a", { class: "document", href: message.file_url, download: message.document.file_name || "file" },
      el("span", { class: "round" }, icon("file")),
      el("span", {}, el("b", {}, message.document.file_name || t("document")), el("small", {}, fileSize(message.document.file_size)))));
  }
  if (message.contact) out.append(el("div", { class: "text" }, `${message.contact.first_name}\n${message.contact.phone_number}`));
  if (message.location) out.append(el("div", { class: "text" }, `${t("location")}: ${message.location.latitude}, ${message.location.longitude}`));
  if (message.web_app_data) out.append(el("div", { class: "text service" }, `${t("dataSent")}: ${message.web_app_data.button_text}`));
  const known = ["text", "caption", "sticker", "photo", "voice", "document", "contact", "location", "web_app_data"];
  if (!known.some((kind) => message[kind])) out.append(el("div", { class: "text service" }, t("other")));
  return out;
}

function inlineKeyboard(message, rows, actions, spinning) {
  return el("div", { class: "inline-keyboard" }, ...rows.map((row) =>
    el("div", { class: "inline-row" }, ...row.map((button) => {
      const waits = spinning.has(`${message.message_id}:${button.callback_data}`);
      return el("button", { type: "button", class: waits ? "waits" : "", onclick: () => actions.press(message, button) },
        el("span", {}, button.text), button.url || button.web_app ? icon("link") : null);
    }))));
}

// An answer that is being written.
export function draftBubble(draft) {
  const text = draft.text
    ? el("div", { class: "text", dir: "auto" }, render(draft.text, draft.entities), el("span", { class: "caret" }))
    : el("div", { class: "text service" }, t("draft"), el("span", { class: "caret" }));
  return el("div", { class: "message in draft" }, el("div", { class: "bubble-line" }, el("div", { class: "bubble" }, text)));
}
