/* The chat button. Settings of the script tag: data-language, data-theme, data-accent, data-title, data-greeting,
   data-position, data-api. The rest of the widget is loaded when the chat opens, or to watch a conversation. */
(() => {
  const TAG = "switchboard-chat";
  const script = document.currentScript || document.querySelector('script[src*="chats/widget.js"]');
  if (!script || customElements.get(TAG)) return;
  const here = script.src;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const css = `
:host{all:initial!important;--accent:#3355f0;--on:#fff;--glow:linear-gradient(160deg,color-mix(in oklab,var(--accent),#fff 12%),var(--accent) 70%);--bg:#fff;--soft:#f2f3f6;--text:#16181d;--muted:#676c79;--line:#1618231a;
--edge:0 0 0 1px #1618230d;--far:0 24px 64px -12px #1618234d,0 8px 24px -8px #16182333;--near:0 8px 24px -4px #16182347,0 2px 6px #16182324;
--bad:#c92a3a;--side:20px;position:fixed!important;z-index:2147483000!important;right:var(--side)!important;bottom:20px!important;
width:56px!important;height:56px!important;color:var(--text)!important;
font:15px/1.45 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Arial,sans-serif!important;
-webkit-font-smoothing:antialiased;-webkit-text-size-adjust:100%;text-size-adjust:100%}
:host([data-position=left]){right:auto!important;left:var(--side)!important}
:host([dark]){color-scheme:dark!important;--bg:#17181c;--soft:#25272e;--text:#eceef2;--muted:#9ca1ad;--line:#ffffff1f;--edge:0 0 0 1px #ffffff1a;
--far:0 24px 64px -8px #000c,0 8px 24px -8px #0009;--bad:#ff8a8f}
:host([hidden]){display:none!important}
*{box-sizing:border-box}
.launcher{all:unset;box-sizing:border-box;position:absolute;inset:0;display:grid;place-items:center;border-radius:50%;cursor:pointer;
color:var(--on);background:var(--glow);box-shadow:var(--near);
-webkit-tap-highlight-color:transparent;transition:transform .25s cubic-bezier(.2,1.4,.4,1),box-shadow .2s}
.launcher:hover{transform:scale(1.06)}.launcher:active{transform:scale(.95)}
.launcher:focus-visible{outline:3px solid color-mix(in oklab,var(--accent),var(--bg) 40%);outline-offset:3px}
.launcher svg{grid-area:1/1;width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;
stroke-linejoin:round;transition:transform .25s,opacity .18s}
.launcher svg+svg,[aria-expanded=true] svg{opacity:0;transform:rotate(-45deg) scale(.6)}
[aria-expanded=true] svg+svg{opacity:1;transform:none}
[aria-busy=true] svg{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.35}}
.badge{position:absolute;top:-3px;right:-3px;min-width:21px;padding:0 6px;border-radius:11px;background:#e5384b;color:#fff;
font-size:12px;font-weight:650;line-height:21px;text-align:center;box-shadow:0 0 0 2.5px #fff;pointer-events:none}
:host([dark]) .badge{box-shadow:0 0 0 2.5px #17181c}
.badge:empty{display:none}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media print{:host{display:none!important}}`;

  /** Are white letters hard to read on this colour? */
  const isPale = (rgb) => {
    const [r, g, b] = rgb.match(/[\d.]+/g).map((n) => (n / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36;
  };

  class SwitchboardChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
      const { api, language, accent } = this.dataset;
      this.base = new URL(api || "/", here).href.replace(/\/$/, "");
      const spoken = language || document.documentElement.lang || navigator.language;
      this.language = /^ru\b/i.test(spoken) ? "ru" : "en";
      this.lang = this.language;

      this.launcher = document.createElement("button");
      this.launcher.className = "launcher";
      this.launcher.type = "button";
      this.launcher.append(
        draw("M21 11.6c0 4.6-4 8.2-9 8.2-1.3 0-2.6-.2-3.7-.7l-4.7 1.3 1.3-4C3.7 15 3 13.4 3 11.6c0-4.6 4-8.2 9-8.2s9 3.6 9 8.2ZM8.3 11.7h.01M12 11.7h.01M15.7 11.7h.01"),
        draw("m6 9.5 6 6 6-6"),
      );
      this.launcher.onclick = () => this.toggle();
      this.launcher.onpointerenter = () => this.load().catch(() => {});
      this.badge = document.createElement("span");
      this.badge.className = "badge";
      this.badge.ariaHidden = "true";
      root.append(this.launcher, this.badge);

      const shade = () => {
        this.toggleAttribute("dark", this.dataset.theme ? this.dataset.theme === "dark" : dark.matches);
      };
      dark.addEventListener("change", shade);
      new MutationObserver(shade).observe(this, { attributeFilter: ["data-theme"] });
      shade();
      if (accent && CSS.supports("color", accent)) {
        this.launcher.style.color = accent;
        this.style.setProperty("--on", isPale(getComputedStyle(this.launcher).color) ? "#14161b" : "#fff");
        this.launcher.style.color = "";
        this.style.setProperty("--accent", accent);
      }
      this.unread = 0;
      this.resume();
    }

    /** Go on with the conversation of an earlier page. */
    resume() {
      const kept = (area, key) => {
        try {
          return window[area].getItem("switchboard:" + key);
        } catch {
          return null; // storage is forbidden here
        }
      };
      if (!kept("localStorage", "token")) return;
      const reopen = kept("sessionStorage", "open") && innerWidth > 520;
      const idle = window.requestIdleCallback || ((run) => setTimeout(run, 300));
      idle(() => (reopen ? this.open(false) : this.load()).catch(() => {}), { timeout: 3000 });
    }

    /** Load the rest once; after a failure the next call tries again. */
    load() {
      this.tries ??= 0;
      const part = (name) => import(new URL(`widget/${name}.js${this.tries ? "?" + this.tries : ""}`, here));
      return (this.panel ??= Promise.all([part("panel"), part(this.language)]).then(
        ([{ Panel }, { words }]) => new Panel(this, words),
        (error) => {
          this.tries += 1;
          this.panel = null;
          throw error;
        },
      ));
    }

    async open(focus = true) {
      this.launcher.ariaBusy = "true";
      try {
        (await this.load()).open(focus);
      } finally {
        this.launcher.ariaBusy = null;
      }
    }

    async close() {
      if (this.panel) (await this.panel).close();
    }

    toggle() {
      (this.launcher.ariaExpanded === "true" ? this.close() : this.open()).catch(() => {});
    }

    set unread(count) {
      const ru = this.language === "ru";
      const opened = this.launcher.ariaExpanded === "true";
      this.badge.textContent = count ? (count > 99 ? "99+" : count) : "";
      this.launcher.ariaExpanded = String(opened);
      this.launcher.ariaLabel =
        (opened ? (ru ? "Закрыть чат" : "Close chat") : ru ? "Открыть чат" : "Open chat") +
        (count ? (ru ? `, непрочитанных: ${count}` : `, unread: ${count}`) : "");
    }
  }

  function draw(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function mount() {
    if (document.querySelector(TAG)) return;
    const chat = document.createElement(TAG);
    Object.assign(chat.dataset, script.dataset);
    document.body.append(chat);
  }

  customElements.define(TAG, SwitchboardChat);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
