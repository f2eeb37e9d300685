// Builds nodes. Text only ever enters as text: there is no way to pass markup.

import { t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  menu: "M3 6h14M3 10h14M3 14h14",
  plus: "M10 4v12M4 10h12",
  pen: "M4 16l1-4 8.5-8.5 3 3L8 15l-4 1z",
  bin: "M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10",
  sun: "M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M15.5 12.5A6.5 6.5 0 017.5 4.5a6.5 6.5 0 108 8z",
  down: "M10 4v12M5 11l5 5 5-5",
  left: "M12 5l-5 5 5 5",
  right: "M8 5l5 5-5 5",
  close: "M5 5l10 10M15 5L5 15",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 016 0V9",
  picture: "M3 4h14v12H3zM3 13l4-4 4 4 3-3 3 3M13 7.5h.01",
  up: "M10 16V4M5 9l5-5 5 5",
  check: "M4 10.5l4 4 8-9",
  dots: "M5 10h.01M10 10h.01M15 10h.01",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM12.7 12.7L17 17",
  gear: "M8.600 2.500h2.800l.4 2 1.500.9 2-.7 1.400 2.400-1.500 1.400v1.800l1.500 1.400-1.400 2.400-2-.7-1.500.9-.4 2H8.600l-.4-2-1.500-.9-2 .7-1.400-2.400 1.500-1.400V8.500L3.300 7.100l1.400-2.400 2 .7 1.500-.9zM10 7.300a2.300 2.300 0 100 4.600 2.300 2.300 0 000-4.600z",
  sliders: "M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4",
  pin: "M7 3h6l-1 6 3 3H5l3-3zM10 12v5",
  folder: "M3 5h5l2 2h7v9H3z",
  ghost: "M5 17V9a5 5 0 0110 0v8l-2.5-2-2.5 2-2.5-2zM8.3 9h.01M11.7 9h.01",
  copy: "M7 7h9v10H7zM13 7V3H4v10h3",
  again: "M15.5 8A6 6 0 104 11.5M16 4v4h-4",
  quote: "M4 12.5V9c0-2 1-3.5 3.5-4M4 12.5h4V9H4M12 12.5V9c0-2 1-3.5 3.5-4M12 12.5h4V9h-4",
  good: "M7 9l3-6c1.5 0 2 1 2 2l-.5 3H16l-1.2 8H7zM4 9h3v7H4z",
  poor: "M13 11l-3 6c-1.500 0-2-1-2-2l.5-3H4l1.2-8H13zM16 11h-3V4h3z",
  compare: "M3 4h6v12H3zM11 4h6v12h-6z",
  branch: "M6 4v12M6 9c0 3 8 1 8-5M14 4l-2 2M14 4l2 2",
  attach: "M14 9l-5 5a3 3 0 01-4.200-4.200L11 3.600a2 2 0 012.800 2.800L8 12.200",
  slash: "M12 4L8 16",
  keyboard: "M2 5h16v10H2zM5 8h.01M8 8h.01M11 8h.01M14 8h.01M6 12h8",
  file: "M5 2h7l3 3v13H5zM12 2v3h3",
  upload: "M10 13V3M6 7l4-4 4 4M3 13v4h14v-4",
  save: "M10 3v10M6 9l4 4 4-4M3 13v4h14v-4",
  wrap: "M3 5h14M3 10h11a2.500 2.500 0 010 5H9M11 13l-2 2 2 2M3 15h2",
  fold: "M6 8l4 4 4-4",
  unfold: "M8 6l4 4-4 4",
  person: "M10 4a3 3 0 100 6 3 3 0 000-6zM4 17c0-3.500 3-5 6-5s6 1.500 6 5",
  receipt: "M5 3h10v14l-2.500-1.500L10 17l-2.500-1.500L5 17zM8 7h4M8 10.500h4",
  warning: "M10 3l8 14H2zM10 8v4M10 14.500h.01",
  info: "M10 3a7 7 0 100 14 7 7 0 000-14zM10 9v5M10 6.500h.01",
  globe: "M10 3a7 7 0 100 14 7 7 0 000-14zM3 10h14M10 3c-5 5-5 9 0 14M10 3c5 5 5 9 0 14",
  side: "M3 4h14v12H3zM8 4v12",
  template: "M4 4h12v12H4zM7 8h6M7 11h4",
  book: "M4 4.500c2-1 4-1 6 .5 2-1.500 4-1.500 6-.5v11c-2-1-4-1-6 .5-2-1.500-4-1.500-6-.5zM10 5v11",
  tag: "M3 3h7l7 7-7 7-7-7zM6.500 6.500h.01",
  stop: "M6 6h8v8H6z",
  keep: "M6 3h8v14l-4-3.500L6 17z",
  zoom: "M9 4a5 5 0 100 10A5 5 0 009 4zM12.700 12.700L17 17M9 7v4M7 9h4",
  smaller: "M9 4a5 5 0 100 10A5 5 0 009 4zM12.700 12.700L17 17M7 9h4",
  route: "M5 4a1.500 1.500 0 100 3 1.500 1.500 0 000-3zM15 13a1.500 1.500 0 100 3 1.500 1.500 0 000-3zM6.500 5.500H12a3 3 0 010 6H8a3 3 0 000 3h5.500",
};

// These point along the line of writing: mirrored where it runs from the right.
const TURNING = ["left", "right", "unfold", "quote", "side"];

/** A node: `props` are properties, `data-`/`aria-`/`role` attributes, `on` listeners; children are nodes or text. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [name, listener] of Object.entries(value)) node.addEventListener(name, listener);
    else if (key in node && !key.startsWith("aria")) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/** A line icon of 16 px; it says nothing to a screen reader, so its button needs a label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", TURNING.includes(name) ? "lu-i lu-turning" : "lu-i");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that does not submit. */
export function button(label, onclick, props = {}) {
  return el("button", { type: "button", ...props, on: { click: onclick } }, label);
}

/** An icon button; `label` is its name for everyone who does not see the icon. */
export function iconButton(name, label, onclick, props = {}) {
  return button(icon(name), onclick, { className: "lu-icon", title: label, "aria-label": label, ...props });
}

/** Keeps the focus where it was, by `data-focus`, while `draw` replaces nodes below `root`. */
export function keepingFocus(root, draw) {
  const held = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  draw();
  // What had it may be gone, such as a Download button whose download began: then its surroundings have it.
  if (held) (root.querySelector(`[data-focus="${CSS.escape(held)}"]:not(:disabled)`) ?? root).focus({ preventScroll: true });
}

export const byId = (id) => document.getElementById(id);

/** Copies text and says so on the button for a moment. */
export async function copy(text, on) {
  const before = on.textContent;
  try {
    await navigator.clipboard.writeText(text);
    on.textContent = t("Copied");
  } catch {
    on.textContent = copyByHand(text) ? t("Copied") : t("Copying is blocked");
  }
  setTimeout(() => (on.textContent = before), 1500);
}

// Without https the clipboard API is missing on every address but loopback.
function copyByHand(text) {
  const area = el("textarea", { value: text, className: "lu-sr" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
