// What goes along with the next question: pasted texts and files. They are sent to the server as soon as they are
// here, so that asking waits for nothing; in a temporary chat they stay in this page's memory and go with the
// question. Views hear `attachments` whenever something changed.

import { request } from "../core/api.js";
import { tell } from "../core/bus.js";
import { t } from "../core/i18n.js";
import { LARGEST, NotText, linesOf, readText, tooLarge } from "./textfile.js";
import { upload } from "../core/upload.js";

export const MOST = 20; // attachments of one question
const REGRET_MS = 9_000; // what was removed can be taken back for as long as the toast shows

/**
 * The attachments of the conversation shown, as {id, name, bytes, lines, state, share, text, pasted, error};
 * `state` is "sending", "ready" or "failed". `refused` are messages about files that could not be taken.
 */
export const tray = { conversation: null, temporary: false, items: [], refused: [] };

const elsewhere = new Map(); // conversation → items that were still on their way when it was left

/** Shows the attachments of another conversation: those of its draft, and those still on their way. */
export function openTray(conversation, temporary, stored) {
  if (tray.items.some((i) => i.state !== "ready") && !tray.temporary) elsewhere.set(tray.conversation, tray.items);
  const kept = stored.map((a) => ({ ...a, state: "ready", share: 1 }));
  const items = elsewhere.get(conversation) ?? kept;
  elsewhere.delete(conversation);
  Object.assign(tray, { conversation, temporary, items, refused: [] });
  tell("attachments");
}

/** The conversation of the tray got its id. */
export function nameTray(conversation) {
  for (const item of tray.items) item.conversation = conversation;
  tray.conversation = conversation;
}

/** Takes a text in; `pasted` can be turned back into plain text. Throws NotText. */
export function attachText(name, text, { pasted = false } = {}) {
  const body = new Blob([text]);
  if (body.size > LARGEST) throw tooLarge(name, body.size);
  if (tray.items.length >= MOST) throw new NotText(t("“{name}” was left out: {n} attachments are the most.", { name, n: MOST }));
  const item = { id: null, name, bytes: body.size, lines: linesOf(text), text, body, pasted, share: 0, error: null, conversation: tray.conversation };
  item.state = tray.temporary ? "ready" : "sending";
  tray.items.push(item);
  // The chip is drawn before anything is sent.
  if (!tray.temporary) setTimeout(() => send(item));
  tell("attachments");
  return item;
}

/** A name for pasted text that no other attachment has. */
export function pastedName() {
  for (let n = 1; ; n++) {
    const name = t("pasted-{n}.txt", { n });
    if (!tray.items.some((i) => i.name === name)) return name;
  }
}

/** Takes files in, one by one; those that are no text, too large or too many are told in `tray.refused`. */
export async function attachFiles(files) {
  tray.refused = [];
  const here = tray.conversation;
  for (const file of files) {
    try {
      const text = await readText(file);
      if (here !== tray.conversation) return; // another conversation was opened while reading
      attachText(file.name, text);
    } catch (e) {
      if (!(e instanceof NotText)) throw e;
      refuse(e);
    }
  }
}

/** Tells of something that cannot go along. */
export function refuse(e) {
  tray.refused.push(e.message);
  tell("attachments");
}

export function dismissRefused() {
  tray.refused = [];
  tell("attachments");
}

/** Sends an attachment that failed once more. */
export function send(item) {
  const stop = new AbortController();
  Object.assign(item, { state: "sending", share: 0, error: null, stop });
  tell("attachments");
  return stored(item, stop).catch((e) => {
    if (e.name === "AbortError") return;
    Object.assign(item, { state: "failed", error: [e.message, e.hint].filter(Boolean).join(" ") });
    tell("attachments");
  });
}

async function stored(item, stop) {
  const onProgress = (share) => {
    item.share = share;
    tell("attachments");
  };
  const { id } = await upload(`attachments?name=${encodeURIComponent(item.name)}`, item.body, { onProgress, signal: stop.signal });
  Object.assign(item, { id, state: "ready", share: 1 });
  tell("attachments");
  // Its conversation is not shown any more: the draft there has to learn of it.
  if (!tray.items.includes(item)) tell("attached-elsewhere", item);
}

/** Takes one away; the function that is returned brings it back. */
export function remove(item) {
  const at = tray.items.indexOf(item);
  item.stop?.abort();
  tray.items.splice(at, 1);
  const timer = setTimeout(() => drop(item), REGRET_MS);
  tell("attachments");
  return () => {
    clearTimeout(timer);
    tray.items.splice(at, 0, item);
    if (item.state === "sending") send(item);
    tell("attachments");
  };
}

// It may have gone along with a question meanwhile, or be gone: either way there is nothing left to do.
const drop = (item) => item.id && request(`attachments/${encodeURIComponent(item.id)}`, { method: "DELETE" }).catch(() => null);

/** Empties the tray for a question; returns what was in it. */
export function take() {
  const taken = tray.items;
  tray.items = [];
  tray.refused = [];
  tell("attachments");
  return taken;
}

/** Puts back what a refused question had. */
export function putBack(items) {
  tray.items.unshift(...items);
  tell("attachments");
}

/** An attachment as a question takes it; its text goes along only where nothing is stored. */
export const forQuestion = ({ id, name, bytes, lines, text }) => ({ id, name, bytes, lines, ...(tray.temporary ? { text } : {}) });

/** What of the tray a draft keeps. */
export const forDraft = () => tray.items.filter((i) => i.id).map(({ id, name, bytes, lines, pasted }) => ({ id, name, bytes, lines, pasted }));

export const sending = () => tray.items.filter((i) => i.state === "sending");
export const failed = () => tray.items.filter((i) => i.state === "failed");
