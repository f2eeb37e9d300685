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

/** Opens it where it is a drawer; elsewhere it is always there. */
export function openDrawer() {
  if (!narrow.matches) return;
  set(true);
  byId("lu-new").focus();
}

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
