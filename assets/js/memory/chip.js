// The chip of an answer that used memory: it opens what was used, with a way to forget it or to do without.

import { changeSetup, open } from "../conversation/chat.js";
import { tell } from "../core/bus.js";
import { button, el, iconButton } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { closePopover, openPopover } from "../core/popover.js";
import { toast } from "../core/toast.js";
import { forget } from "./acts.js";

/** The chip, or null where nothing was used. */
export function memoryChip(m) {
  const items = m.remembered ?? [];
  if (!items.length) return null;
  const chip = button(tn("Used {n} memory", "Used {n} memories", items.length), (e) => show(m, e.currentTarget), { className: "lu-remembered", "aria-haspopup": "dialog", "data-focus": `memory-${m.id}` });
  return el("div", { className: "lu-remembered-line" }, chip);
}

function show(m, anchor) {
  const rows = m.remembered.map((item) => el("li", {}, el("span", { className: "lu-grow" }, el("small", {}, item.kind === "fact" ? t("About you") : t("From an earlier chat")), el("span", { dir: "auto" }, item.text)), item.kind === "fact" ? forgetButton(item) : showButton(item)));
  openPopover(anchor, t("What was remembered for this answer"), el("div", { className: "lu-remembered-panel" },
    el("ul", {}, rows),
    el("div", { className: "lu-row" }, button(t("Off for this chat"), off, { className: "lu-second" }), button(t("All memory…"), () => {
      closePopover();
      tell("settings", "memory");
    }, { className: "lu-quiet" }))));
}

const forgetButton = (item) => iconButton("bin", t("Forget: {text}", { text: item.text }), () => {
  closePopover();
  forget([item]);
});

const showButton = (item) => iconButton("right", t("Show where this was said: {text}", { text: item.text }), () => {
  closePopover();
  open(item.conversation, { message: item.id });
});

async function off() {
  closePopover();
  if (await changeSetup({ memory: false })) toast(t("This chat neither uses memory nor adds to it."), [t("Undo"), () => changeSetup({ memory: null })]);
}
