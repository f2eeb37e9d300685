// A small panel beside the button that opened it, for what needs more than a menu: one at a time, closed by Escape,
// by a press elsewhere or by Tab out of it.

import { byId, el } from "./dom.js";

let shown = null; // {panel, refocus}

/** Opens a panel named `label` at `anchor`; `refocus()` gives the element that has the focus afterwards. */
export function openPopover(anchor, label, content, { refocus = () => anchor } = {}) {
  closePopover();
  const panel = el("div", { className: "lu-popup lu-popover", role: "dialog", "aria-label": label, on: { keydown: pressed } }, content);
  byId("app").append(panel);
  shown = { panel, refocus };
  placeAt(panel, anchor.getBoundingClientRect());
  panel.querySelector("button, input, textarea")?.focus({ preventScroll: true });
  return panel;
}

/** Puts a fixed panel below what it belongs to, or above where there is no room. */
export function placeAt(panel, at) {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const start = document.documentElement.dir === "rtl" ? at.right - width : at.left;
  panel.style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`;
  const below = at.bottom + 4 + height <= innerHeight - 8;
  panel.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

function pressed(e) {
  if (e.key !== "Escape") return;
  e.stopPropagation();
  closePopover();
}

/** Closes the open panel, if one is. */
export function closePopover(focus = true) {
  if (!shown) return;
  const { panel, refocus } = shown;
  shown = null;
  panel.remove();
  if (focus) refocus()?.focus({ preventScroll: true });
}

document.addEventListener("pointerdown", (e) => shown && !shown.panel.contains(e.target) && closePopover(false));
document.addEventListener("focusin", (e) => shown && !shown.panel.contains(e.target) && closePopover(false));
addEventListener("resize", () => closePopover(false));
