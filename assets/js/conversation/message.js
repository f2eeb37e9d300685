// One message as nodes: a question with what was attached, an answer with its state, its receipt and its actions.

import { answerBar, questionBar } from "./actions.js";
import { chips } from "./attached.js";
import { goOn, regenerate } from "./chat.js";
import { assistantHere, chat } from "./current.js";
import { button, el, iconButton } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { thoughtWords } from "./live.js";
import { render } from "../answer/markdown.js";
import { preferences } from "../core/preferences.js";
import { usageLine } from "./receipt.js";
import { citedOf } from "../sources/cited.js";
import { sourceList, tooLittle, verdict } from "../sources/verdict.js";
import { memoryChip } from "../memory/chip.js";
import { children } from "./tree.js";
import { errorWords } from "../core/server.js";

const LONG_QUESTION = 1500; // characters
const LONG_ANSWER = 16_000;

/** Who answers here: the custom assistant, else Lumora. */
export const label = () => assistantHere()?.name ?? "Lumora";

/** The node of a stored message. */
export function message(m) {
  const own = m.role === "user";
  const node = el("article", { className: own ? "lu-msg lu-mine" : "lu-msg", "aria-label": own ? t("You") : label(), tabIndex: -1 });
  node.dataset.id = m.id;
  // A guess at its height until it is first drawn, so that the scrollbar means something.
  const width = innerWidth < 720 ? 42 : 92;
  node.style.containIntrinsicHeight = `auto ${60 + Math.ceil(m.text.length / width) * 26}px`;
  node.append(...(own ? question(m) : answer(m)));
  return node;
}

/** What makes two drawings of a message the same; anything else is drawn anew. */
export function version(m) {
  const all = children(chat.messages, m.parent);
  const { role, state, text, rating, rating_reason: why, usage, notices: told, error, thought, reason, sources, checks, enough, remembered } = m;
  return [role, state, text.length, rating, why, usage ? 1 : 0, told?.length, error?.code, thought, reason, all.length, all.indexOf(m), sources?.length, checks?.length, enough, remembered?.length, role === "user" ? "" : label()].join("|");
}

function question(m) {
  const bubble = el("div", { className: "lu-me", dir: "auto" }, m.text);
  const files = chips(m.attachments);
  const whole = el("div", { className: "lu-own" }, m.text ? bubble : null, m.text.length > LONG_QUESTION ? unfold(bubble) : null, files);
  return [whole, questionBar(m)];
}

function unfold(body) {
  body.classList.add("lu-folded");
  return button(t("Show all"), (e) => {
    const folded = body.classList.toggle("lu-folded");
    e.currentTarget.textContent = folded ? t("Show all") : t("Show less");
    e.currentTarget.setAttribute("aria-expanded", String(!folded));
  }, { className: "lu-quiet lu-whole", "aria-expanded": "false" });
}

/** The line above an answer that says who speaks; only a custom assistant needs one. */
export function heading() {
  const who = assistantHere();
  if (!who) return null;
  const picture = who.picture?.startsWith("data:") ? el("img", { src: who.picture, alt: "", width: 18, height: 18 }) : who.picture;
  return el("div", { className: "lu-who" }, picture ? el("span", { "aria-hidden": "true" }, picture) : null, el("span", { dir: "auto" }, who.name));
}

function answer(m) {
  const body = el("div", { className: "lu-ans", dir: "auto" });
  if (m.text) body.append(render(m.text, citedOf(m)));
  // What was just read as it came is not folded away under the reader.
  const long = m.text.length > LONG_ANSWER && !m.fresh && preferences.collapse_long !== false;
  return [heading(), ...notices(m), thinking(m), body, long && unfold(body), ...outcome(m), sourceList(m), verdict(m), memoryChip(m), usageLine(m), answerBar(m)].filter(Boolean);
}

export const notices = (m) => [tooLittle(m), ...(m.notices ?? []).map((text) => el("p", { className: "lu-notice", role: "note" }, text))].filter(Boolean);

function thinking(m) {
  if (!m.reasoning) return null;
  const words = el("div", { dir: "auto" });
  const fold = el("details", { className: "lu-think", open: m.unfolded ?? false }, el("summary", {}, thoughtWords(m)), words);
  const fill = () => fold.open && (words.textContent ||= m.reasoning);
  fold.addEventListener("toggle", fill);
  fill();
  return fold;
}

function outcome(m) {
  const again = button(t("Retry"), () => regenerate(m.id), { className: "lu-second lu-idle" });
  const more = m.text && !chat.temporary && button(t("Continue"), () => goOn(m.id), { className: "lu-second lu-idle" });
  if (m.state === "interrupted") return [card(t("This answer was interrupted."), m.text ? t("What was said is kept.") : t("Nothing was said yet."), more, again)];
  if (m.state === "failed") return [failure(m, more, again)];
  if (m.state === "cancelled") return [el("p", { className: "lu-stopped" }, m.text ? t("You stopped this answer.") : t("You stopped this before the first word."), " ", more || "")];
  if (m.reason === "length") return [el("p", { className: "lu-stopped" }, t("The model reached the longest answer it can give."), " ", more || "")];
  return [];
}

function failure(m, ...acts) {
  const { message, hint } = m.error ? errorWords(m.error) : { message: t("This answer failed."), hint: "" };
  return card(message, hint, ...acts);
}

function card(title, hint, ...acts) {
  const words = el("div", {}, el("b", {}, title), hint && el("small", {}, hint));
  return el("div", { className: "lu-card lu-bad", role: "alert" }, words, el("span", {}, ...acts));
}

/** A question that could not be sent: why, and a way to try again. */
export function trouble(told, dismiss) {
  const again = told.again && button(t("Retry"), told.again, { className: "lu-second" });
  return card(told.message, told.hint, again, dismiss && iconButton("close", t("Dismiss"), dismiss));
}
