// A stand-in for https://telegram.org/js/telegram-web-app.js where there is no internet: the part of it that Mini Apps of
// this project may use, speaking the same messages. Load Telegram's own script in production.
(function () {
  "use strict";
  const fragment = new URLSearchParams(location.hash.slice(1));
  const initData = fragment.get("tgWebAppData") || "";
  const framed = window.parent !== window;
  const listeners = new Map();

  function post(eventType, eventData) {
    if (framed) window.parent.postMessage(JSON.stringify({ eventType, eventData: eventData || {} }), "*");
  }

  function emit(name, given) {
    for (const listener of [...(listeners.get(name) || [])]) listener.call(app, given);
  }

  function on(name, listener) {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(listener);
  }

  function off(name, listener) {
    listeners.get(name)?.delete(listener);
  }

  function readUnsafe() {
    const fields = Object.fromEntries(new URLSearchParams(initData));
    for (const key of ["user", "receiver", "chat"]) {
      try {
        if (fields[key]) fields[key] = JSON.parse(fields[key]);
      } catch {
        delete fields[key];
      }
    }
    return fields;
  }

  function readTheme() {
    try {
      return JSON.parse(fragment.get("tgWebAppThemeParams") || "{}");
    } catch {
      return {};
    }
  }

  function isDark(params) {
    const match = /^#(..)(..)(..)$/.exec(params.bg_color || "");
    return match ? match.slice(1).reduce((sum, part) => sum + parseInt(part, 16), 0) < 382 : false;
  }

  function applyTheme(params) {
    app.themeParams = params;
    app.colorScheme = isDark(params) ? "dark" : "light";
    const style = document.documentElement.style;
    for (const [key, value] of Object.entries(params)) style.setProperty(`--tg-theme-${key.replace(/_/g, "-")}`, value);
    style.setProperty("--tg-color-scheme", app.colorScheme);
  }

  function bottomButton(setup, event, kind) {
    const state = { isVisible: false, isActive: true, isProgressVisible: false, text: "", color: "", textColor: "" };
    function send() {
      post(setup, {
        is_visible: state.isVisible, is_active: state.isActive, is_progress_visible: state.isProgressVisible, text: state.text,
        color: state.color || app.themeParams.button_color, text_color: state.textColor || app.themeParams.button_text_color,
      });
    }
    const button = {
      type: kind,
      setText: (text) => button.setParams({ text }),
      show: () => button.setParams({ is_visible: true }),
      hide: () => button.setParams({ is_visible: false }),
      enable: () => button.setParams({ is_active: true }),
      disable: () => button.setParams({ is_active: false }),
      showProgress(leaveActive) {
        state.isProgressVisible = true;
        return button.setParams({ is_active: Boolean(leaveActive) });
      },
      hideProgress() {
        state.isProgressVisible = false;
        return button.setParams({ is_active: true });
      },
      onClick: (listener) => (on(event, listener), button),
      offClick: (listener) => (off(event, listener), button),
      setParams(given) {
        const names = { text: "text", color: "color", text_color: "textColor", is_visible: "isVisible", is_active: "isActive" };
        for (const [key, name] of Object.entries(names)) if (given[key] !== undefined) state[name] = given[key];
        send();
        return button;
      },
    };
    for (const name of Object.keys(state)) {
      Object.defineProperty(button, name, {
        get: () => state[name],
        set(value) {
          state[name] = value;
          send();
        },
      });
    }
    return button;
  }

  function backButton() {
    let visible = false;
    const set = (value) => {
      visible = value;
      post("web_app_setup_back_button", { is_visible: value });
      return button;
    };
    const button = {
      get isVisible() { return visible; },
      show: () => set(true),
      hide: () => set(false),
      onClick: (listener) => (on("backButtonClicked", listener), button),
      offClick: (listener) => (off("backButtonClicked", listener), button),
    };
    return button;
  }

  const haptic = (given) => (post("web_app_trigger_haptic_feedback", given), app.HapticFeedback);
  const popups = [];

  const app = {
    initData,
    initDataUnsafe: readUnsafe(),
    version: fragment.get("tgWebAppVersion") || "6.0",
    platform: fragment.get("tgWebAppPlatform") || "unknown",
    colorScheme: "light",
    themeParams: {},
    isExpanded: true,
    isActive: true,
    viewportHeight: window.innerHeight,
    viewportStableHeight: window.innerHeight,
    onEvent: on,
    offEvent: off,
    ready: () => post("web_app_ready"),
    expand: () => post("web_app_expand"),
    close: () => post("web_app_close"),
    sendData: (data) => post("web_app_data_send", { data: String(data) }),
    openLink: (url) => post("web_app_open_link", { url: String(url) }),
    openTelegramLink: (url) => post("web_app_open_tg_link", { path_full: new URL(url).pathname + new URL(url).search }),
    setHeaderColor: (color) => post("web_app_set_header_color", { color }),
    setBackgroundColor: (color) => post("web_app_set_background_color", { color }),
    enableClosingConfirmation: () => post("web_app_setup_closing_behavior", { need_confirmation: true }),
    disableClosingConfirmation: () => post("web_app_setup_closing_behavior", { need_confirmation: false }),
    disableVerticalSwipes() {},
    enableVerticalSwipes() {},
    isVersionAtLeast(version) {
      const [mine, asked] = [app.version, version].map((text) => text.split(".").map(Number));
      return mine[0] !== asked[0] ? mine[0] > asked[0] : (mine[1] || 0) >= (asked[1] || 0);
    },
    showPopup(given, callback) {
      popups.push(callback);
      post("web_app_open_popup", { title: given.title || "", message: given.message, buttons: given.buttons || [{ type: "close", id: "" }] });
    },
    showAlert: (message, callback) => app.showPopup({ message, buttons: [{ type: "ok", id: "ok" }] }, callback && (() => callback())),
    showConfirm: (message, callback) =>
      app.showPopup({ message, buttons: [{ type: "ok", id: "ok" }, { type: "cancel", id: "" }] }, callback && ((id) => callback(id === "ok"))),
    HapticFeedback: {
      impactOccurred: (style) => haptic({ type: "impact", impact_style: style }),
      notificationOccurred: (type) => haptic({ type: "notification", notification_type: type }),
      selectionChanged: () => haptic({ type: "selection_change" }),
    },
  };
  app.MainButton = bottomButton("web_app_setup_main_button", "mainButtonClicked", "main");
  app.SecondaryButton = bottomButton("web_app_setup_secondary_button", "secondaryButtonClicked", "secondary");
  app.BackButton = backButton();
  applyTheme(readTheme());

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    let given;
    try {
      given = JSON.parse(event.data);
    } catch {
      return;
    }
    const data = given.eventData || {};
    switch (given.eventType) {
      case "main_button_pressed": return emit("mainButtonClicked");
      case "secondary_button_pressed": return emit("secondaryButtonClicked");
      case "back_button_pressed": return emit("backButtonClicked");
      case "theme_changed":
        applyTheme(data.theme_params || {});
        return emit("themeChanged");
      case "viewport_changed":
        app.viewportHeight = data.height;
        if (data.is_state_stable) app.viewportStableHeight = data.height;
        return emit("viewportChanged", { isStateStable: Boolean(data.is_state_stable) });
      case "popup_closed": {
        const callback = popups.shift();
        if (callback) callback(data.button_id || "");
        return emit("popupClosed", { button_id: data.button_id || null });
      }
    }
  });

  window.Telegram = { WebApp: app, WebView: { postEvent: (name, callback, given) => post(name, given), onEvent: on } };
  post("iframe_ready", { reload_supported: false });
})();
