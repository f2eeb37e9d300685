// One menu at a time, below the button that opened it: arrows, Home, End and letters move, Escape closes.

import { byId, el, icon } from "./dom.js";

let shown = null; // {menu, anchor}

/**
 * Opens a menu for `anchor`. Items: `{label, run, icon, hint, danger, checked, disabled}`, or "-" for a line.
 * `checked` (true or false) makes an item one of a choice.
 */
export function openMenu(anchor, items, { label = anchor.getAttribute("aria-label") ?? anchor.textContent } = {}) {
  const again = shown?.anchor === anchor;
  closeMenu();
  if (again) return;
  const menu = el("div", { className: "lu-popup", role: "menu", "aria-label": label, on: { keydown: pressed } });
  menu.append(...items.filter(Boolean).map((item) => (item === "-" ? el("hr", { role: "separator" }) : entry(item))));
  // Outside of an open dialog everything is inert.
  (anchor.closest("dialog") ?? byId("app")).append(menu);
  shown = { menu, anchor };
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor.getBoundingClientRect());
  (menu.querySelector("[aria-checked=true]") ?? choices()[0])?.focus({ preventScroll: true });
}

function entry({ label, run, icon: name, hint, danger = false, checked = null, disabled = false }) {
  const role = checked === null ? "menuitem" : "menuitemradio";
  const node = el("button", { type: "button", role, tabIndex: -1, disabled, className: danger ? "lu-danger" : "" },
    name ? icon(name) : el("span", { className: "lu-no-icon" }), el("span", { className: "lu-grow" }, label), hint && el("span", { className: "lu-key" }, hint));
  if (checked !== null) node.setAttribute("aria-checked", String(checked));
  node.addEventListener("click", () => {
    closeMenu();
    run();
  });
  return node;
}

function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rightToLeft = document.documentElement.dir === "rtl";
  const start = rightToLeft ? at.right - width : at.left;
  menu.style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`;
  const below = at.bottom + 4 + height <= innerHeight - 8;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

const choices = () => [...shown.menu.querySelectorAll("button:not(:disabled)")];

function pressed(e) {
  const all = choices();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[e.key];
  if (e.key === "Escape" || e.key === "Tab") {
    e.preventDefault();
    e.stopPropagation();
    closeMenu();
  } else if (to !== undefined) {
    e.preventDefault();
    all[to % all.length]?.focus();
  } else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && e.key !== " ") {
    const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((b) => b.textContent.trim().toLowerCase().startsWith(e.key.toLowerCase()));
    next?.focus();
  }
}

/** Closes the open menu, if one is; the focus goes back to its button. */
export function closeMenu(focus = true) {
  if (!shown) return;
  const { menu, anchor } = shown;
  shown = null;
  anchor.setAttribute("aria-expanded", "false");
  menu.remove();
  if (focus && anchor.isConnected) anchor.focus({ preventScroll: true });
}

document.addEventListener("pointerdown", (e) => {
  if (shown && !shown.menu.contains(e.target) && !shown.anchor.contains(e.target)) closeMenu(false);
});
addEventListener("resize", () => closeMenu(false));
