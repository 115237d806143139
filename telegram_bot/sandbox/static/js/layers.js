// What lies over a phone or the page: alerts, toasts, menus, dialogs.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

// Telegram's toast: at the bottom of the phone for some seconds.
export function toast(screen, text) {
  screen.querySelector(".toast")?.remove();
  const node = el("div", { class: "toast", role: "status" }, text);
  screen.append(node);
  setTimeout(() => node.remove(), 2500 + Math.min(text.length, 200) * 25);
}

// An alert of a callback answer, or a question; resolves with the id of the button pressed, or null.
export function popup(screen, { title = "", message, buttons = [{ id: "ok", text: t("ok") }] }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const done = (id) => {
      cover.remove();
      before?.focus?.();
      resolve(id);
    };
    const row = el("div", { class: "popup-buttons" });
    for (const button of buttons) {
      row.append(el("button", {
        type: "button", class: button.type === "destructive" ? "text-button danger" : "text-button",
        onclick: () => done(button.id),
      }, button.text));
    }
    const cover = el("div", { class: "cover" },
      el("div", { class: "popup", role: "alertdialog", "aria-label": title || message },
        title && el("h3", {}, title), el("p", {}, message), row));
    cover.addEventListener("click", (event) => event.target === cover && done(null));
    cover.addEventListener("keydown", (event) => event.key === "Escape" && done(null));
    screen.append(cover);
    row.lastElementChild.focus();
  });
}

// A menu of [icon, label, action] at a point of the phone.
export function menu(screen, anchor, items) {
  closeMenus();
  const list = el("div", { class: "menu", role: "menu" });
  for (const [name, label, action, danger] of items) {
    list.append(el("button", {
      type: "button", role: "menuitem", class: danger ? "danger" : "",
      onclick: () => {
        closeMenus();
        action();
      },
    }, icon(name), label));
  }
  screen.append(list);
  const frame = screen.getBoundingClientRect();
  const point = anchor instanceof Element ? anchor.getBoundingClientRect() : anchor;
  const left = Math.min(Math.max(point.left - frame.left, 8), frame.width - list.offsetWidth - 8);
  const below = (point.bottom ?? point.top) - frame.top + 4;
  const above = point.top - frame.top - list.offsetHeight - 4;
  list.style.left = `${left}px`;
  list.style.top = `${below + list.offsetHeight < frame.height - 8 ? below : Math.max(above, 8)}px`;
  list.firstElementChild.focus();
  setTimeout(() => document.addEventListener("pointerdown", outside), 0);
  document.addEventListener("keydown", escape);
}

function outside(event) {
  if (!event.target.closest(".menu")) closeMenus();
}

function escape(event) {
  if (event.key === "Escape") closeMenus();
}

export function closeMenus() {
  document.querySelectorAll(".menu").forEach((node) => node.remove());
  document.removeEventListener("pointerdown", outside);
  document.removeEventListener("keydown", escape);
}

// A form in a dialog of the page; resolves with its FormData, or null.
export function ask(title, fields, confirm) {
  return new Promise((resolve) => {
    const form = el("form", { method: "dialog" },
      el("h2", {}, title), ...fields,
      el("div", { class: "dialog-buttons" },
        el("button", { type: "button", class: "text-button", onclick: () => dialog.close("") }, t("cancel")),
        el("button", { type: "submit", class: "solid-button", value: "yes" }, confirm)));
    const dialog = el("dialog", { class: "dialog" }, form);
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? new FormData(form) : null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
