// Imports: the file goes up with progress, then the server works through it; a reload of the page loses neither.

import { ApiError, follow, request } from "../core/api.js";
import { tellTabs } from "../core/bus.js";
import { isolated } from "./chatrow.js";
import { refreshChats } from "./chats.js";
import { openDialog } from "../core/dialog.js";
import { el } from "../core/dom.js";
import { bytes, count } from "../core/format.js";
import { stepWords } from "../core/server.js";
import { t, tn } from "../core/i18n.js";
import { Task } from "./tasks.js";
import { complain, toast } from "../core/toast.js";

const STORED = "lumora.import";
const job = (id, what = "") => `jobs/${encodeURIComponent(id)}${what}`;

/** Lets a person choose files to import. */
export function pickImport() {
  const field = el("input", { type: "file", multiple: true, accept: ".json,.zip,application/json,application/zip" });
  field.addEventListener("change", () => importFiles([...field.files]));
  field.click();
}

/** Imports files one after the other. */
export async function importFiles(files) {
  for (const file of files) await importFile(file);
}

async function importFile(file) {
  const task = new Task(t("Importing {name}", { name: isolated(file.name) }), () => stop());
  const uploading = upload(file, (done) => task.progress(file.size ? done / file.size : null, t("Reading: {done} of {total}", { done: bytes(done), total: bytes(file.size) })));
  let stop = uploading.stop;
  let made;
  try {
    made = await uploading.finished;
  } catch (e) {
    if (e.name === "AbortError") task.close();
    else troubled(task, file.name, e, () => importFile(file));
    return;
  }
  remember({ job: made.job, name: file.name });
  stop = () => cancel(made.job);
  await watch(made.job, file.name, task, () => importFile(file));
}

// fetch says nothing of how much has gone up; XMLHttpRequest does.
function upload(file, progress) {
  const ask = new XMLHttpRequest();
  const finished = new Promise((resolve, reject) => {
    ask.open("POST", new URL(`api/v1/imports?name=${encodeURIComponent(file.name)}`, document.baseURI));
    ask.responseType = "json";
    ask.upload.addEventListener("progress", (e) => progress(e.loaded));
    ask.addEventListener("load", () => (ask.status < 300 ? resolve(ask.response) : reject(new ApiError(ask.status, ask.response?.error ?? { message: t("The server answered {status}.", { status: ask.status }) }))));
    ask.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    ask.addEventListener("error", () => reject(new ApiError(0, { message: t("The file could not be sent."), hint: t("Is it a single file that can be read, and is Lumora running?") })));
    ask.send(file);
  });
  return { finished, stop: () => ask.abort() };
}

function remember(running) {
  try {
    if (running) localStorage.setItem(STORED, JSON.stringify(running));
    else localStorage.removeItem(STORED);
  } catch {
    // storage switched off: a reload does not show it, the import goes on all the same
  }
}

/** Follows an import that was running when the page was loaded. */
export async function resumeImport() {
  let running = null;
  try {
    running = JSON.parse(localStorage.getItem(STORED));
  } catch {
    return; // storage switched off, or not ours
  }
  if (!running) return;
  const task = new Task(t("Importing {name}", { name: isolated(running.name) }), () => cancel(running.job));
  await watch(running.job, running.name, task, null);
}

const cancel = (id) => request(job(id, "/cancel"), { method: "POST" }).catch(complain);

async function watch(id, name, task, again) {
  const heard = { notices: [], last: null, progress: null };
  task.progress(null);
  try {
    await follow({
      resume: (from) => job(id, `/events?from=${from}`),
      onEvent: (event) => hear(event, heard, task),
      patient: true,
    });
    ended(id, name, task, heard);
  } catch (e) {
    // 404: the server was restarted long ago and the job is gone; what it did is in the list.
    if (e.status === 404) task.close();
    else troubled(task, name, e, again);
  }
  remember(null);
  tellTabs("conversations");
  await refreshChats();
}

function hear(event, heard, task) {
  if (event.type === "notice") heard.notices.push(event);
  else if (event.type === "progress") {
    heard.progress = event;
    const { step, done, total, unit } = event;
    const shown = unit === "bytes" ? bytes : count;
    const words = total ? t("{step}: {done} of {total}", { step: stepWords(step), done: shown(done), total: shown(total) }) : stepWords(step);
    task.progress(total ? done / total : null, words);
  } else if (event.type === "done" || event.type === "failed") heard.last = event;
}

function ended(id, name, task, heard) {
  const undo = [t("Undo"), (card) => takeBack(id, card)];
  const details = heard.notices.length ? [[t("Details"), () => showNotices(name, heard.notices)]] : [];
  const other = [t("Choose another file…"), (card) => (card.close(), pickImport())];
  if (heard.last.type === "failed") return troubled(task, name, heard.last, null, heard.progress ? [other, undo] : [other]);
  const words = result(heard);
  task.end(words, { acts: [undo, ...details] });
  // Where the sidebar cannot be seen the card cannot either.
  if (!task.node.checkVisibility({ visibilityProperty: true })) toast(words, [t("Undo"), () => takeBack(id, task)]);
  return undefined;
}

// The last progress counts chats: those stored, of all in the file. A stopped import says itself how far it came.
function result({ progress, notices, last }) {
  if (last.reason === "cancelled") return notices.at(-1)?.text ?? t("Stopped.");
  const n = progress?.unit === "steps" ? progress.done : 0;
  const imported = tn("Imported {n} chat", "Imported {n} chats", n);
  const out = progress?.unit === "steps" ? progress.total - n : 0;
  return out ? t("{imported}, {left}", { imported, left: tn("{n} left out", "{n} left out", out) }) : imported;
}

async function takeBack(id, card) {
  try {
    const { changed } = await request(`imports/${encodeURIComponent(id)}/undo`, { method: "POST" });
    card.close();
    toast(tn("Took {n} imported chat back out", "Took {n} imported chats back out", changed));
  } catch (e) {
    complain(e);
  }
  tellTabs("conversations");
  await refreshChats();
}

function showNotices(name, notices) {
  const list = el("ul", { className: "lu-plain" }, notices.map((n) => el("li", { dir: "auto" }, n.text)));
  openDialog({ title: t("Import of {name}", { name: isolated(name) }), content: [list] });
}

function troubled(task, name, { message, hint }, again, acts = []) {
  const retry = again ? [[t("Try again"), (card) => (card.close(), again())]] : [];
  task.end(t("{name}: {message}", { name: isolated(name), message }), { bad: true, hint, acts: [...retry, ...acts] });
}
