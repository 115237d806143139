// The gallery of characters. Telegram's script gives window.Telegram.WebApp; who the person is, only the server believes
// after it has checked the signature of initData.
(() => {
  "use strict";

  const TEXTS = {
    ru: {
      title: "С кем поговорим?", search: "Найти персонажа", now: "Сейчас",
      confirm: (name) => `Выбрать: ${name}`, again: (name) => `Продолжить: ${name}`,
      found: (count) => `Найдено: ${count}`,
      nobody: ["🔍", "Никого не нашлось", "Попробуйте другое имя.", "Показать всех"],
      empty: ["🎭", "Персонажей пока нет", "Загляните чуть позже."],
      outside: ["✈️", "Откройте в Telegram", "Эта страница работает внутри Telegram: нажмите кнопку в чате с ботом персонажей."],
      expired: ["⏳", "Окно устарело", "Закройте его и откройте снова из чата с ботом.", "Закрыть"],
      failed: ["📡", "Не получилось связаться", "Проверьте интернет и попробуйте ещё раз.", "Повторить"],
      done: ["👋", "Готово!", "Возвращайтесь в чат: вас уже ждут."],
      lost: "Не получилось. Попробуйте ещё раз.",
    },
    en: {
      title: "Whom shall we talk to?", search: "Find a character", now: "Now",
      confirm: (name) => `Choose ${name}`, again: (name) => `Go on with ${name}`,
      found: (count) => `Found: ${count}`,
      nobody: ["🔍", "Nobody found", "Try another name.", "Show everybody"],
      empty: ["🎭", "No characters yet", "Please look in a little later."],
      outside: ["✈️", "Open it in Telegram", "This page works inside Telegram: press the button in the chat with the characters bot."],
      expired: ["⏳", "This window is too old", "Close it and open it again from the chat with the bot.", "Close"],
      failed: ["📡", "No connection", "Check the internet and try again.", "Try again"],
      done: ["👋", "Done!", "Go back to the chat: somebody is waiting for you."],
      lost: "That did not work. Please try again.",
    },
  };

  const app = window.Telegram && window.Telegram.WebApp;
  const initData = (app && app.initData) || "";
  const api = document.body.dataset.api.replace(/\/?$/, "/api/");
  const [gallery, search, notice, status, trouble, confirm] =
    ["gallery", "search", "notice", "status", "trouble", "confirm"].map((id) => document.getElementById(id));
  const state = { characters: [], current: null, chosen: null, busy: false };
  let texts = TEXTS.ru;

  function speak(language) {
    texts = TEXTS[language] || TEXTS.ru;
    document.documentElement.lang = language in TEXTS ? language : "ru";
    document.getElementById("title").textContent = document.title = texts.title;
    search.placeholder = texts.search;
    search.setAttribute("aria-label", texts.search);
  }

  // --- What is shown -------------------------------------------------------------------------------------------------

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    if (text) made.textContent = text;
    return made;
  }

  function cardOf(character) {
    const card = element("label", "card");
    const radio = element("input", "");
    Object.assign(radio, { type: "radio", name: "character", value: character.slug });
    radio.setAttribute("aria-label", `${character.name}. ${character.tagline}`);
    radio.addEventListener("change", () => choose(character));
    const portrait = element("span", "portrait", character.name.slice(0, 1));
    if (character.picture) {
      const picture = element("img", "");
      Object.assign(picture, { src: character.picture, alt: "", loading: "lazy", width: 160, height: 160 });
      picture.addEventListener("error", () => picture.remove());
      portrait.append(picture);
    }
    card.append(radio, portrait, element("span", "name", character.name), element("span", "tagline", character.tagline));
    if (character.slug === state.current) card.append(element("span", "now", texts.now));
    card.append(element("span", "tick"));
    return card;
  }

  function show(characters) {
    notice.hidden = true;
    gallery.hidden = false;
    gallery.setAttribute("aria-busy", "false");
    gallery.replaceChildren(...characters.map(cardOf));
    for (const radio of gallery.querySelectorAll("input")) radio.checked = radio.value === state.chosen?.slug;
  }

  function tell([mark, title, text, label], act) {
    gallery.hidden = true;
    notice.hidden = false;
    notice.querySelector(".mark").textContent = mark;
    notice.querySelector("h2").textContent = title;
    notice.querySelector("p").textContent = text;
    const button = notice.querySelector("button");
    button.hidden = !act;
    button.textContent = label || "";
    button.onclick = act || null;
    status.textContent = `${title}. ${text}`;
  }

  function warn(text) {
    trouble.textContent = text;
    trouble.hidden = false;
    setTimeout(() => { trouble.hidden = true; }, 5000);
  }

  function filter() {
    const plain = (text) => text.toLowerCase().replace(/ё/g, "е");
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const found = state.characters.filter((one) => words.every((word) => plain(`${one.name} ${one.tagline}`).includes(word)));
    status.textContent = texts.found(found.length);
    if (found.length || !words.length) return found.length ? show(found) : tell(texts.empty);
    tell(texts.nobody, () => {
      search.value = "";
      filter();
      search.focus();
    });
  }

  // --- The button at the bottom: Telegram's own, or ours where there is none -----------------------------------------

  const bottom = app && app.MainButton && app.platform !== "unknown" && {
    ask(text) { app.MainButton.setParams({ text, is_visible: true, is_active: true }); },
    busy(is) { is ? app.MainButton.showProgress() : app.MainButton.hideProgress(); },
    hide() { app.MainButton.hide(); },
    listen(act) { app.MainButton.onClick(act); },
  } || {
    ask(text) { confirm.textContent = text; confirm.hidden = false; document.body.classList.add("asks"); },
    busy(is) { confirm.disabled = is; },
    hide() { confirm.hidden = true; document.body.classList.remove("asks"); },
    listen(act) { confirm.addEventListener("click", act); },
  };

  function feel(kind, what) {
    try {
      app.HapticFeedback[kind](what);
    } catch { /* an old client */ }
  }

  function choose(character) {
    state.chosen = character;
    feel("selectionChanged");
    bottom.ask((character.slug === state.current ? texts.again : texts.confirm)(character.name));
  }

  // --- The server ----------------------------------------------------------------------------------------------------

  async function ask(path, options) {
    const given = { Authorization: `tma ${initData}`, "Content-Type": "application/json" };
    const answer = await fetch(api + path, { ...options, headers: given });
    if (answer.status === 401) throw new Error("expired");
    if (!answer.ok) throw new Error("failed");
    return answer.json();
  }

  async function load() {
    try {
      const { language, current, suggested, characters } = await ask("characters");
      speak(language);
      Object.assign(state, { characters, current });
      const wanted = characters.find((one) => one.slug === suggested);
      if (wanted) choose(wanted);
      filter();
      status.textContent = "";
    } catch (error) {
      if (error.message === "expired") tell(texts.expired, () => app.close());
      else tell(texts.failed, load);
    }
  }

  // Somebody who came by a direct link has never pressed Start: without this the bot may not write to them.
  function mayWrite() {
    const allowed = app.initDataUnsafe?.user?.allows_write_to_pm;
    if (allowed || !app.requestWriteAccess || !app.isVersionAtLeast("6.9")) return Promise.resolve();
    return new Promise((resolve) => app.requestWriteAccess(resolve));
  }

  async function send() {
    if (!state.chosen || state.busy) return;
    state.busy = true;
    bottom.busy(true);
    try {
      await mayWrite();
      await ask("choice", { method: "POST", body: JSON.stringify({ character: state.chosen.slug }) });
      feel("notificationOccurred", "success");
      bottom.busy(false);
      bottom.hide();
      tell(texts.done);
      app.close();
    } catch (error) {
      feel("notificationOccurred", "error");
      bottom.busy(false);
      if (error.message === "expired") tell(texts.expired, () => app.close());
      else warn(texts.lost);
    }
    state.busy = false;
  }

  // --- The start -----------------------------------------------------------------------------------------------------

  function paint() {
    document.documentElement.dataset.scheme = app.colorScheme;
    try {
      app.setHeaderColor("secondary_bg_color");
      app.setBackgroundColor("secondary_bg_color");
    } catch { /* an old client */ }
  }

  const guess = app?.initDataUnsafe?.user?.language_code || navigator.language || "ru";
  speak(/^(ru|be|uk|kk|ky|tg|uz|hy|az)/.test(guess) ? "ru" : "en");
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => event.key === "Enter" && search.blur());
  bottom.listen(send);
  if (!initData) {
    document.querySelector(".search").hidden = true;
    tell(texts.outside);
  } else {
    paint();
    app.onEvent("themeChanged", paint);
    app.ready();
    app.expand();
    load();
  }
})();
