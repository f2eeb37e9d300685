// The middle pane: draws the chosen path through the conversation and keeps the reader where they are.

import { tell, on } from "./bus.js";
import { addressed, addressedTemporary, chat, dismissTrouble, fresh, open } from "./chat.js";
import { byId, el, keepingFocus } from "./dom.js";
import { firstRun, welcome } from "./firstrun.js";
import { Live, message, modelTitle, phaseWords, trouble, version } from "./message.js";
import { models, usable } from "./models.js";
import { t } from "./i18n.js";
import { toast } from "./toast.js";
import { path } from "./tree.js";

const CHUNK = 20;
const NEAR = 60;
const drawn = new Map(); // id → {node, version}
let live = null;
let editing = null;
let stick = true;
let frame = 0;
let later = 0;

const scroller = () => byId("lu-scroll");
const column = () => byId("lu-messages");

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (scroller().dataset.ready) return;
  scroller().dataset.ready = "1";
  scroller().addEventListener("scroll", scrolled, { passive: true });
  new ResizeObserver(() => stick && toEnd()).observe(column());
  new ResizeObserver(() => stick && toEnd()).observe(scroller());
  byId("lu-latest").addEventListener("click", () => {
    stick = true;
    toEnd();
    scrolled();
    tell("focus-composer");
  });
  tell("ready");
  if (addressed()) open(addressed());
  else if (addressedTemporary()) again();
  else draw({ opened: true });
}

function again() {
  fresh({ temporary: true });
  toast(t("A temporary chat is not kept over a reload. This is a new one."));
}

function toEnd() {
  scroller().scrollTop = scroller().scrollHeight;
}

function scrolled() {
  const s = scroller();
  stick = s.scrollHeight - s.scrollTop - s.clientHeight < NEAR;
  byId("lu-latest").hidden = stick;
}

function draw({ opened = false, sent = false, chose = null, message: target = null } = {}) {
  if (!column()) return;
  if (opened) reset();
  if (opened || sent) stick = !target;
  keepingFocus(column(), () => column().replaceChildren(...content(opened, target)));
  if (chose) stick = false;
  if (target) reveal(target);
  else if (stick) toEnd();
  scrolled();
}

function reset() {
  drawn.clear();
  live = null;
  editing = null;
}

function content(opened, target) {
  clearTimeout(later);
  const nodes = chat.messages.size || chat.run ? thread(opened, target) : [empty()];
  if (chat.trouble) nodes.push(trouble(chat.trouble, chat.messages.size ? dismissTrouble : null));
  return nodes;
}

function empty() {
  if (chat.trouble) return el("div");
  if (chat.loading) return el("p", { className: "lu-note" }, "Opening…");
  if (models.items && usable().length) return welcome((text) => tell("idea", text));
  return models.items || models.error ? firstRun() : el("div");
}

function thread(opened, target) {
  const run = chat.run;
  let all = path(chat.messages, chat.choices);
  if (run?.pending) {
    const at = all.findIndex((m) => m.id === run.pending.parent);
    all = all.slice(0, at + 1);
  }
  const shown = opened && !target ? all.slice(-CHUNK) : all;
  const nodes = shown.map(nodeOf);
  if (run?.pending) nodes.push(...pending(run.pending));
  if (shown.length < all.length) later = setTimeout(() => earlier(all, shown.length));
  return nodes;
}

function nodeOf(m) {
  if (m.id === chat.run?.answer) return liveNode(m);
  const wanted = version(m, editing === m.id);
  const had = drawn.get(m.id);
  if (had?.version === wanted) return had.node;
  const node = message(m, { editing: editing === m.id, edit });
  drawn.set(m.id, { node, version: wanted });
  return node;
}

function liveNode(m) {
  drawn.delete(m.id);
  if (live?.id !== m.id) live = new Live(m);
  live.paint(m, chat.run);
  return live.node;
}

function pending({ text }) {
  live = new Live(null);
  live.paint(null, chat.run);
  const question = text === null ? [] : [el("article", { className: "lu-msg lu-mine", "aria-label": "You" }, el("div", { className: "lu-me", dir: "auto" }, text))];
  return [...question, live.node];
}

// A long conversation is drawn from its end, a few messages at a time, without moving what is being read.
function earlier(all, done) {
  const from = Math.max(0, all.length - done - CHUNK);
  const s = scroller();
  const below = s.scrollHeight - s.scrollTop;
  column().prepend(...all.slice(from, all.length - done).map(nodeOf));
  s.scrollTop = s.scrollHeight - below;
  if (from > 0) later = setTimeout(() => earlier(all, all.length - from));
}

function edit(id) {
  const before = editing;
  editing = id;
  draw();
  if (id) byId("lu-edit").focus();
  else column().querySelector(`[data-focus="edit-${CSS.escape(before)}"]`)?.focus();
}

function reveal(id) {
  const node = drawn.get(id)?.node;
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("lu-found");
  node.focus({ preventScroll: true });
}

function paint() {
  frame = 0;
  if (!live || !chat.run) return;
  live.paint(chat.messages.get(chat.run.answer), chat.run);
  if (stick) toEnd();
}

function soon() {
  frame ||= requestAnimationFrame(paint);
}

// The status line for screen readers tells the steps of an answer, not its words.
function say(words) {
  const line = byId("lu-status");
  if (line && line.textContent !== words) line.textContent = words;
}

function tellRun() {
  soon();
  const run = chat.run;
  if (!run) return;
  say(phaseWords(run, chat.messages.get(run.answer)) || "Answering…");
}

const ENDINGS = { complete: "Answer finished.", cancelled: "Answer stopped.", failed: "The answer failed.", interrupted: "The answer was interrupted." };

on("conversation", (detail) => draw(detail ?? {}));
on("delta", soon);
on("run", tellRun);
on("message", soon);
on("ended", ({ answer }) => say(ENDINGS[answer?.state] ?? ""));
on("models", () => {
  if (!chat.messages.size && !chat.run) draw();
  for (const [id, { node }] of drawn) {
    const name = node.querySelector(".lu-usage span");
    if (name) name.textContent = modelTitle(chat.messages.get(id)?.model);
  }
});
