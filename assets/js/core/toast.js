// Short messages at the bottom, each with at most one thing to do about it. A newer one stands above the older: an
// undo never vanishes because something else was said.

import { button, byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 3;
const READ_MS = 5000;
const ACT_MS = 9000; // longer when there is something to do
const shown = []; // {node, timer, left, since, action}, oldest first
let region = null;

/** Shows `text`; `action` is [label, function]. It waits while pointed at or focused; there Escape sends it away. */
export function toast(text, action = null) {
  const one = { action, timer: 0, left: action ? ACT_MS : READ_MS, since: 0 };
  const act = () => {
    dismiss(one);
    action[1]();
  };
  one.node = el("div", { className: "lu-toast" }, el("span", { dir: "auto" }, text), action && button(action[0], act),
    button(icon("close"), () => dismiss(one), { className: "lu-toast-close", "aria-label": t("Dismiss") }));
  place();
  region.append(one.node);
  shown.push(one);
  makeRoom();
  if (!region.matches(":hover, :focus-within")) start(one);
}

// Messages go before undos, old before new; of undos the oldest goes.
function makeRoom() {
  if (shown.length <= MOST) return;
  dismiss(shown.slice(0, -1).find((s) => !s.action) ?? shown[0]);
}

function start(one) {
  one.since = performance.now();
  clearTimeout(one.timer);
  one.timer = setTimeout(() => dismiss(one), one.left);
}

function hold() {
  for (const one of shown) {
    clearTimeout(one.timer);
    one.left = Math.max(2000, one.left - (performance.now() - one.since));
    one.since = performance.now();
  }
}

function release() {
  if (!region.matches(":hover, :focus-within")) shown.forEach(start);
}

function dismiss(one) {
  clearTimeout(one.timer);
  const held = one.node.contains(document.activeElement);
  one.node.remove();
  shown.splice(shown.indexOf(one), 1);
  if (held) (region.closest("dialog")?.querySelector("h2[tabindex], [aria-current], input") ?? byId("lu-text"))?.focus({ preventScroll: true });
  else if (region?.isConnected) release();
}

// Everything outside of an open dialog is inert: the messages move into it, and out again when it closes.
function place() {
  region ??= el("div", { className: "lu-toasts", role: "status", on: { pointerenter: hold, pointerleave: release, focusin: hold, focusout: () => setTimeout(release) } });
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? byId("app") ?? document.body;
  if (region.parentNode !== home) home.append(region);
  // Just above the composer, however tall it is; in a dialog at the bottom of the window.
  const box = home.matches("dialog") ? null : byId("lu-form")?.getBoundingClientRect();
  Object.assign(region.style, box ? { left: `${box.left}px`, right: `${innerWidth - box.right}px`, bottom: `${innerHeight - box.top + 8}px` } : { left: "0", right: "0", bottom: "24px" });
}

document.addEventListener("close", () => region && setTimeout(() => shown.length && place()), true);
addEventListener("keydown", (e) => {
  const last = shown.at(-1);
  if (e.key !== "Escape" || e.defaultPrevented || !last || !region.matches(":focus-within")) return;
  e.preventDefault();
  e.stopPropagation();
  dismiss(last);
}, true);

/** The toast for an error of the API: what happened, and what to do. */
export const complain = (e) => toast([e.message, e.hint].filter(Boolean).join(" "));
