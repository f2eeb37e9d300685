// Files on their way into a collection: two at a time, each with its share, stopped or tried again one by one or all
// together. What cannot be sent waits with its reason.

import { upload } from "../core/upload.js";
import { t } from "../core/i18n.js";
import { at, redraw } from "./state.js";

const AT_ONCE = 2;
const PAUSE_MS = 250; // between two drawings of progress

/** All of them: `{key, file, name, collection, tags, state, share, error, known}`; states waiting, sending, sent, failed. */
export const uploads = { items: [], landed: 0 };

let made = 0;
let told = null;
let heard = () => {};

/** `listener(document, collection)` hears of each file that is on the server. */
export const onLanded = (listener) => (heard = listener);

/** Sends `files`, as `{file, name}`, to a collection. */
export function add(collection, files, tags = []) {
  const items = files.map(({ file, name }) => ({ key: ++made, file, name, collection, tags, state: "waiting", share: 0, error: null, known: false }));
  if (!uploads.items.some((i) => ["waiting", "sending"].includes(i.state))) clear();
  uploads.items.push(...items);
  pump();
  redraw();
}

/** What is on its way to a collection or did not get there. */
export const of = (collection) => uploads.items.filter((i) => i.collection === collection);

/** Files on their way, of all collections. */
export const going = (items) => items.filter((i) => i.state === "waiting" || i.state === "sending");

export const failed = (items) => items.filter((i) => i.state === "failed");

/** How much of them has been sent, 0 to 1. */
export function shareOf(items) {
  const all = items.reduce((sum, i) => sum + i.file.size + 1, 0);
  return all ? items.reduce((sum, i) => sum + (i.file.size + 1) * (i.state === "sent" ? 1 : i.share), 0) / all : 1;
}

// Those that are there are forgotten once nothing is on its way any more.
function clear() {
  uploads.items = uploads.items.filter((i) => i.state === "failed");
}

function pump() {
  const free = AT_ONCE - uploads.items.filter((i) => i.state === "sending").length;
  for (const item of uploads.items.filter((i) => i.state === "waiting").slice(0, Math.max(0, free))) send(item);
}

async function send(item) {
  Object.assign(item, { state: "sending", share: 0, error: null, stop: new AbortController() });
  const asked = new URLSearchParams({ name: item.name, ...(item.tags.length ? { tags: item.tags.join(",") } : {}) });
  try {
    const document = await upload(`${at("collections", item.collection, "documents")}?${asked}`, item.file, {
      type: "application/octet-stream",
      signal: item.stop.signal,
      onProgress: (share) => {
        item.share = share;
        later();
      },
      heard: (answer) => (item.known = answer.getResponseHeader("x-duplicate") === "true"),
    });
    item.state = "sent";
    heard(document, item.collection, item.known);
  } catch (e) {
    if (e.name === "AbortError") uploads.items = uploads.items.filter((i) => i !== item);
    else Object.assign(item, { state: "failed", error: e.name === "ApiError" || e.message ? e : { message: t("It could not be sent."), hint: "" } });
  }
  later();
  pump();
}

function later() {
  told ??= setTimeout(() => {
    told = null;
    redraw();
  }, PAUSE_MS);
}

/** Stops what is on its way to a collection; what is there stays. */
export function stopAll(collection) {
  const mine = of(collection);
  uploads.items = uploads.items.filter((i) => !(mine.includes(i) && i.state === "waiting"));
  for (const item of mine) item.stop?.abort();
  redraw();
}

/** Sends those again that failed. */
export function again(collection) {
  for (const item of failed(of(collection))) Object.assign(item, { state: "waiting", error: null });
  pump();
  redraw();
}

/** Forgets those that failed. */
export function dismiss(collection) {
  uploads.items = uploads.items.filter((i) => !(i.collection === collection && i.state === "failed"));
  redraw();
}

addEventListener("beforeunload", (e) => going(uploads.items).length && e.preventDefault());

/** The files of a drop, those within folders too, as `{file, name}`; a name has the path within what was dropped. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry, path, found) {
  if (entry.name.startsWith(".")) return; // what a system hides, a person does not mean
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, name: path + entry.name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, `${path}${entry.name}/`, found);
  }
}

/** The files of a chosen folder, as `{file, name}`. */
export const chosen = (files) => [...files].filter((f) => !f.name.startsWith(".")).map((file) => ({ file, name: file.webkitRelativePath || file.name }));
