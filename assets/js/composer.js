// The bottom pane: what is being written, kept as a draft per conversation, and Send or Stop.

import { on } from "./bus.js";
import { ask, chat, stop } from "./chat.js";
import { byId } from "./dom.js";
import { count } from "./format.js";
import { answering, models, usable } from "./models.js";
import { path } from "./tree.js";

const LONGEST = 1_000_000; // characters the server takes in one question
const NEARLY = 0.8;
const coarse = matchMedia("(pointer: coarse)");

const field = () => byId("lu-text");
const key = () => `lumora.draft.${chat.id ?? "new"}`;
let shownFor; // the conversation whose draft is in the field
let waiting = null; // the text of a question the server has not taken yet

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (field().dataset.ready) return;
  field().dataset.ready = "1";
  field().addEventListener("input", typed);
  field().addEventListener("keydown", pressed);
  byId("lu-form").addEventListener("submit", (e) => {
    e.preventDefault();
    if (chat.run) stop();
    else send();
  });
  addEventListener("keydown", (e) => e.key === "Escape" && !e.defaultPrevented && chat.run && stop());
  load(true);
  update();
  if (!coarse.matches) field().focus();
}

function pressed(e) {
  // While a word is being composed (Japanese, Chinese), Enter belongs to the input method.
  if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
  e.preventDefault();
  if (!chat.run) send();
}

function typed() {
  keep(field().value);
  size();
  update();
}

function keep(text) {
  try {
    if (text) localStorage.setItem(key(), text);
    else localStorage.removeItem(key());
  } catch {
    update("The draft is too long to be kept over a reload.");
  }
}

function load(force = false) {
  if (!force && shownFor === chat.id) return;
  shownFor = chat.id;
  try {
    field().value = localStorage.getItem(key()) ?? "";
  } catch {
    field().value = ""; // storage switched off
  }
  size();
}

function size() {
  const f = field();
  f.style.height = "auto";
  f.style.height = `${Math.min(f.scrollHeight, innerHeight * 0.4)}px`;
}

function send() {
  const text = field().value.trim();
  if (!text || problem()) return;
  const last = path(chat.messages, chat.choices).at(-1);
  waiting = { text, conversation: chat.id };
  field().value = "";
  size();
  ask(text, last?.id ?? null);
  update();
}

// The draft is forgotten only now that the server has the question.
function accepted() {
  if (!waiting) return;
  try {
    localStorage.removeItem(`lumora.draft.${waiting.conversation ?? "new"}`);
  } catch {
    waiting = null; // nothing was kept
  }
  waiting = null;
  shownFor = chat.id;
}

function refused() {
  if (!waiting) return;
  if (!field().value) field().value = waiting.text;
  keep(field().value);
  waiting = null;
  size();
}

/** Why nothing can be sent, or an empty string. */
function problem() {
  if (!models.items) return models.error ? "Lumora cannot be reached." : "Connecting…";
  if (!usable().length) return models.pulls.size ? "You can ask as soon as the model is here." : "Download a model to ask the first question.";
  const length = field().value.length;
  if (length > LONGEST) return `${count(length)} characters; ${count(LONGEST)} are the most. Shorten it, or split it over several questions.`;
  return "";
}

function hint() {
  const length = field().value.length;
  if (length > LONGEST * NEARLY) return `${count(length)} of ${count(LONGEST)} characters`;
  if (chat.run) return field().value ? "You can send this when the answer is finished." : "Esc stops the answer";
  return coarse.matches ? "" : "Enter sends, Shift + Enter starts a new line";
}

function update(said = "") {
  if (!field()) return;
  const wrong = problem();
  const over = field().value.length > LONGEST;
  const button = byId("lu-send");
  button.textContent = chat.run ? (chat.run.stopping ? "Stopping…" : "Stop") : "Send";
  button.classList.toggle("lu-stop", Boolean(chat.run));
  button.disabled = chat.run ? chat.run.stopping || !chat.run.turn : Boolean(wrong) || !field().value.trim();
  field().disabled = Boolean(models.items) && !usable().length;
  field().placeholder = answering() ? `Ask ${answering().title}…` : "Ask anything…";
  const line = byId("lu-hint");
  line.textContent = said || wrong || hint();
  line.classList.toggle("lu-wrong", over);
}

on("conversation", ({ opened } = {}) => {
  if (!field()) return;
  if (opened) load();
  update();
});
on("run", () => update());
on("models", () => update());
on("accepted", accepted);
on("refused", () => {
  refused();
  update();
});
on("idea", (text) => {
  field().value = text;
  typed();
  field().focus();
});
on("focus-composer", () => !coarse.matches && field()?.focus());
on("pulled", () => setTimeout(() => field()?.focus()));
