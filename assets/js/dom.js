// Builds nodes. Text only ever enters as text: there is no way to pass markup.

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
};

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
  svg.setAttribute("class", "lu-i");
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
    on.textContent = "Copied";
  } catch {
    on.textContent = copyByHand(text) ? "Copied" : "Copying is blocked";
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
