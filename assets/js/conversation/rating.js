// Thumbs up and down. Down asks why, with quick reasons and room for one's own; the rating counts without one.

import { chat, rate } from "./chat.js";
import { button, byId, el, iconButton } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { closePopover, openPopover } from "../core/popover.js";

const LONGEST = 2000;

const REASONS = () => [t("Not correct"), t("Did not follow my question"), t("Too long"), t("Too short"), t("Hard to understand")];

const thumb = (id, name) => byId("lu-messages")?.querySelector(`[data-focus="${name}-${CSS.escape(id)}"]`);

/** The two buttons of an answer. */
export function thumbs(m) {
  const make = (name, label, value, run) => iconButton(name, label, run, { "aria-pressed": String(m.rating === value), "data-focus": `${name}-${m.id}` });
  return [
    make("good", t("Good answer"), 1, () => rate(m.id, m.rating === 1 ? 0 : 1)),
    make("poor", t("Poor answer"), -1, () => poor(m)),
  ];
}

function poor(m) {
  if (m.rating === -1) {
    rate(m.id, 0);
    return;
  }
  rate(m.id, -1);
  askWhy(m.id);
}

/** Asks what was wrong with an answer that is rated poor. */
export function askWhy(id) {
  const anchor = thumb(id, "poor");
  if (!anchor) return;
  const field = el("textarea", { rows: 2, maxLength: LONGEST, placeholder: t("In your own words"), "aria-label": t("What was wrong, in your own words") });
  const chosen = new Set();
  const chips = REASONS().map((reason) => chip(reason, chosen));
  const save = () => {
    const reason = [...chosen, field.value.trim()].filter(Boolean).join("; ");
    closePopover();
    if (reason && chat.messages.has(id)) rate(id, -1, reason.slice(0, LONGEST));
  };
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    save();
  });
  const acts = el("div", { className: "lu-row lu-end" }, button(t("Skip"), () => closePopover(), { className: "lu-second" }), button(t("Save"), save, { className: "lu-send" }));
  const content = [el("b", {}, t("What was wrong?")), el("div", { className: "lu-reasons" }, chips), el("label", { className: "lu-field" }, field), acts];
  openPopover(anchor, t("What was wrong?"), content, { refocus: () => thumb(id, "poor") });
}

function chip(reason, chosen) {
  return button(reason, (e) => {
    if (!chosen.delete(reason)) chosen.add(reason);
    e.currentTarget.setAttribute("aria-pressed", String(chosen.has(reason)));
  }, { className: "lu-reason", "aria-pressed": "false" });
}
