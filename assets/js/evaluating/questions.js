// The golden questions of a collection: a list, a form for one, files in and out.

import { openDialog } from "../core/dialog.js";
import { button, el, iconButton } from "../core/dom.js";
import { openMenu } from "../core/menu.js";
import { t, tn } from "../core/i18n.js";
import { complain, toast } from "../core/toast.js";
import { upload } from "../core/upload.js";
import { field, section } from "../settings/controls.js";

const FIRST = 8; // shown before one asks for all
const EXAMPLE = '{"question": "…", "expected": ["name.pdf"]}';

/** Draws them. `shows` is what the reader unfolded. */
export function questionsPart(state, shows) {
  const items = state.questions;
  const add = button(t("Add a question…"), () => editQuestion(state), { className: "lu-second", "data-focus": "add-golden" });
  const files = button(t("Import…"), (e) => filesMenu(state, e.currentTarget), { className: "lu-quiet", "aria-haspopup": "menu", "data-focus": "golden-files" });
  const about = t("Questions whose answers you know, and the documents that hold them. They tell whether a change of settings finds more or less.");
  if (!items.length) return section(t("Golden questions"), null, el("div", { className: "lu-empty" }, el("p", {}, about), el("div", { className: "lu-row" }, add, files)));
  const shown = shows.all ? items : items.slice(0, FIRST);
  const rest = items.length - shown.length;
  return section(t("Golden questions"), about, el("ul", { className: "lu-golden", "aria-label": t("Golden questions") }, shown.map((q) => row(state, q))),
    rest > 0 ? button(tn("Show {n} more", "Show {n} more", rest), () => {
      shows.all = true;
      state.redraw();
    }, { className: "lu-quiet", "data-focus": "golden-rest" }) : "",
    el("div", { className: "lu-row" }, add, files));
}

function row(state, q) {
  const expected = q.expected.map((e) => (e.text ? t("{name}: “{text}”", { name: e.name, text: e.text }) : e.name));
  return el("li", {}, el("span", { className: "lu-grow" }, el("span", { dir: "auto" }, q.question), el("small", { dir: "auto" }, expected.join(" · "))),
    iconButton("pen", t("Edit: {text}", { text: q.question }), () => editQuestion(state, q), { "data-focus": `golden-${q.id}` }),
    iconButton("bin", t("Delete: {text}", { text: q.question }), () => remove(state, q), { "data-focus": `golden-bin-${q.id}` }));
}

async function remove(state, q) {
  try {
    const back = await state.remove(q);
    toast(t("The question is deleted."), [t("Undo"), back]);
  } catch (e) {
    complain(e);
  }
}

function filesMenu(state, anchor) {
  openMenu(anchor, [
    { label: t("Import JSON lines…"), icon: "upload", run: () => pick(state) },
    { label: t("Export JSON lines"), icon: "save", run: () => download(state), disabled: !state.questions.length },
  ]);
}

function pick(state) {
  const input = el("input", { type: "file", accept: ".jsonl,.ndjson,.json,.txt", on: { change: () => input.files[0] && bring(state, input.files[0]) } });
  input.click();
}

async function bring(state, file) {
  try {
    const { items } = await upload(`collections/${encodeURIComponent(state.collection)}/golden/import`, file);
    await state.load();
    toast(tn("{n} question is added.", "{n} questions are added.", items.length));
  } catch (e) {
    if (e.name !== "AbortError") complain(e);
  }
}

function download(state) {
  const href = new URL(`api/v1/collections/${encodeURIComponent(state.collection)}/golden/export`, document.baseURI);
  el("a", { href: href.href, download: "golden.jsonl" }).click();
}

// One line for each document that should be found: its name, perhaps a colon and the words that answer.
const written = (e) => (e.text ? `${e.name}: ${e.text}` : e.name);

function read(line, known) {
  const same = known.find((e) => written(e) === line);
  if (same) return same;
  const [, name, text] = /^(.*?\.\w{1,5}):\s+(.+)$/.exec(line) ?? [null, line, ""];
  return { name: name.trim(), text: text.trim(), grade: known.find((e) => e.name === name)?.grade ?? 1 };
}

function editQuestion(state, q = null) {
  const question = el("textarea", { rows: 2, maxLength: 2000, dir: "auto", value: q?.question ?? "" });
  const expected = el("textarea", { rows: 3, dir: "auto", value: q?.expected.map(written).join("\n") ?? "", placeholder: t("offer.pdf") });
  const asks = field({ label: t("Question"), control: question });
  const finds = field({ label: t("Documents that should be found"), control: expected, help: t("One a line, by its name. After a colon, the words of it that answer: then only a passage with them counts.") });
  const keep = button(t("Save"), () => save(), { className: "lu-send" });
  const dialog = openDialog({
    title: q ? t("Edit this question") : t("Add a question"), className: "lu-small",
    content: [asks, finds, q ? "" : el("small", { className: "lu-quiet" }, t("Many at once: import a file with lines such as {example}", { example: EXAMPLE })),
      el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), keep)],
  });
  question.focus();

  async function save() {
    const words = question.value.trim();
    const lines = expected.value.split("\n").map((line) => line.trim()).filter(Boolean);
    asks.wrong(words ? "" : t("Write a question first."));
    finds.wrong(lines.length ? "" : t("Name at least one document."));
    if (!words || !lines.length) return (words ? expected : question).focus();
    keep.disabled = true;
    try {
      await state.keep({ question: words, expected: lines.map((line) => read(line, q?.expected ?? [])) }, q);
    } catch (e) {
      keep.disabled = false;
      finds.wrong([e.message, e.hint].filter(Boolean).join(" "));
      return;
    }
    dialog.close();
  }
}
