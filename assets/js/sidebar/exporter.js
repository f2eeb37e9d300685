// Exports: fetched with progress, so that an error is said here and not by a broken file, then handed to the browser
// to save.

import { ApiError } from "../core/api.js";
import { bytes } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { Task } from "./tasks.js";
import { el } from "../core/dom.js";

const BATCH = 8e6; // bytes; whole batches become blobs, which the browser keeps on disk

/** Exports one chat or several, as "markdown", "json" or "pdf"; of one chat perhaps the branch that ends in `leaf`. */
export function exportChats(ids, format, leaf = null) {
  const branch = leaf ? `&message=${encodeURIComponent(leaf)}` : "";
  if (ids.length === 1) return save(`conversations/${encodeURIComponent(ids[0])}/export?format=${format}${branch}`, t("Exporting a chat…"));
  return save("export", tn("Exporting {n} chat…", "Exporting {n} chats…", ids.length), { format, conversations: ids });
}

/** Exports everything, also as "sqlite". */
export const exportAll = (format) => save(`export?format=${format}`, t("Exporting all chats…"));

async function save(path, title, body = null) {
  const stop = new AbortController();
  const task = new Task(title, () => stop.abort());
  task.progress(null);
  try {
    const response = await ask(path, body, stop.signal);
    const total = Number(response.headers.get("content-length")) || null;
    const blob = await received(response, (n) => task.progress(total ? n / total : null, total ? t("{done} of {total}", { done: bytes(n), total: bytes(total) }) : bytes(n)));
    keep(blob, nameOf(response));
    task.close();
    return true;
  } catch (e) {
    if (e.name === "AbortError") task.close();
    else task.end(e.message, { bad: true, hint: e.hint, acts: [[t("Try again"), (t0) => (t0.close(), save(path, title, body))]] });
    return false;
  }
}

async function ask(path, body, signal) {
  const init = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  let response;
  try {
    response = await fetch(new URL(`api/v1/${path}`, document.baseURI), { ...init, signal, credentials: "same-origin" });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new ApiError(0, { message: t("The export could not be fetched: Lumora cannot be reached."), hint: t("Is it still running?") });
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => null);
  throw new ApiError(response.status, told?.error ?? { message: t("The server answered {status}.", { status: response.status }) });
}

async function received(response, heard) {
  const reader = response.body.getReader();
  const whole = [];
  let batch = [];
  let [size, waiting] = [0, 0];
  try {
    for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
      batch.push(value);
      size += value.length;
      waiting += value.length;
      if (waiting < BATCH) continue;
      whole.push(new Blob(batch));
      batch = [];
      waiting = 0;
      heard(size);
    }
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new ApiError(0, { message: t("The connection was lost before the export was complete."), hint: t("Nothing was saved; try again.") });
  }
  return new Blob([...whole, ...batch], { type: response.headers.get("content-type") ?? "" });
}

function nameOf(response) {
  const said = response.headers.get("content-disposition") ?? "";
  const [, encoded] = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(said) ?? [];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/.exec(said)?.[1] ?? "lumora-export";
}

function keep(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
