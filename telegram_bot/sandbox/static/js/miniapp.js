// A Mini App in a frame over the chat, and the messages between it and "Telegram":
// https://core.telegram.org/api/web-events

import * as api from "./api.js";
import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { popup, toast } from "./layers.js";

const SILENCE = 8000;

// `chat`, `kind` ("button", "menu", "keyboard"), `url`, `button_text` of a keyboard button
export async function openMiniApp({ chat, kind, url, button_text: buttonText }) {
  const theme = document.documentElement.dataset.theme;
  let opened;
  try {
    opened = await api.act(chat.bot.name, chat.phone.person.id, "init_data", { kind, url, theme });
  } catch (error) {
    toast(chat.screen, `${t("failed")}: ${error.message}`);
    return;
  }
  new MiniApp(chat, opened, kind, buttonText);
}

class MiniApp {
  constructor(chat, opened, kind, buttonText) {
    this.chat = chat;
    this.kind = kind;
    this.buttonText = buttonText;
    this.opened = opened;
    this.origin = new URL(opened.url).origin;
    this.confirmClosing = false;
    this.frame = el("iframe", {
      src: opened.full_url, title: chat.bot.first_name,
      sandbox: "allow-scripts allow-same-origin allow-forms allow-popups", allow: "clipboard-write",
    });
    this.back = iconButton("back", t("back"), () => this.tell("back_button_pressed"));
    this.back.hidden = true;
    this.note = el("p", { class: "mini-note" }, t("miniAppLoading"));
    this.main = this.button("main_button_pressed");
    this.secondary = this.button("secondary_button_pressed");
    this.sheet = el("section", { class: "mini-app", role: "dialog", "aria-label": chat.bot.first_name },
      el("header", { class: "mini-header" }, this.back, iconButton("close", t("close"), () => this.askToClose()),
        el("b", {}, chat.bot.first_name), iconButton("reload", t("more"), () => this.reload())),
      el("div", { class: "mini-body" }, this.frame, this.note),
      el("footer", { class: "mini-footer" }, this.secondary, this.main));
    chat.screen.append(this.sheet);
    this.listen = (event) => event.source === this.frame.contentWindow && this.heard(event.data);
    this.themeChanged = () => this.tellTheme();
    window.addEventListener("message", this.listen);
    document.addEventListener("sandbox-theme", this.themeChanged);
    this.silence = setTimeout(() => { this.note.textContent = t("miniAppFailed"); }, SILENCE);
  }

  button(event) {
    return el("button", { class: "mini-button", type: "button", hidden: true, onclick: () => this.tell(event) });
  }

  tell(eventType, eventData = {}) {
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), this.origin);
  }

  heard(raw) {
    let given;
    try {
      given = typeof raw === "string" ? JSON.parse(raw) : raw;
    } catch {
      return;
    }
    const answer = HANDLERS[given?.eventType];
    if (answer) answer(this, given.eventData ?? {});
  }

  ready() {
    clearTimeout(this.silence);
    this.note.hidden = true;
  }

  tellViewport() {
    this.tell("viewport_changed", { width: this.frame.clientWidth, height: this.frame.clientHeight, is_state_stable: true, is_expanded: true });
  }

  async tellTheme() {
    const theme = document.documentElement.dataset.theme;
    const fresh = await api.act(this.chat.bot.name, this.chat.phone.person.id, "init_data", { kind: this.kind, theme });
    const params = new URLSearchParams(fresh.hash_fragment).get("tgWebAppThemeParams");
    this.tell("theme_changed", { theme_params: JSON.parse(params) });
  }

  setButton(button, given) {
    button.hidden = !given.is_visible || !given.text;
    button.disabled = given.is_active === false;
    button.textContent = given.text || "";
    button.classList.toggle("busy", Boolean(given.is_progress_visible));
    button.style.backgroundColor = colour(given.color);
    button.style.color = colour(given.text_color);
    setTimeout(() => this.tellViewport(), 50);
  }

  async askToClose() {
    if (this.confirmClosing) {
      const chosen = await popup(this.chat.screen, {
        message: `${t("close")}?`, buttons: [{ id: "no", text: t("cancel") }, { id: "yes", text: t("close") }],
      });
      if (chosen !== "yes") return;
    }
    this.close();
  }

  reload() {
    this.frame.src = "about:blank";
    setTimeout(() => { this.frame.src = this.opened.full_url; }, 30);
  }

  close() {
    clearTimeout(this.silence);
    window.removeEventListener("message", this.listen);
    document.removeEventListener("sandbox-theme", this.themeChanged);
    this.sheet.remove();
  }
}

function colour(value) {
  return /^#[0-9a-f]{6}$/i.test(value || "") ? value : "";
}

function buzz(app) {
  navigator.vibrate?.(15);
  app.sheet.classList.remove("buzz");
  void app.sheet.offsetWidth; // restarts the animation
  app.sheet.classList.add("buzz");
  app.sheet.dataset.haptics = Number(app.sheet.dataset.haptics || 0) + 1;
}

const HANDLERS = {
  iframe_ready: (app) => app.ready(),
  web_app_ready: (app) => app.ready(),
  web_app_close: (app) => app.close(),
  web_app_expand: (app) => app.tellViewport(),
  web_app_request_viewport: (app) => app.tellViewport(),
  web_app_request_theme: (app) => app.tellTheme(),
  web_app_request_safe_area: (app) => app.tell("safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }),
  web_app_request_content_safe_area: (app) => app.tell("content_safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }),
  web_app_request_fullscreen: (app) => app.tell("fullscreen_failed", { error: "UNSUPPORTED" }),
  web_app_setup_main_button: (app, given) => app.setButton(app.main, given),
  web_app_setup_secondary_button: (app, given) => app.setButton(app.secondary, given),
  web_app_setup_back_button: (app, given) => { app.back.hidden = !given.is_visible; },
  web_app_setup_closing_behavior: (app, given) => { app.confirmClosing = Boolean(given.need_confirmation); },
  web_app_set_background_color: (app, given) => { app.sheet.style.backgroundColor = colour(given.color); },
  web_app_trigger_haptic_feedback: (app) => buzz(app),
  web_app_open_link: (app, given) => app.chat.openLink(String(given.url || "")),
  web_app_open_tg_link: (app, given) => {
    app.close();
    app.chat.openLink(`https://t.me${given.path_full || ""}`);
  },
  web_app_data_send: async (app, given) => {
    if (app.kind !== "keyboard") return;
    app.close();
    await app.chat.do("web_app_data", { data: String(given.data), button_text: app.buttonText });
  },
  web_app_open_popup: async (app, given) => {
    const names = { ok: t("ok"), close: t("close"), cancel: t("cancel") };
    const buttons = (given.buttons ?? []).map((button) => ({ ...button, text: names[button.type] ?? button.text }));
    const id = await popup(app.chat.screen, { title: given.title, message: given.message ?? "", buttons });
    app.tell("popup_closed", id === null ? {} : { button_id: id });
  },
  web_app_request_write_access: (app) => app.tell("write_access_requested", { status: "allowed" }),
  web_app_request_phone: (app) => app.tell("phone_requested", { status: "cancelled" }),
  web_app_read_text_from_clipboard: (app, given) => app.tell("clipboard_text_received", { req_id: given.req_id, data: null }),
  web_app_invoke_custom_method: (app, given) => app.tell("custom_method_invoked", { req_id: given.req_id, error: "UNSUPPORTED" }),
};
