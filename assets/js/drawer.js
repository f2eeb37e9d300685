// On a narrow screen the sidebar is a drawer: it holds the focus while open and gives it back.

import { on } from "./bus.js";
import { byId, el } from "./dom.js";

const narrow = matchMedia("(max-width: 720px)");
const side = () => byId("side");

/** Makes the backdrop and listens for the keys that close the drawer. */
export function watchDrawer() {
  const veil = el("div", { className: "lu-veil", on: { click: closeDrawer } });
  byId("app").append(veil);
  side().addEventListener("keydown", (e) => e.key === "Escape" && isOpen() && closeDrawer());
  narrow.addEventListener("change", () => set(false));
}

const isOpen = () => byId("app").dataset.drawer === "open";

/** Opens it where it is a drawer, with the focus on the element `id`; elsewhere it is always there. */
export function openDrawer(id) {
  if (!narrow.matches) return;
  set(true);
  focusWhenDrawn(byId(id), 30);
}

// A hidden element cannot take the focus, and the drawer is hidden until it is drawn.
function focusWhenDrawn(node, frames) {
  if (!isOpen() || frames === 0) return;
  node.focus();
  if (document.activeElement !== node) requestAnimationFrame(() => focusWhenDrawn(node, frames - 1));
}

/** Closes it and gives the focus back to the button that opens it. */
export function closeDrawer() {
  if (!isOpen()) return;
  set(false);
  byId("lu-menu").focus();
}

function set(open) {
  byId("app").dataset.drawer = open ? "open" : "";
  byId("talk").inert = open;
  byId("lu-menu")?.setAttribute("aria-expanded", String(open));
}

on("drawer", openDrawer);
