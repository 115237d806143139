/** The visitor's end of the conversation. */
const NAME = "switchboard:";
const PATH = "/api/v1/chat/";
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds between attempts to send
const ANSWER_DUE = 90000; // then a bot's answer is not expected any more
const LONG_CLOSED = 20 * 60000; // then nothing is asked any more
const SILENCE = 45000; // longer than the stream's heartbeat
const FIRST_WORD = 8000; // a stream that a proxy holds back is none

// localStorage, or memory where that is forbidden
const memory = {};
const safely = (work, otherwise = null) => {
  try {
    return work() ?? otherwise;
  } catch {
    return otherwise;
  }
};
const kept = (key) => safely(() => localStorage.getItem(NAME + key), memory[key]);
const keep = (key, value) => safely(() => localStorage.setItem(NAME + key, (memory[key] = value)));
const forget = (key) => safely(() => localStorage.removeItem(NAME + key), delete memory[key]);

const random = (size) => crypto.getRandomValues(new Uint8Array(size));

// crypto.randomUUID is missing without HTTPS
const uuid = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (random(1)[0] & (15 >> (c / 4)))).toString(16));

export class Session {
  messages = [];
  state = "bot";
  online = true;
  partial = null; // the bot's answer so far
  pause = 0;
  failures = 0; // of sending, in a row
  streamFailures = 0;

  constructor({ base, language, onChange }) {
    Object.assign(this, { base, language, onChange, touched: Date.now() });
    this.token = kept("token");
    if (!/^[\w-]{16,100}$/.test(this.token)) {
      this.token = btoa(String.fromCharCode(...random(33))).replace(/\+/g, "-").replace(/\//g, "_");
      keep("token", this.token);
    }
    this.last = this.read; // until the panel opens, only the unread
    this.outbox = safely(() => Object.keys(localStorage), [])
      .filter((key) => key.startsWith(NAME + "outbox:"))
      .map((key) => JSON.parse(localStorage.getItem(key)))
      .sort((a, b) => a.at - b.at);
    addEventListener("storage", ({ key }) => {
      if (key === NAME + "poke") this.wake();
      if (key === NAME + "read") onChange();
    });
    const look = () => {
      if (document.hidden) return this.rest();
      if (!this.outbox.some(({ wait }) => wait)) this.flush();
      this.wake();
    };
    document.addEventListener("visibilitychange", look);
    for (const event of ["focus", "online", "pageshow"]) addEventListener(event, look);
    queueMicrotask(look);
  }

  get read() {
    return +kept("read") || 0;
  }

  get unread() {
    return this.messages.filter(({ seq, author }) => seq > this.read && author !== "visitor").length;
  }

  /** True while the bot owes an answer. */
  get expecting() {
    return this.state === "bot" && this.messages.at(-1)?.author === "visitor" && Date.now() - this.touched < ANSWER_DUE;
  }

  get withHuman() {
    return this.state === "waiting" || this.state === "operator";
  }

  markRead() {
    if (this.last > this.read) keep("read", this.last);
  }

  /** Never throws: status 0 means that the network failed. */
  async call(method, path, body) {
    try {
      const headers = { "Chat-Token": this.token, "Accept-Language": this.language };
      if (body) headers["Content-Type"] = "application/json";
      const response = await fetch(this.base + PATH + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        signal: AbortSignal.timeout(15000),
      });
      const data = await response.json().catch(() => null);
      return { ok: response.ok, status: response.status, data, wait: +response.headers.get("Retry-After") };
    } catch {
      return { status: 0 };
    }
  }

  // a message stays in the outbox and in storage until the server has it

  send(text) {
    const item = { id: uuid(), text, at: Date.now(), state: "sending" };
    this.outbox.push(item);
    keep("outbox:" + item.id, JSON.stringify(item));
    this.onChange();
    this.flush();
  }

  drop(id) {
    this.outbox = this.outbox.filter((item) => item.id !== id);
    forget("outbox:" + id);
    this.onChange();
  }

  /** Send what waits, in order. */
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    clearTimeout(this.sendTimer);
    let item;
    while ((item = this.outbox.find(({ state }) => state !== "rejected"))) {
      item.state = "sending";
      this.onChange();
      const { ok, status, data, wait } = await this.call("POST", "messages", { text: item.text, client_id: item.id });
      if (ok) {
        this.failures = 0;
        this.pause = 0;
        if (status === 201 && data.seq <= this.last) this.beginAnew(data);
        if (this.complete && this.accept([data])) this.schedule();
        else await this.poll();
        this.drop(item.id);
        keep("poke", Date.now());
      } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
        Object.assign(item, { state: "rejected", long: status === 413 });
      } else {
        Object.assign(item, { state: "failed", wait: status === 429 ? wait || 5 : 0 });
        const pause = item.wait || PAUSES[Math.min(this.failures++, 5)];
        this.sendTimer = setTimeout(() => this.flush(), pause * 1000 * (1 + Math.random() / 4));
        break;
      }
    }
    this.flushing = false;
    this.onChange();
  }

  /** What was said is erased: count anew. */
  beginAnew({ seq, client_id: id }) {
    if (this.messages.some((message) => message.seq === seq && message.client_id === id)) return;
    this.messages = [];
    this.last = seq - 1;
    keep("read", this.last);
    this.hangUp();
  }

  /** Ask for a human, or with "DELETE" go back to the bot. */
  async callHuman(method = "POST") {
    const { ok } = await this.call(method, "operator");
    keep("poke", Date.now());
    this.wake();
    return ok;
  }

  /** Tell the operator that the visitor is writing. */
  noteTyping() {
    if (!this.withHuman || Date.now() - this.typed < 3000) return;
    this.typed = Date.now();
    this.call("POST", "typing");
  }

  /** Take in new messages; false when one in between is missing. */
  accept(messages, whole) {
    for (const message of messages) {
      if (message.seq <= this.last) continue;
      if (!whole && message.seq !== this.last + 1) return false;
      this.messages.push(message);
      this.last = message.seq;
      this.touched = Date.now();
      if (message.author === "visitor") this.drop(message.client_id);
      else this.partial = this.typing = null;
    }
    this.onChange();
    return true;
  }

  learn({ state, operator, queue_position: queue }) {
    if (state !== this.state) {
      this.pause = 0;
      this.partial = this.typing = null;
    }
    Object.assign(this, { state, operator, queue });
    this.onChange();
  }

  hear(name, data) {
    if (name === "message" && !this.accept([data])) this.poll();
    if (name === "delta") this.partial = (this.partial || "") + data.text;
    if (name === "retract") this.partial = null;
    if (name === "typing") {
      this.typing = data.author;
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => this.onChange((this.typing = null)), 7000);
    }
    if (name === "state") {
      this.again = this.polling; // that poll may tell an older one
      this.learn({ queue_position: this.queue, ...data });
      if (data.state === "waiting") this.poll(); // only polls tell the place in the queue
    }
    this.onChange();
  }

  open() {
    this.opened = true;
    if (!this.complete) this.last = 0; // now the whole history
    this.wake();
  }

  close() {
    this.opened = false;
    this.touched = Date.now();
    this.hangUp();
    this.schedule();
  }

  wake() {
    this.pause = 0;
    this.touched = Math.max(this.touched, Date.now() - ANSWER_DUE / 2);
    if (this.streamTimer) this.hangUp();
    this.poll();
  }

  rest() {
    clearTimeout(this.timer);
    this.hangUp();
  }

  async poll() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    if (this.polling) return (this.again = true);
    this.polling = true;
    const after = this.last;
    const { ok, status, data, wait } = await this.call("GET", "messages?after=" + after);
    this.polling = false;
    this.online = status > 0;
    if (ok) {
      if (this.lost) this.flush();
      if (this.opened && !this.complete && !after) {
        this.messages = [];
        this.complete = true;
      }
      if (after <= this.last) this.accept(data.messages, true);
      this.again || this.learn(data);
      if (data.messages.length) this.again = !(this.pause = 0); // history comes in pages
    } else this.onChange();
    this.lost = !ok;
    this.listen();
    if (this.again) {
      this.again = false;
      return this.poll();
    }
    this.schedule(wait);
  }

  schedule(wait = 0) {
    clearTimeout(this.timer);
    if (document.hidden || (!this.opened && Date.now() - this.touched > LONG_CLOSED)) return;
    const soon = this.expecting || this.withHuman;
    let range = soon ? [3, 10] : [15, 120]; // seconds
    if (this.lost) range = [2, 30];
    else if (this.live) range = [this.withHuman ? 10 : 45, 60];
    else if (this.opened) range = soon ? [0.8, 1.6] : [4, 30];
    this.pause = Math.min(range[1], Math.max(range[0], this.pause * (soon ? 1.05 : 1.5)));
    this.timer = setTimeout(() => this.poll(), Math.max(wait, this.pause) * (900 + Math.random() * 200));
  }

  // fetch, because EventSource cannot send the token

  async listen() {
    if (!this.complete || !this.opened || this.reader || this.streamTimer) return;
    const reader = (this.reader = new AbortController());
    this.config ??= (await this.call("GET", "config?language=" + this.language)).data;
    this.onChange();
    if (this.config && this.reader === reader) await this.hearAll(reader).catch(() => {});
    if (this.reader !== reader) return;
    this.hangUp();
    const pause = Math.min(60, 2 ** this.streamFailures++) * (500 + Math.random() * 1000);
    this.streamTimer = setTimeout(() => {
      this.streamTimer = null;
      this.listen();
    }, pause);
    this.poll();
  }

  async hearAll(reader) {
    const patience = (time) => {
      clearTimeout(this.watchdog);
      this.watchdog = setTimeout(() => reader.abort(), time);
    };
    patience(FIRST_WORD);
    const url = (this.config.stream_url || this.base) + PATH + "stream?after=" + this.last;
    const headers = { "Chat-Token": this.token, "Last-Event-ID": this.last };
    const response = await fetch(url, { headers, credentials: "omit", cache: "no-store", signal: reader.signal });
    if (!response.ok) return;
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await chunks.read();
      if (done || this.reader !== reader) return;
      patience(SILENCE);
      this.live = true;
      this.streamFailures = 0;
      const blocks = (text + value.replace(/\r/g, "")).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
        if (field("data")) this.hear(field("event"), JSON.parse(field("data")));
      }
    }
  }

  hangUp() {
    clearTimeout(this.watchdog);
    clearTimeout(this.streamTimer);
    this.reader?.abort();
    this.reader = this.streamTimer = this.partial = this.typing = null;
    this.live = false;
  }
}
