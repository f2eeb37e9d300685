// Follows the job that reads the documents of the collection shown, and tells how far each has come.

import { follow, request } from "../core/api.js";
import { on, tell } from "../core/bus.js";
import { t } from "../core/i18n.js";
import { noticeWords } from "../core/server.js";
import { library, redraw } from "./state.js";
import { complain, toast } from "../core/toast.js";

const RENEW_MS = 900;

/** Stands in the place of a document while all passages are embedded by another model. */
export const ANEW = "anew";

let following = null; // {job, stop}
let due = 0;

/** Follows `job`, which works on the collection shown; null follows none. */
export function watch(job, { renew, over }) {
  if (following?.job === job) return;
  forget();
  if (!job) return;
  const stop = new AbortController();
  following = { job, stop };
  read(job, stop.signal, renew).then((ended) => {
    if (following?.job !== job) return;
    forget();
    if (ended) over();
  });
}

/** Follows nothing any more. */
export function forget() {
  following?.stop.abort();
  clearTimeout(due);
  due = 0;
  following = null;
  library.working.clear();
  Object.assign(library, { progress: null, note: "" });
}

async function read(job, signal, renew) {
  try {
    await follow({ resume: (from) => `jobs/${encodeURIComponent(job)}/events?from=${from}`, onEvent: (event) => hear(event, renew), patient: true, signal });
    return true;
  } catch (e) {
    return e.name !== "AbortError"; // the job is gone: what it did is in the list
  }
}

function hear(event, renew) {
  if (event.type === "progress") progress(event, renew);
  else if (event.type === "notice" && event.code === "words_only") library.note = noticeWords(event);
}

function progress({ step, done, total }, renew) {
  const [what, document] = step.split(" ");
  if (what === "files") library.progress = { done, total };
  else if (document) work(what, document, done, total);
  redraw();
  due ||= setTimeout(() => {
    due = 0;
    renew();
  }, RENEW_MS);
}

function work(step, document, done, total) {
  library.working.set(document, { step, done, total });
  const known = library.documents?.get(document);
  if (known && known.state !== step && ["waiting", "reading", "embedding"].includes(known.state)) library.documents.put({ ...known, state: step });
}

/** Stops the job; what it has read stays. */
export async function stopJob(job) {
  try {
    await request(`jobs/${encodeURIComponent(job)}/cancel`, { method: "POST" });
  } catch (e) {
    complain(e);
    return;
  }
  toast(t("Stopped. What was read stays; the rest can be read again later."));
}

on("regained", () => tell("library-refresh"));
