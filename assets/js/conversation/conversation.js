// The middle pane: draws the chosen path through the conversation, keeps the reader where they are and an open
// editor open, and tells screen readers of the steps of an answer.

import { tell, on } from "../core/bus.js";
import { addressed, addressedTemporary, chat, dismissTrouble, fresh, open } from "./chat.js";
import { collectionsHere } from "./current.js";
import { registerCommands } from "./chatcommands.js";
import { byId, el, keepingFocus } from "../core/dom.js";
import { Editor } from "./editor.js";
import { chips } from "./attached.js";
import { firstRun, welcome } from "./firstrun.js";
import { markWords, unmark } from "./found.js";
import { t } from "../core/i18n.js";
import { Live, phaseWords } from "./live.js";
import { message, trouble, version } from "./message.js";
import { models, usable } from "../topbar/models.js";
import { leaveAt, placeOf } from "./place.js";
import { watchSelection } from "./quote.js";
import { follow, following, grown, inSight, putAt, stay, watchReader } from "./reader.js";
import { modelTitle } from "./receipt.js";
import { Thread } from "./thread.js";
import { toast } from "../core/toast.js";
import { path } from "./tree.js";

const LEAVE_MS = 300;
let thread = null;
let live = null;
let editor = null;
let asking = null; // the question the server has not taken yet: {run, nodes}
let frame = 0;
let leaving = 0;

const scroller = () => byId("lu-scroll");
const column = () => byId("lu-messages");

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (scroller().dataset.ready) return;
  scroller().dataset.ready = "1";
  thread = new Thread(column(), { make, version: versionOf });
  watchReader(moved);
  watchSelection(scroller());
  byId("lu-latest").addEventListener("click", latest);
  registerCommands({ column, latest });
  tell("ready");
  if (addressed()) open(addressed());
  else if (addressedTemporary()) again();
  else draw({ opened: true });
}

function again() {
  fresh({ temporary: true });
  toast(t("A temporary chat is not kept over a reload. This is a new one."));
}

function latest() {
  follow();
  tell("focus-composer");
}

// Which branches are shown and what stands at the top is kept a moment after the reader rests.
function moved() {
  clearTimeout(leaving);
  leaving = setTimeout(leave, LEAVE_MS);
}

function leave() {
  if (!chat.id || chat.loading || !chat.messages.size || !column()) return;
  const seen = following() ? null : inSight();
  leaveAt(chat.id, { message: seen?.node.dataset.id ?? null, offset: seen?.offset ?? 0, choices: chat.choices });
}

function draw({ opened = false, sent = false, chose = null, message: target = null, words = "" } = {}) {
  if (!thread || !column()) return; // what is told before the pane is wired is drawn when it is
  const place = opened && !target ? begin() : null;
  if (sent || (opened && !place && !target)) follow();
  if (chose || target) stay();
  const all = shown();
  const from = all.findIndex((m) => m.id === (target ?? place?.message));
  column().toggleAttribute("data-running", chat.run !== null);
  keepingFocus(column(), () => thread.show(all, from < 0 ? all.length - 1 : from, tail(all)));
  if (target) reveal(target, words);
  else if (place) goTo(place);
  else if (following()) follow();
  if (chose) moved();
}

// Another chat: nothing of the last one stays, and the place this one was left at comes back, or null for its end.
function begin() {
  reset();
  const place = chat.id && placeOf(chat.id);
  if (!place || !chat.messages.size) return null;
  for (const [parent, id] of place.choices) if (chat.messages.has(id)) chat.choices.set(parent, id);
  return place.message && chat.messages.has(place.message) ? place : null;
}

function reset() {
  clearTimeout(leaving);
  thread.reset();
  unmark();
  live = editor = asking = null;
}

function goTo({ message: id, offset }) {
  const node = thread.node(id);
  if (!node) return;
  stay();
  putAt(node, offset);
}

function shown() {
  const all = path(chat.messages, chat.choices);
  const { pending } = chat.run ?? {};
  return pending ? all.slice(0, all.findIndex((m) => m.id === pending.parent) + 1) : all;
}

// The running answer and the message being edited have nodes of their own.
function make(m) {
  if (m.id === editor?.message.id) return editor.node;
  if (m.id !== chat.run?.answer) return message(m);
  live = new Live(m);
  live.paint(m, chat.run);
  return live.node;
}

function versionOf(m) {
  if (m.id === editor?.message.id) return "editing";
  return m.id === chat.run?.answer ? "live" : version(m);
}

function tail(all) {
  const nodes = all.length || chat.run ? [] : [empty()];
  if (chat.run?.pending) nodes.push(...pending(chat.run));
  if (editor && !chat.messages.has(editor.message.id)) {
    editor.orphaned();
    nodes.push(editor.node);
  }
  if (chat.trouble) nodes.push(trouble(chat.trouble, chat.messages.size ? dismissTrouble : null));
  return nodes;
}

function empty() {
  if (chat.trouble) return el("div");
  if (chat.loading) return el("p", { className: "lu-note" }, t("Opening…"));
  if (models.items && (usable().length || collectionsHere().length)) return welcome((text) => tell("idea", text));
  return models.items || models.error ? firstRun() : el("div");
}

// What was asked stands there at once, before the server has it.
function pending(run) {
  if (asking?.run !== run) {
    live = new Live(null);
    asking = { run, nodes: [run.pending.text === null ? null : question(run.pending), live.node].filter(Boolean) };
  }
  live.paint(null, run);
  return asking.nodes;
}

function question({ text, attachments }) {
  const bubble = text && el("div", { className: "lu-me", dir: "auto" }, text);
  return el("article", { className: "lu-msg lu-mine", "aria-label": t("You") }, el("div", { className: "lu-own" }, bubble, chips(attachments)));
}

function edit(id, text) {
  const m = chat.messages.get(id);
  if (!m || m.role !== "user") return;
  editor = new Editor(m, { close: closeEditor, ...(text === undefined ? {} : { text }) });
  chat.editing = id;
  draw();
  editor.focus();
}

function closeEditor() {
  const id = chat.editing;
  editor = chat.editing = null;
  draw();
  column().querySelector(`[data-focus="edit-${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}

function editLast() {
  const own = path(chat.messages, chat.choices).findLast((m) => m.role === "user");
  if (own && !chat.run) edit(own.id);
}

function reveal(id, words) {
  const node = thread.node(id);
  if (!node) return;
  const range = words.length ? markWords(node, words) : null;
  range?.startContainer.parentElement.closest(".lu-folded")?.classList.remove("lu-folded");
  const at = range?.getBoundingClientRect() ?? node.getBoundingClientRect();
  const pane = scroller().getBoundingClientRect();
  putAt(node, pane.height / 3 - (at.top - node.getBoundingClientRect().top));
  node.classList.add("lu-found");
  node.focus({ preventScroll: true });
}

function paint() {
  frame = 0;
  if (!live || !chat.run) return;
  live.paint(chat.messages.get(chat.run.answer), chat.run);
  grown();
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
  column()?.toggleAttribute("data-running", chat.run !== null);
  soon();
  const { run } = chat;
  if (run) say(phaseWords(run, chat.messages.get(run.answer)) || t("Answering…"));
}

const ENDINGS = {
  complete: () => t("Answer finished."),
  cancelled: () => t("Answer stopped."),
  failed: () => t("The answer failed."),
  interrupted: () => t("The answer was interrupted."),
};

let titles = "";

// Models are asked for often, their names change rarely.
function rename() {
  if (!chat.messages.size && !chat.run) draw();
  const now = JSON.stringify((models.items ?? []).map((m) => [m.name, m.title]));
  if (now === titles) return;
  titles = now;
  for (const m of chat.messages.values()) {
    const name = thread?.node(m.id)?.querySelector(".lu-usage .lu-model-name");
    if (name) name.textContent = modelTitle(m.model);
  }
}

function showTemporary() {
  const line = byId("lu-temporary");
  if (line) line.hidden = !chat.temporary;
}

on("conversation", (detail) => {
  showTemporary();
  draw(detail ?? {});
});
on("delta", soon);
on("run", tellRun);
on("message", soon);
on("ended", ({ answer }) => say(ENDINGS[answer?.state]?.() ?? ""));
on("models", rename);
on("collections", () => thread && draw());
on("edit", (id) => edit(id));
on("edit-last", editLast);
on("refused", ({ text, edited }) => edited && chat.messages.has(edited) && edit(edited, text));
addEventListener("pagehide", leave);
setInterval(() => chat.run?.thinking && soon(), 1000);
