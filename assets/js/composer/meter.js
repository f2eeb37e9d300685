// How full the model's context will be: what was said, the draft and what goes along with it.

import { tray } from "./attachments.js";
import { on } from "../core/bus.js";
import { chat } from "../conversation/chat.js";
import { button, byId, el } from "../core/dom.js";
import { field } from "./field.js";
import { count } from "../core/format.js";
import { locale, t } from "../core/i18n.js";
import { answering } from "../topbar/models.js";
import { counted, guessed } from "./tokens.js";
import { path } from "../conversation/tree.js";

const WAIT_MS = 600; // after the last key
const NEARLY = 0.8;
const EDGE = 8; // px between the popover and the window
const SVG = "http://www.w3.org/2000/svg";
const AROUND = 2 * Math.PI * 6;

const parts = { history: guessed(0), draft: guessed(0), attachments: guessed(0) };
let counting = null; // the AbortController of the count that is on its way
let timer = 0;
let popover = null;

/** Wires the meter's button. */
export function mountMeter() {
  const face = byId("lu-meter");
  face.append(ring(), el("span", { className: "lu-meter-text", "aria-hidden": "true" }), el("span", { className: "lu-sr" }));
  popover = el("div", { className: "lu-pop", popover: "auto", role: "dialog", "aria-label": t("Context") });
  face.after(popover);
  face.addEventListener("click", explain);
  popover.addEventListener("toggle", (e) => face.setAttribute("aria-expanded", String(e.newState === "open")));
  said();
}

function ring() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "lu-ring");
  for (const name of ["lu-ring-all", "lu-ring-part"]) {
    const circle = document.createElementNS(SVG, "circle");
    Object.entries({ cx: 8, cy: 8, r: 6, class: name }).forEach(([k, v]) => circle.setAttribute(k, v));
    svg.append(circle);
  }
  return svg;
}

/** The draft changed: guesses at once, and has it counted when the typing pauses. */
export function draftChanged() {
  parts.draft = guessed(field().value.length);
  later();
  draw();
}

function later() {
  clearTimeout(timer);
  counting?.abort();
  timer = setTimeout(countAll, WAIT_MS);
}

async function countAll() {
  const stop = (counting = new AbortController());
  const model = answering()?.name;
  try {
    parts.draft = await counted(field().value, model, stop.signal);
    for (const item of tray.items) {
      if (!item.text || item.tokens?.model === model) continue;
      item.tokens = { ...(await counted(item.text, model, stop.signal)), model };
    }
  } catch {
    return; // a newer draft is being counted
  }
  attachmentsChanged();
}

function attachmentsChanged() {
  const each = tray.items.map((item) => item.tokens ?? guessed(item.bytes));
  parts.attachments = { tokens: each.reduce((sum, a) => sum + a.tokens, 0), exact: each.every((a) => a.exact) };
  draw();
}

// The last answer's usage counts everything before it, instructions included.
function said() {
  const shown = path(chat.messages, chat.choices);
  const at = shown.findLastIndex((m) => m.usage?.prompt_tokens);
  const since = shown.slice(at + 1).reduce((sum, m) => sum + m.text.length, 0);
  const usage = shown[at]?.usage;
  const used = usage ? usage.prompt_tokens + usage.completion_tokens : 0;
  const guess = guessed(since);
  parts.history = { tokens: used + guess.tokens, exact: guess.exact };
  draw();
}

/** How full it gets: `{used, total, exact, own}`; `own` is what this question alone brings. Null without a limit. */
export function filling() {
  const total = answering()?.context;
  if (!total) return null;
  const own = parts.draft.tokens + parts.attachments.tokens;
  return { used: parts.history.tokens + own, own, total, exact: Object.values(parts).every((p) => p.exact) };
}

function draw() {
  const face = byId("lu-meter");
  if (!face || !popover) return;
  const now = filling();
  face.hidden = !now;
  if (!now) return;
  const share = Math.min(1, now.used / now.total);
  face.querySelector(".lu-ring-part").style.strokeDasharray = `${share * AROUND} ${AROUND}`;
  face.classList.toggle("lu-full", now.used > now.total * NEARLY);
  face.classList.toggle("lu-over", now.used > now.total);
  write(face.querySelector(".lu-meter-text"), t("{used} of {total}", { used: approx(now, short(now.used, now.total)), total: short(now.total, now.total) }));
  const percent = Math.round((100 * now.used) / now.total);
  write(face.querySelector(".lu-sr"), t("Context: about {used} of {total} tokens, {percent}%", { used: count(now.used), total: count(now.total), percent }));
  if (popover.matches(":popover-open")) popover.replaceChildren(...explanation(now));
}

const write = (node, text) => node.textContent !== text && (node.textContent = text);
const approx = ({ exact }, text) => (exact ? text : `≈ ${text}`);

// Contexts come in powers of two: 32,768 is 32k, and what fills it is counted in the same k.
function short(n, total) {
  const k = total % 1024 === 0 ? 1024 : 1000;
  if (n < 1000) return count(n);
  const digits = n < 10 * k ? 1 : 0;
  return t("{n}k", { n: new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(n / k) });
}

function explain() {
  const now = filling();
  if (!now) return;
  popover.replaceChildren(...explanation(now));
  popover.togglePopover();
  if (!popover.matches(":popover-open")) return;
  const at = byId("lu-meter").getBoundingClientRect();
  popover.style.insetInlineStart = "auto";
  popover.style.left = `${Math.max(EDGE, Math.min(at.right - popover.offsetWidth, innerWidth - popover.offsetWidth - EDGE))}px`;
  popover.style.top = `${Math.max(EDGE, at.top - popover.offsetHeight - EDGE)}px`;
}

function explanation(now) {
  const row = (words, part) => el("div", { className: "lu-pop-row" }, el("dt", {}, words), el("dd", {}, approx(part, count(part.tokens))));
  return [
    el("b", {}, t("What the model reads")),
    el("dl", {},
      row(t("This chat so far"), parts.history), row(t("Your draft"), parts.draft), row(t("Attachments"), parts.attachments),
      row(t("Together"), { tokens: now.used, exact: now.exact }),
      row(t("{model} can read", { model: answering().title }), { tokens: now.total, exact: true })),
    el("small", {}, now.own > now.total
      ? t("This is more than the model can read at once: shorten it, or choose a model with a larger context.")
      : t("In tokens: a token is about three quarters of a word. When it is full, the first messages are no longer read; they stay in the chat.")),
    button(t("Close"), () => popover.hidePopover(), { className: "lu-second lu-pop-close" }),
  ];
}

on("attachments", () => {
  attachmentsChanged();
  if (tray.items.some((i) => i.text && !i.tokens)) later();
});
on("conversation", said);
on("ended", said);
on("models", () => popover && later());
