// Asking for a person: an existing one or a new one.

import { el } from "./dom.js";
import { t } from "./i18n.js";

export function personFields(person = null) {
  const languages = [["ru", "Русский"], ["en", "English"]];
  return [
    el("label", {}, t("name"), el("input", { name: "first_name", required: true, maxlength: "64", value: person?.first_name ?? "", placeholder: t("namePlaceholder"), autocomplete: "off" })),
    el("label", {}, t("personLanguage"), el("select", { name: "language_code" }, ...languages.map(([code, name]) =>
      el("option", { value: code, selected: (person?.language_code ?? "ru") === code }, name)))),
  ];
}

// "Whose phone is it?": people without a phone, or somebody new. `choose` is called with an id or null.
export function choiceOfPeople(people, choose) {
  return el("div", { class: "choice" }, ...people.map((person) =>
    el("button", { type: "button", class: "chip", onclick: () => choose(person.id) }, person.first_name)));
}
