// The bottom pane: what is being written, with what goes along with it, and Send or Stop.

import { mountAsked } from "./asked.js";
import { attachFiles, failed, forDraft, forQuestion, nameTray, openTray, putBack, sending, take, tray } from "./attachments.js";
import { on, tell } from "../core/bus.js";
import { ask, chat, stop } from "../conversation/chat.js";
import { drawChips } from "./chips.js";
import { command } from "../core/commands.js";
import { byId, icon } from "../core/dom.js";
import { flushDraft, forgetDraft, keepDraft, readDraft, writeDraft } from "./drafts.js";
import { watchDrops } from "./drop.js";
import { field, insert, insertLines, setText, size } from "./field.js";
import { hint, isEmpty, label, problem, tooLong } from "./hints.js";
import { t } from "../core/i18n.js";
import { mentionList, promptList } from "./lists.js";
import { forQuestion as mentioned, known, withMention } from "./mentions.js";
import { draftChanged, mountMeter } from "./meter.js";
import { answering, models, usable } from "../topbar/models.js";
import { pasted } from "./paste.js";
import { preferences } from "../core/preferences.js";
import { Suggest } from "./suggest.js";
import { path } from "../conversation/tree.js";
import { collectionsHere } from "../conversation/current.js";
import { fillIn } from "./variables.js";

const coarse = matchMedia("(pointer: coarse)");

let shown = {}; // the conversation whose draft is in the field: {id, temporary}
let mentions = [];
let waiting = null; // the question the server has not taken yet: {text, items, mentions, id}
let returned = null; // the text of a question that was refused and stands in the field again
let held = false; // it is sent as soon as all attachments are on the server
let suggest = null;
const prompts = promptList(usePrompt);
const answerers = mentionList((mention) => changeMentions(withMention(mentions, mention)));

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (field().dataset.ready) return;
  field().dataset.ready = "1";
  suggest = new Suggest(byId("lu-box"), [prompts, answerers]);
  field().addEventListener("input", typed);
  field().addEventListener("keydown", pressed);
  field().addEventListener("paste", pasted);
  // The caret left the sign whose list is open.
  for (const moved of ["keyup", "pointerup"]) field().addEventListener(moved, () => suggest.open && suggest.typed());
  byId("lu-form").addEventListener("submit", (e) => {
    e.preventDefault();
    press();
  });
  wireBar();
  mountMeter();
  mountAsked();
  watchDrops(attachFiles);
  load(true);
  if (!coarse.matches) field().focus();
}

function wireBar() {
  byId("lu-attach").prepend(icon("attach"));
  byId("lu-attach").addEventListener("click", () => byId("lu-files").click());
  byId("lu-files").addEventListener("change", (e) => {
    attachFiles([...e.target.files]);
    e.target.value = ""; // the same file can be chosen again
    field().focus();
  });
  byId("lu-prompts").prepend(icon("slash"));
  byId("lu-prompts").addEventListener("click", () => (suggest.open ? suggest.close() : suggest.browse(prompts)));
}

function pressed(e) {
  // While a word is being composed (Japanese, Chinese), keys belong to the input method.
  if (e.isComposing || e.keyCode === 229 || suggest.key(e)) return;
  if (e.key === "Enter" && sends(e)) {
    e.preventDefault();
    if (!chat.run) send();
  } else if (e.key === "ArrowUp" && !field().value && !(e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) && chat.messages.size) {
    e.preventDefault();
    tell("edit-last");
  }
}

function sends(e) {
  const modified = e.ctrlKey || e.metaKey;
  return preferences.send === "mod-enter" ? modified : modified || !(e.shiftKey || e.altKey);
}

function typed() {
  keep();
  size();
  suggest.typed();
  draftChanged();
  update();
}

function usePrompt(prompt) {
  const at = field().selectionStart;
  const back = () => {
    field().focus();
    field().setSelectionRange(at, at);
  };
  fillIn(prompt, (text) => {
    back();
    insert(text);
  }, back);
}

function changeMentions(next) {
  mentions = next;
  keep();
  draw();
}

const draft = () => ({ text: field().value, attachments: forDraft(), mentions });

function keep() {
  if (chat.temporary) return;
  keepDraft(chat.id, draft, () => update(t("The draft is too long to be kept over a reload.")));
}

function load(force = false) {
  if (!force && shown.id === chat.id && shown.temporary === chat.temporary) return;
  flushDraft();
  held = false;
  returned = null;
  shown = { id: chat.id, temporary: chat.temporary };
  const kept = chat.temporary ? { text: "", attachments: [], mentions: [] } : readDraft(chat.id);
  // What was typed before this module was here stays too.
  const early = force && !kept.text.endsWith(field().value) ? field().value : "";
  setText([kept.text, early].filter(Boolean).join("\n"));
  mentions = known(kept.mentions);
  openTray(chat.id, chat.temporary, kept.attachments);
  suggest.close();
  draftChanged();
}

/** What the button does now. */
function press() {
  if (chat.run) stop();
  else if (held) release();
  else send();
}

// What was held back is sent as soon as nothing is missing any more.
function goOn() {
  if (!held || chat.loading || chat.run || sending().length) return;
  if (chat.trouble) release();
  else send();
}

function release() {
  held = false;
  update();
}

function send() {
  if (isEmpty() || problem()) return;
  if (chat.loading || sending().length || failed().length) {
    held = !failed().length;
    update();
    return;
  }
  const text = field().value.trim();
  const last = path(chat.messages, chat.choices).at(-1);
  held = false;
  returned = null;
  const items = take();
  waiting = { text, items, mentions, id: chat.id };
  const along = mentioned(mentions);
  mentions = [];
  setText("");
  draw();
  draftChanged();
  ask(text, last?.id ?? null, { attachments: items.map(forQuestion), ...along });
}

// The draft is forgotten only now that the server has the question.
function accepted() {
  if (!waiting && returned !== null && field().value === returned) clear();
  if (!waiting) return;
  if (!chat.temporary) forgetDraft(waiting.id);
  waiting = null;
  if (!chat.temporary && !isEmpty()) writeDraft(chat.id, draft());
}

// The question was asked again from where it says why it failed.
function clear() {
  returned = null;
  mentions = [];
  take();
  setText("");
  typed();
  flushDraft();
}

function refused({ edited } = {}) {
  if (!waiting || edited) return;
  // What was typed since then is kept below.
  setText([waiting.text, field().value].filter(Boolean).join("\n\n"));
  returned = field().value;
  mentions = waiting.mentions;
  const { items } = waiting;
  waiting = null;
  putBack(items);
  typed();
}

function draw() {
  if (!suggest) return;
  drawChips(mentions, { drop: (m) => changeMentions(mentions.filter((other) => other !== m)), asText: insertLines });
  update();
}

function update(said = "") {
  if (!suggest) return;
  const wrong = problem();
  const send = byId("lu-send");
  write(send, label(held));
  send.classList.toggle("lu-stop", Boolean(chat.run) || held);
  send.disabled = chat.run ? chat.run.stopping || !(chat.run.turn || chat.run.halt) : !held && (Boolean(wrong) || isEmpty() || failed().length > 0);
  field().disabled = Boolean(models.items) && !usable().length && !collectionsHere().length;
  const placeholder = invitation();
  if (field().placeholder !== placeholder) field().placeholder = placeholder;
  const line = byId("lu-hint");
  write(line, said || wrong || hint(held));
  line.classList.toggle("lu-wrong", tooLong() || failed().length > 0);
}

function invitation() {
  const model = answering()?.title;
  if (!model) return t("Ask anything…");
  return coarse.matches ? t("Ask {model}…", { model }) : t("Ask {model}, drop files, / for prompts…", { model });
}

const write = (node, text) => node.textContent !== text && (node.textContent = text);

on("conversation", ({ opened } = {}) => {
  if (!suggest) return;
  if (opened) load();
  setTimeout(goOn); // an answer that is running is known only after this
  update();
});
on("attachments", () => {
  if (!suggest) return;
  if (held && failed().length) held = false;
  draw();
  if (!waiting) keep();
  goOn();
});
on("attached-elsewhere", ({ conversation, id, name, bytes, lines, pasted }) => {
  const kept = readDraft(conversation);
  writeDraft(conversation, { ...kept, attachments: [...kept.attachments, { id, name, bytes, lines, pasted }] });
});
on("stored", () => {
  nameTray(chat.id);
  shown = { id: chat.id, temporary: chat.temporary };
});
for (const name of ["run", "models", "preferences"]) on(name, () => update());
on("ended", () => setTimeout(goOn));
on("collections", () => suggest?.redraw());
on("accepted", () => suggest && accepted());
on("refused", (detail) => suggest && refused(detail));
on("idea", (text) => {
  setText(text);
  typed();
  field().focus();
});
on("quote", (text) => insertLines(text.trim().split("\n").map((line) => `> ${line}`).join("\n")));
on("focus-composer", () => !coarse.matches && field()?.focus());
on("pulled", () => setTimeout(() => field()?.focus()));
addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || e.defaultPrevented || document.querySelector("dialog[open], :popover-open, .lu-popup")) return;
  if (held) release();
  else if (chat.run) stop();
});

command({ id: "focus-composer", title: () => t("Write a message"), keys: "Mod+I", run: () => (tell("talk"), field().focus()), group: "chat", icon: "pen" });
command({ id: "attach", title: () => t("Attach files"), keys: "Mod+U", run: () => byId("lu-files").click(), when: () => !field().disabled, group: "chat", icon: "attach" });
command({ id: "prompts", title: () => t("Use a prompt"), run: () => suggest.browse(prompts), when: () => !field().disabled, group: "chat", icon: "slash" });
