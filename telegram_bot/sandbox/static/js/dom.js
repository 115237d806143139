// Building the page: every text goes in as a text node, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

// el("button", {class: "x", onclick: f, "aria-label": "..."}, "text", node, ...)
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (value === true) node.setAttribute(key, "");
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M4 12l16-8-6 16-3-6.5z",
  attach: "M20 11.5l-8.2 8.2a5 5 0 01-7.1-7.1l8.7-8.7a3.3 3.3 0 014.7 4.7l-8.6 8.6a1.7 1.7 0 01-2.4-2.4l7.7-7.7",
  menu: "M4 7h16M4 12h16M4 17h16",
  keyboard: "M4 6h16v12H4zM8 10v.01M12 10v.01M16 10v.01M8 14h8",
  plus: "M12 5v14M5 12h14",
  reply: "M10 8V4L3 11l7 7v-4c5 0 8 1.5 11 6-.500-7-4-12-11-12z",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01",
  voice: "M12 4a2.5 2.5 0 012.5 2.5v5a2.5 2.5 0 01-5 0v-5A2.5 2.5 0 0112 4zM6 11.5a6 6 0 0012 0M12 17.5V21",
  sticker: "M5 5h14v9l-5 5H5zM14 19v-5h5M9 10v.01M14 10v.01M9 14c1 1 2 1.3 3 1.3",
  block: "M12 4a8 8 0 100 16 8 8 0 000-16zM6.5 6.5l11 11",
  clear: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  reload: "M19 12a7 7 0 11-2-5l2 2M19 4v5h-5",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19",
  moon: "M20 14a8 8 0 01-10-10 8 8 0 1010 10z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  link: "M9 7H6a5 5 0 000 10h3M15 7h3a5 5 0 010 10h-3M8 12h8",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A round picture with the first letter; the colour follows the id.
export function avatar(name, id) {
  const letter = [...(name || "?").trim()][0] || "?";
  return el("span", { class: `avatar tint${Number(id) % 7}`, "aria-hidden": "true" }, letter.toUpperCase());
}

export function iconButton(name, label, onclick, extra = "") {
  return el("button", { class: `icon-button ${extra}`, type: "button", title: label, "aria-label": label, onclick }, icon(name));
}
