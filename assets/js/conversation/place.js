// Where each chat was left: the message at the top, and the branches shown. Kept in this browser for the last
// chats that were looked at.

import { on } from "../core/bus.js";

const KEY = "lumora.places";
const MOST = 200;

function all() {
  try {
    return Object.entries(JSON.parse(localStorage.getItem(KEY)) ?? {});
  } catch {
    return []; // storage switched off, or not ours
  }
}

function keep(entries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(entries.slice(-MOST))));
  } catch {
    return; // chats open at their end then
  }
}

/** `{message, offset, choices}` of a chat as it was left; `message` is null when that was its end. Or null. */
export function placeOf(id) {
  const found = all().find(([each]) => each === id)?.[1];
  return found ? { ...found, choices: new Map(found.choices) } : null;
}

/** Keeps where a chat is left; `choices` is the map of the branches chosen. */
export function leaveAt(id, { message, offset, choices }) {
  keep([...all().filter(([each]) => each !== id), [id, { message, offset, choices: [...choices] }]]);
}

/** Forgets chats that are gone. */
export function forget(ids) {
  const gone = new Set(ids);
  keep(all().filter(([each]) => !gone.has(each)));
}

on("forgotten", forget);
