// The page: which phones stand on it, and what follows from the sandbox's events.

import * as api from "./api.js";
import { avatar, el, icon, iconButton } from "./dom.js";
import { language, switchLanguage, t } from "./i18n.js";
import { ask } from "./layers.js";
import { choiceOfPeople, personFields } from "./people.js";
import { Phone } from "./phone.js";

const page = {
  state: null,
  phones: [],
  current: 0, // which phone a narrow screen shows

  save() {
    const kept = this.phones.map((phone) => ({ person: phone.person.id, bot: phone.openBot }));
    if (!this.building) localStorage.setItem("sandbox.phones", JSON.stringify(kept));
  },

  remove(phone) {
    phone.chat?.close();
    this.phones = this.phones.filter((one) => one !== phone);
    this.current = Math.max(0, Math.min(this.current, this.phones.length - 1));
    this.save();
    show();
  },

  add(personId, bot = "") {
    const person = this.state.people.find((one) => one.id === personId);
    if (!person) return;
    this.phones.push(new Phone(this, person, bot));
    this.current = this.phones.length - 1;
  },
};

async function start() {
  applyTheme();
  document.documentElement.lang = language;
  page.state = await untilAnswered(api.getState);
  build();
  api.follow(page.state.revision, changed, (online) => document.body.classList.toggle("offline", !online));
}

async function untilAnswered(request) {
  for (;;) {
    try {
      return await request();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function build() {
  page.building = true;
  page.phones.forEach((phone) => phone.chat?.close());
  page.phones = [];
  const kept = JSON.parse(localStorage.getItem("sandbox.phones") || "null")
    ?? page.state.people.slice(0, 2).map((person, index) => ({ person: person.id, bot: page.state.bots[index]?.name ?? "" }));
  for (const { person, bot } of kept) page.add(person, bot);
  page.current = 0;
  page.building = false;
  show();
}

function show() {
  const tabs = el("nav", { class: "switcher", "aria-label": t("title") }, ...page.phones.map((phone, index) =>
    el("button", {
      type: "button", "aria-current": index === page.current ? "true" : null,
      onclick: (event) => {
        if (index === page.current) return phone.ownerMenu(event.currentTarget);
        page.current = index;
        return show();
      },
    }, avatar(phone.person.first_name, phone.person.id), el("b", {}, phone.person.first_name))),
  iconButton("plus", t("addPhone"), addPhone));
  const bar = el("header", { class: "top" },
    el("img", { src: "/static/icon.svg", alt: "", width: "36", height: "36" }),
    el("div", { class: "headline" }, el("h1", {}, t("title")), el("p", {}, t("subtitle"))),
    el("button", { class: "solid-button add", type: "button", onclick: addPhone }, icon("plus"), el("span", {}, t("addPhone"))),
    iconButton(isDark() ? "sun" : "moon", t("theme"), switchTheme),
    el("button", {
      class: "text-button", type: "button",
      onclick: () => {
        switchLanguage();
        build();
      },
    }, t("language")));
  const phones = el("main", { class: "phones" }, ...page.phones.map((phone, index) => {
    phone.node.classList.toggle("current", index === page.current);
    return phone.node;
  }));
  if (!page.phones.length) phones.append(el("p", { class: "empty" }, t("noPhones")));
  document.title = t("title");
  // Nodes that move lose their scroll position: put it back.
  const scrolls = page.phones.map((phone) => phone.chat && !phone.chat.stuck && phone.chat.list.scrollTop);
  document.body.replaceChildren(el("p", { class: "offline-note", role: "status" }, t("offline")), bar, tabs, phones);
  page.phones.forEach((phone, index) => {
    if (phone.chat) phone.chat.list.scrollTop = scrolls[index] || phone.chat.list.scrollHeight;
  });
}

async function addPhone() {
  const free = page.state.people.filter((person) => !page.phones.some((phone) => phone.person.id === person.id));
  let chosen = null;
  const fields = personFields();
  if (free.length) {
    const pick = (id) => {
      chosen = id;
      document.querySelector("dialog").close("");
    };
    fields.unshift(choiceOfPeople(free, pick), el("p", { class: "or" }, t("newPerson")));
  }
  const given = await ask(t("whose"), fields, t("openPhone"));
  if (given) chosen = (await api.createPerson(Object.fromEntries(given))).id;
  if (chosen === null) return;
  page.state = await api.getState();
  page.add(chosen);
  page.save();
  show();
}

async function changed(changes) {
  const wide = !changes || changes.some((change) => ["people", "bots", "reset"].includes(change.kind));
  const lists = page.phones.some((phone) => !phone.chat);
  if (wide || lists) page.state = await untilAnswered(api.getState);
  if (wide) {
    for (const phone of [...page.phones]) {
      const person = page.state.people.find((one) => one.id === phone.person.id);
      if (!person) page.remove(phone);
      else phone.person = person;
      phone.showOwner();
    }
    show();
  }
  for (const phone of page.phones) {
    const mine = (changes ?? []).filter((change) => change.person === phone.person.id);
    if (wide) phone.changed(null);
    else [...new Set(mine.map((change) => change.bot))].forEach((bot) => phone.changed(bot));
  }
}

function isDark() {
  const chosen = localStorage.getItem("sandbox.theme");
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

function switchTheme() {
  localStorage.setItem("sandbox.theme", isDark() ? "light" : "dark");
  applyTheme();
  show();
  document.dispatchEvent(new Event("sandbox-theme"));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
start();
