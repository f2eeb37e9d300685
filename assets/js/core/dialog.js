// Dialogs: the browser's own <dialog>, which holds the focus and gives it back.

import { button, byId, el, iconButton } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Opens a modal dialog. `content` is nodes; `className` adds to its looks; `onClose` hears when it is gone. With a
 * `guard`, closing by hand (×, Escape, a press beside it) only calls that. Returns `{node, body, close}`.
 */
export function openDialog({ title, content = [], className = "", onClose = () => {}, guard = null }) {
  const heading = el("h2", { id: `lu-dialog-${++made}`, tabIndex: -1 }, title);
  const body = el("div", { className: "lu-dialog-body" }, content);
  const node = el("dialog", { className: `lu-dialog ${className}`, "aria-labelledby": heading.id },
    el("header", { className: "lu-row" }, heading, iconButton("close", t("Close"), () => leave())), body);
  const leave = () => (guard ? guard() : node.close());
  byId("app").append(node);
  // A press of Escape while nothing in it has the focus (a button was disabled) comes here alone.
  const outside = (e) => {
    if (e.key !== "Escape" || e.defaultPrevented || [...document.querySelectorAll("dialog[open]")].at(-1) !== node) return;
    e.preventDefault();
    leave();
  };
  addEventListener("keydown", outside);
  node.addEventListener("close", () => {
    removeEventListener("keydown", outside);
    node.remove();
    onClose();
  });
  // A press that begins on the backdrop closes it; one that only ends there (selecting text) does not.
  node.addEventListener("pointerdown", (e) => e.target === node && leave());
  node.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    if (!guard || e.defaultPrevented) return;
    e.preventDefault();
    guard();
  });
  node.showModal();
  // The heading is where reading begins; whoever opens a form moves on to its first field.
  heading.focus();
  return { node, body, close: () => node.close() };
}

let made = 0;

/**
 * Asks before something that cannot be undone; resolves true or false. `typed` is a phrase that has to be
 * typed first; `danger: false` asks without alarm.
 */
export function confirm({ title, text, action, typed = null, danger = true }) {
  return new Promise((resolve) => {
    let agreed = false;
    const go = button(action, () => {
      agreed = true;
      dialog.close();
    }, { className: danger ? "lu-send lu-danger-fill" : "lu-send", disabled: Boolean(typed) });
    const field = typed && el("input", { type: "text", autocomplete: "off", "aria-label": t("Type “{phrase}” to confirm", { phrase: typed }) });
    field?.addEventListener("input", () => (go.disabled = field.value.trim().toLowerCase() !== typed.toLowerCase()));
    const keep = button(t("Cancel"), () => dialog.close(), { className: "lu-second" });
    const ask = typed && el("label", { className: "lu-field" }, el("span", {}, t("Type “{phrase}” to confirm", { phrase: typed })), field);
    const dialog = openDialog({
      title,
      className: "lu-small",
      content: [el("p", {}, text), ask, el("div", { className: "lu-row lu-end" }, keep, go)].filter(Boolean),
      onClose: () => resolve(agreed),
    });
    (field ?? keep).focus();
  });
}
