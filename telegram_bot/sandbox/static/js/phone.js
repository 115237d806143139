// One phone: whose it is, the list of chats, and the chat that is open.

import * as api from "./api.js";
import { avatar, el, iconButton } from "./dom.js";
import { Chat } from "./chat.js";
import { summary } from "./bubble.js";
import { clock, t } from "./i18n.js";
import { ask, menu } from "./layers.js";
import { personFields } from "./people.js";

export class Phone {
  // `page` has: state (bots, people, chats), save(), remove(phone)
  constructor(page, person, openBot) {
    this.page = page;
    this.person = person;
    this.chat = null;
    this.screen = el("div", { class: "screen" });
    this.title = el("button", { class: "owner", type: "button", title: t("rename"), onclick: () => this.rename() });
    this.node = el("article", { class: "phone", "data-person": person.id },
      el("header", { class: "phone-header" }, this.title, iconButton("close", t("closePhone"), () => page.remove(this))),
      el("div", { class: "frame" }, el("div", { class: "island", "aria-hidden": "true" }), this.screen));
    this.showOwner();
    const bot = page.state.bots.find((one) => one.name === openBot);
    if (bot) this.open(bot);
    else this.back();
  }

  get openBot() {
    return this.chat ? this.chat.bot.name : "";
  }

  showOwner() {
    this.title.replaceChildren(avatar(this.person.first_name, this.person.id),
      el("span", {}, el("b", {}, this.person.first_name),
        el("small", {}, this.person.username ? `@${this.person.username}` : `id ${this.person.id}`)));
    this.node.setAttribute("aria-label", this.person.first_name);
  }

  open(bot) {
    this.chat?.close();
    this.chat = new Chat(this, bot);
    this.screen.replaceChildren(this.chat.node);
    this.page.save();
  }

  back() {
    this.chat?.close();
    this.chat = null;
    this.showList();
    this.page.save();
  }

  showList() {
    const rows = this.page.state.bots.map((bot) => {
      const chat = this.page.state.chats.find((one) => one.bot === bot.name && one.person === this.person.id);
      const last = chat?.last_message;
      const unread = last && !last.outgoing && last.message_id > this.lastRead(bot.name);
      return el("button", { class: "chat-row", type: "button", onclick: () => this.open(bot) },
        avatar(bot.first_name, bot.id),
        el("span", { class: "who" }, el("b", {}, bot.first_name),
          el("small", {}, last ? `${last.outgoing ? `${t("you")}: ` : ""}${summary(last)}` : `@${bot.username}`)),
        el("span", { class: "side" }, last ? el("time", {}, clock(last.date)) : null, unread ? el("i", { class: "unread" }) : null));
    });
    this.screen.replaceChildren(el("section", { class: "chat-list" },
      el("header", { class: "list-header" }, el("h2", {}, t("chats"))), ...rows));
  }

  // Something happened in this person's chat with a bot.
  changed(bot) {
    if (this.chat && (bot === null || this.chat.bot.name === bot)) this.chat.refresh();
    else if (!this.chat) this.showList();
  }

  // The newest message that this phone has shown.
  read(bot, messageId) {
    localStorage.setItem(`sandbox.read.${this.person.id}.${bot}`, messageId);
  }

  lastRead(bot) {
    return Number(localStorage.getItem(`sandbox.read.${this.person.id}.${bot}`) || 0);
  }

  // On a narrow screen the owner stands in the switcher only.
  ownerMenu(anchor) {
    menu(document.body, anchor, [
      ["edit", t("rename"), () => this.rename()],
      ["close", t("closePhone"), () => this.page.remove(this), true],
    ]);
  }

  async rename() {
    const given = await ask(t("rename"), personFields(this.person), t("save"));
    if (given) await api.changePerson(this.person.id, Object.fromEntries(given));
  }
}
