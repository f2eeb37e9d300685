// On a narrow screen the sidebar is a drawer: it holds the focus while open and gives it back. On a wide one it can
// be hidden, and stays so.

import { on } from "../core/bus.js";
import { byId, el } from "../core/dom.js";

const HIDDEN = "lumora.side";
const narrow = matchMedia("(max-width: 720px)");
const side = () => byId("side");

/** Whether the sidebar stands beside the conversation. */
export const wide = () => !narrow.matches;

/** Makes the backdrop and listens for the keys that close the drawer. */
export function watchDrawer() {
  const veil = el("div", { className: "lu-veil", on: { click: closeDrawer } });
  byId("app").append(veil);
  side().addEventListener("keydown", (e) => e.key === "Escape" && isOpen() && closeDrawer());
  narrow.addEventListener("change", () => set(false));
  hide(stored() === "hidden");
}

function stored() {
  try {
    return localStorage.getItem(HIDDEN);
  } catch {
    return null; // storage switched off: it is shown
  }
}

function hide(is) {
  byId("app").dataset.side = is ? "hidden" : "";
}

const isHidden = () => wide() && byId("app").dataset.side === "hidden";
const isOpen = () => byId("app").dataset.drawer === "open";

/** Shows or hides the sidebar; shown, the element `id` has the focus and `then()` is called. */
export function toggleSide(showing = wide() ? isHidden() : !isOpen(), id = null, then = () => {}) {
  if (wide()) {
    hide(!showing);
    remember(showing ? "" : "hidden");
    if (!showing) return byId("lu-menu")?.focus();
  } else if (!showing) return closeDrawer();
  else set(true);
  if (id) focusWhenDrawn(byId(id), 30, then);
  else then();
  return undefined;
}

function remember(value) {
  try {
    localStorage.setItem(HIDDEN, value);
  } catch {
    // storage switched off: kept for this page
  }
}

/** Opens it where it is a drawer or hidden, with the focus on the element `id`. */
export function openDrawer(id) {
  if (!wide() || isHidden()) toggleSide(true, id);
}

// A hidden element cannot take the focus, and the drawer is hidden until it is drawn.
function focusWhenDrawn(node, frames, then = () => {}) {
  if ((!wide() && !isOpen()) || frames === 0) return;
  node.focus();
  if (document.activeElement === node) then();
  else requestAnimationFrame(() => focusWhenDrawn(node, frames - 1, then));
}

/** Closes the drawer and gives the focus back to the button that opens it. */
export function closeDrawer() {
  if (!isOpen()) return;
  set(false);
  byId(byId("talk").hasAttribute("data-behind") ? "lu-lib-menu" : "lu-menu").focus();
}

function set(open) {
  byId("app").dataset.drawer = open ? "open" : "";
  byId("talk").inert = open || byId("talk").hasAttribute("data-behind");
  byId("library").inert = open || !byId("talk").hasAttribute("data-behind");
  byId("lu-menu")?.setAttribute("aria-expanded", String(open));
}

on("drawer", openDrawer);
