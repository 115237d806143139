// A text with Telegram's entities becomes nodes. Offsets are UTF-16 units, which is what JavaScript counts in.

import { el } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
};

// `onCommand` is called with "/command" when it is clicked.
export function render(text, entities = [], { onCommand, onLink } = {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, sorted, 0, text.length, { onCommand, onLink });
}

function build(text, entities, start, end, actions) {
  const out = document.createDocumentFragment();
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) {
      index += 1;
      continue;
    }
    if (from > at) out.append(text.slice(at, from));
    // What begins inside goes inside; what reaches beyond is cut there and goes on behind.
    const inner = [];
    const behind = [];
    for (const other of entities.slice(index + 1)) {
      const last = other.offset + other.length;
      if (other.offset < to) inner.push(last > to ? { ...other, length: to - other.offset } : other);
      if (last > to) behind.push(other.offset < to ? { ...other, offset: to, length: last - to } : other);
    }
    const node = wrap(entity, text.slice(from, to), actions);
    node.append(build(text, inner, from, to, actions));
    out.append(node);
    at = to;
    entities = behind;
    index = 0;
  }
  if (at < end) out.append(text.slice(at, end));
  return out;
}

function wrap(entity, piece, { onCommand, onLink }) {
  switch (entity.type) {
    case "url":
    case "text_link": {
      const url = entity.url || (/^https?:/i.test(piece) ? piece : `http://${piece}`);
      return el("a", {
        href: /^https?:/i.test(url) ? url : "#", target: "_blank", rel: "noopener noreferrer", title: url,
        onclick: (event) => {
          if (entity.type === "text_link" && onLink) {
            event.preventDefault();
            onLink(url);
          }
        },
      });
    }
    case "bot_command":
      return el("button", { class: "command", type: "button", onclick: () => onCommand && onCommand(piece) });
    case "spoiler": {
      const node = el("span", { class: "spoiler", tabindex: "0", role: "button" });
      node.addEventListener("click", () => node.classList.add("open"));
      return node;
    }
    case "expandable_blockquote": {
      const node = el("blockquote", { class: "expandable" });
      node.addEventListener("click", () => node.classList.toggle("open"));
      return node;
    }
    case "pre":
      return el("pre", { "data-language": entity.language });
    case "mention":
    case "hashtag":
    case "email":
    case "text_mention":
      return el("span", { class: "mention" });
    default:
      return el(TAGS[entity.type] || "span");
  }
}
