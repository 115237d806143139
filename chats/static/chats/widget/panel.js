import { Session } from "./session.js";
import { css } from "./styles.js";

const TOGETHER = 5 * 60000;
const LIMIT = 4000; // as the API counts
const ICONS = {
  send: "M12 19V5m-6 6 6-6 6 6",
  close: "m7 7 10 10M17 7 7 17",
  down: "M12 5v14m-6-6 6 6 6-6",
  go: "M8 16l8-8M9.5 8H16v6.5",
  human: "M5 13v-1a7 7 0 0 1 14 0v1M5 13.5h2.2v5H5zm14 0h-2.2v5H19zv5c0 1.5-1.5 2.3-4.5 2.3",
  bot: "M12 4c.7 4.5 3 7 8 8-5 1-7.3 3.5-8 8-.7-4.5-3-7-8-8 5-1 7.3-3.5 8-8Z",
};
const small = matchMedia("(max-width:520px),(max-height:460px)"); // the panel fills the screen

/** Make an element. Text goes in as text nodes: nothing here parses HTML. */
function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  if (tag === "button") element.type = "button";
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) element[key] = value;
    else if (value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A link, or nothing when it is not safe to follow. */
function link(url, text) {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
}

/** Text with its web addresses as links and **bold** as bold. */
function rich(text) {
  return text.split(/(https?:\/\/[^\s<>"«»*]*(?:\([^\s()]*\)|[^\s<>"«»*.,;:!?')\]])|\*\*\S[^*\n]*\*\*)/i).map((part, index) => {
    if (index % 2 === 0) return part;
    return part[0] === "*" ? h("b", null, part.slice(2, -2)) : link(part, part) || part;
  });
}

const face = (author, name) =>
  h("span.face." + author, { "aria-hidden": true }, author === "bot" ? icon("bot") : [...name][0].toUpperCase());

/** Draw the inside of an element, if what it depends on has changed. */
function fill(element, key, make) {
  if (element.key === (key = JSON.stringify(key))) return;
  element.key = key;
  element.replaceChildren(...[make()].flat().filter(Boolean));
}

/** The window of the chat: it watches at once, and is drawn when opened. */
export class Panel {
  constructor(host, words) {
    const { base, language } = host;
    Object.assign(this, { host, words, bottom: true, shown: 0 });
    this.clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
    this.ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.session = new Session({ base, language, onChange: () => this.draw() });
    document.addEventListener("visibilitychange", () => this.draw());
  }

  open(focus) {
    if (!this.panel) this.build();
    if (this.panel.open) return;
    if (!focus) this.panel.setAttribute("open", "");
    else if (small.matches) this.panel.showModal();
    else this.panel.show();
    this.remember();
    this.fit();
    this.session.open();
    this.typed();
    this.draw();
    this.toBottom();
    // a phone's keyboard would hide the questions
    if (focus) (matchMedia("(pointer:coarse)").matches ? this.panel : this.field).focus({ preventScroll: true });
  }

  close() {
    this.panel?.close();
  }

  closed() {
    this.remember();
    this.session.close();
    this.draw();
    if (document.activeElement === document.body) this.host.launcher.focus();
  }

  /** The next page of this tab opens it again. */
  remember() {
    const { open } = this.panel;
    this.host.launcher.ariaExpanded = open;
    try {
      sessionStorage.setItem("switchboard:open", open ? 1 : "");
    } catch {}
  }

  build() {
    const { words, host } = this;
    const root = host.shadowRoot;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets.push(sheet);
    const button = (name, label, onclick) => h("button." + name, { "aria-label": label, title: label, onclick }, icon(name));
    this.portrait = h("div.portrait");
    this.title = h("h2", { id: "title" });
    this.subtitle = h("p.muted");
    this.human = button("human", words.callHuman, () => this.callHuman());
    this.human.append(words.human);
    this.strip = h("div.strip", { role: "status" });
    this.welcome = h("div.welcome");
    this.past = h("div", { role: "log", "aria-label": words.log, "aria-live": "off" });
    this.unsent = h("div.unsent");
    this.live = h("div", { "aria-hidden": true });
    this.said = h("p.hush", { role: "status" });
    this.jump = button("down", words.newer, () => this.toBottom("smooth"));
    this.scroller = h("div.scroller", { tabindex: -1, onscroll: () => this.scrolled() }, this.welcome, this.past, this.unsent, this.live);
    this.field = h("textarea", { rows: 1, dir: "auto", placeholder: words.placeholder, "aria-label": words.placeholder, enterkeyhint: "send" });
    this.field.oninput = () => this.typed();
    this.field.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
    };
    this.sender = button("send", words.send, (event) => this.submit(event));
    this.count = h("p.count", { role: "status" });
    this.panel = h(
      "dialog",
      { "aria-labelledby": "title", tabindex: -1, onclose: () => this.closed() },
      h("header", null, this.portrait, h("div.grow", null, this.title, this.subtitle), this.human, button("close", words.close, () => this.close())),
      this.strip,
      h("div.log", null, this.scroller, this.jump, this.said),
      h("div.composer", null, h("div.field", null, this.field, this.sender), this.count),
    );
    this.panel.onkeydown = (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    };
    // keep the host page's shortcuts out
    for (const name of ["keydown", "keypress", "keyup"]) this.panel.addEventListener(name, (event) => event.stopPropagation());
    root.prepend(this.panel);
    new ResizeObserver(() => this.bottom && this.toBottom()).observe(this.scroller);
    visualViewport.onresize = visualViewport.onscroll = () => this.fit();
  }

  /** A phone's keyboard leaves only a part of the screen. */
  fit() {
    const { offsetTop, height } = visualViewport;
    this.panel.style.setProperty("--top", offsetTop + "px");
    this.panel.style.setProperty("--height", height + "px");
  }

  typed() {
    const { field, words } = this;
    const length = [...field.value.trim()].length;
    this.sender.disabled = !length || length > LIMIT;
    this.count.classList.toggle("bad", length > LIMIT);
    this.count.textContent = length > LIMIT ? words.tooLong(length - LIMIT) : length > LIMIT * 0.9 ? `${length} / ${LIMIT}` : "";
    field.style.height = "auto";
    field.style.height = field.scrollHeight + "px";
    if (length) this.session.noteTyping();
  }

  submit(event) {
    event.preventDefault();
    if (this.sender.disabled) return;
    this.say(this.field.value.trim());
    this.put("");
  }

  put(text) {
    this.field.value = text;
    this.typed();
    this.field.focus();
  }

  say(text) {
    this.session.send(text);
    this.toBottom();
  }

  async callHuman(method) {
    this.panel.focus(); // the button goes away, the focus should not
    this.panel.ariaBusy = true;
    if (!(await this.session.callHuman(method))) this.said.textContent = this.subtitle.textContent = this.words.failedCall;
    this.panel.ariaBusy = null;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.bottom = scrollHeight - scrollTop - clientHeight < 48;
    if (this.bottom) this.draw();
  }

  toBottom(behavior = "instant") {
    this.bottom = true;
    this.jump.hidden = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
  }

  draw() {
    const { panel, session, host, bottom } = this;
    const open = panel?.open;
    if (open && bottom && session.complete && !document.hidden) session.markRead();
    host.unread = open ? 0 : session.unread;
    if (!panel) return;
    const before = this.scroller.scrollHeight;
    this.drawHead();
    this.drawWelcome();
    this.drawPast();
    this.drawUnsent();
    this.drawLive();
    if (bottom) this.toBottom();
    else if (this.scroller.scrollHeight > before) this.jump.hidden = false;
  }

  drawHead() {
    const { words, strip, session } = this;
    const { state, operator, config, queue, online } = session;
    const name = state === "operator" ? operator || words.names.operator : "";
    const title = name || this.host.dataset.title || config?.title || words.title;
    this.panel.dataset.state = state;
    fill(this.title, title, () => title);
    fill(this.subtitle, state, () => words.states[state]);
    fill(this.portrait, name, () => face(name ? "operator" : "bot", name));
    this.human.hidden = session.withHuman;
    strip.hidden = online && state !== "waiting";
    fill(strip, [online, state, queue], () => {
      if (!online) return h("p", null, words.offline);
      const place = queue > 1 ? words.ahead(queue - 1) : queue && words.next;
      const back = h("button", { onclick: () => this.callHuman("DELETE") }, words.takeBack);
      return [h("i"), h("p", null, h("b", null, words.waiting), place || ""), back];
    });
  }

  drawWelcome() {
    const { words, welcome, session } = this;
    const { config, messages, outbox } = session;
    welcome.hidden = messages.length || outbox.length;
    const greeting = this.host.dataset.greeting || config?.greeting || words.greeting;
    const questions = config?.popular_questions || [];
    fill(welcome, [greeting, questions], () => {
      const [hello, lead] = greeting.split(/(?<=[!?.])\s+(.*)/);
      const chip = (text) => h("button", { dir: "auto", onclick: () => this.say(text) }, h("span", null, text), icon("go"));
      return [h("h3", null, hello), lead && h("p", null, lead), questions[0] && h("p.muted", null, words.popular), ...questions.map(chip)];
    });
  }

  drawPast() {
    const { messages, complete, state } = this.session;
    if (!complete) return;
    if (messages[0] !== this.first) {
      // erased
      this.past.replaceChildren();
      Object.assign(this, { first: messages[0], previous: null, shown: 0 });
    }
    for (const message of messages.slice(this.shown)) this.append(message);
    // a screen reader is told only what comes
    if (this.shown) this.past.ariaLive = "polite";
    this.shown = messages.length;
    const offered = state === "bot" && messages.at(-1)?.offer;
    const offer = this.past.querySelector(".offer");
    const row = this.past.lastChild;
    if (offered && offer?.parentNode === row) return;
    offer?.remove();
    if (offered) row.lastChild.before(h("button.offer", { onclick: () => this.callHuman() }, icon("human"), this.words.callHuman));
  }

  append(message) {
    const { past, previous, words, shown } = this;
    const { seq, author, text, created_at, operator, sources = [] } = message;
    const at = new Date(created_at);
    this.previous = { author, operator, at };
    if (previous?.at.toDateString() !== at.toDateString()) past.append(h("p.day", null, this.dayName(at)));
    if (author === "system") return past.append(h("p.notice", { dir: "auto" }, rich(text)));
    const joined = previous && previous.author === author && previous.operator === operator && at - previous.at < TOGETHER;
    if (joined) past.lastChild.classList.add("more");
    const row = this.row(author, joined, operator);
    row.dataset.seq = seq;
    if (shown && author !== "visitor" && !this.live.firstChild) row.classList.add("new");
    row.lastChild.append(...rich(text));
    const links = sources.map(({ title, url }) => link(url, title)).filter(Boolean);
    if (links[0]) row.append(h("div.sources", null, links));
    row.append(h("time.meta", { datetime: created_at }, this.clock.format(at)));
    past.append(row);
  }

  row(author, joined, operator) {
    const name = operator || this.words.names[author];
    const byline = author === "visitor" ? h("span.hush", null, name) : h("div.byline", null, face(author, name), name);
    return h(`div.row.${author}${joined ? ".joined" : ""}`, null, joined ? null : byline, h("div.bubble", { dir: "auto" }));
  }

  drawUnsent() {
    const { words, session, unsent } = this;
    fill(unsent, session.outbox, () =>
      session.outbox.map((item) => {
        const { id, state, wait, long } = item;
        const button = (label, onclick) => h("button", { onclick }, label);
        const row = this.row("visitor");
        row.lastChild.append(...rich(item.text));
        if (!this.drawn?.has(id)) row.classList.add("new");
        this.drawn = new Set(session.outbox.map((one) => one.id));
        const marks = {
          sending: () => [words.sending],
          failed: () => [wait ? words.slow(wait) : words.failed, button(words.retry, () => session.flush())],
          rejected: () => [long ? words.long : words.rejected, button(words.edit, () => (session.drop(id), this.put(item.text)))],
        };
        row.append(h("p.meta", null, marks[state]()));
        row.classList.toggle("failed", state !== "sending");
        return row;
      }),
    );
  }

  /** What is being written now: the answer so far, or three dots. */
  drawLive() {
    const { words, live, session } = this;
    const { partial, typing, expecting, messages } = session;
    const author = partial !== null ? "bot" : typing || (expecting ? "bot" : null);
    const operator = author === "operator" ? session.operator : null;
    const said = author ? words.typing(operator || words.names[author]) : "";
    if (this.said.textContent !== said) this.said.textContent = said;
    fill(live, [author, operator], () => {
      const last = messages.at(-1);
      return author && [this.row(author, last?.author === author && last.operator === operator, operator)];
    });
    if (author) fill(live.firstChild.lastChild, partial, () => (partial === null ? h("div.dots", null, h("i"), h("i"), h("i")) : rich(partial)));
  }

  dayName(at) {
    const days = (new Date(at).setHours(0, 0, 0) - new Date().setHours(0, 0, 0)) / 864e5;
    return days < -1.5 ? this.date.format(at) : this.ago.format(Math.round(days), "day");
  }
}
