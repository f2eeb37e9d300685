// One fact in a list: its words, where it comes from, and what can be done with it.

import { open } from "../conversation/chat.js";
import { button, el, iconButton } from "../core/dom.js";
import { day } from "../core/format.js";
import { t } from "../core/i18n.js";
import { accept, forget, reject, takeBack } from "./acts.js";
import { editFact } from "./edit.js";
import { isOver, sureWords, untilWords } from "./facts.js";

/** The row of a fact; `leave()` closes what it stands in, to show where it was said. */
export function factRow(f, leave) {
  const waits = f.state === "proposed";
  const about = [waits ? sureWords(f) : null, f.state === "rejected" ? t("Rejected") : null, untilWords(f)].filter(Boolean);
  const words = el("div", { className: "lu-grow" }, el("p", { dir: "auto", className: "lu-fact-text" }, f.text),
    el("small", {}, source(f, leave), ...about.flatMap((each) => [" · ", each])), replaced(f));
  return el("li", { className: waits ? "lu-fact lu-fact-waits" : "lu-fact" }, words, el("span", { className: "lu-fact-acts" }, acts(f, waits)));
}

function source(f, leave) {
  if (!f.message) return t("Added by hand");
  const go = () => {
    leave();
    open(f.conversation, { message: f.message });
  };
  return button(t("From a chat, {day}", { day: day(f.created_at) }), go, { className: "lu-fact-from", "data-focus": `from-${f.id}`, "aria-label": t("From a chat, {day}: {text}", { day: day(f.created_at), text: f.text }) });
}

function replaced(f) {
  if (f.state !== "proposed" || !f.replaces.length) return null;
  return el("small", { className: "lu-fact-replaces" }, t("Replaces: {text}", { text: f.replaces.map((r) => `“${r.text}”`).join(", ") }));
}

function acts(f, waits) {
  const edit = iconButton("pen", t("Edit: {text}", { text: f.text }), () => editFact(f), { "data-focus": `edit-${f.id}` });
  const gone = iconButton("bin", t("Forget: {text}", { text: f.text }), () => forget([f]), { "data-focus": `forget-${f.id}` });
  if (!waits) return [f.state === "rejected" || isOver(f) ? button(t("Remember"), () => takeBack(f), { className: "lu-second", "data-focus": `back-${f.id}` }) : null, edit, gone];
  return [
    button(t("Accept"), () => accept([f]), { className: "lu-second", "data-focus": `accept-${f.id}`, "aria-label": t("Accept: {text}", { text: f.text }) }),
    button(t("Reject"), () => reject([f]), { className: "lu-quiet", "data-focus": `reject-${f.id}`, "aria-label": t("Reject: {text}", { text: f.text }) }), edit,
  ];
}
