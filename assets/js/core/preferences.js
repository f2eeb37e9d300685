// What a person chose, kept by the server and mirrored here so that the next page has it before its first paint.
// Views hear `preferences` whenever something changed, also in another tab.

import { request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";

const MIRROR = "lumora.preferences";
const CHANGED = "lumora.preferences.changed";
const RECENT_MS = 10_000; // what came with a page may be older than a change the page before it made just then
const UNSENT = "lumora.preferences.unsent"; // a page that is left at once may take a change with it

/** The choices by name; what was never chosen is missing. Read it, change it through `choose`. */
export const preferences = mirrored();

let known = { ...preferences }; // what the server said last
const going = []; // changes on their way to it, in order
let turn = Promise.resolve();
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

function mirrored() {
  try {
    return JSON.parse(localStorage.getItem(MIRROR)) ?? {};
  } catch {
    return {}; // storage switched off, or not ours
  }
}

// What is shown: the server's word, and on top of it what is still on its way there.
function show() {
  const values = Object.entries(Object.assign({}, known, ...going)).filter(([, v]) => v !== null);
  const shown = Object.fromEntries(values);
  for (const key of Object.keys(preferences)) if (!(key in shown)) delete preferences[key];
  Object.assign(preferences, shown);
  mirror();
  tell("preferences");
}

function mirror() {
  try {
    localStorage.setItem(MIRROR, JSON.stringify(preferences));
  } catch {
    return; // storage switched off or full: kept for this page and by the server
  }
}

/** Asks the server for them; throws ApiError. */
export async function loadPreferences() {
  await turn; // an answer from before a change would undo it
  known = await (changedLately() ? request("preferences", {}) : request("preferences"));
  show();
}

/**
 * Changes some; null takes a choice back. Shown at once, sent in the order of the calls, and put back when the
 * server refuses (throws ApiError).
 */
export function choose(values) {
  going.push(values);
  remember();
  show();
  const mine = turn.then(() => send(values));
  turn = mine.catch(() => settle(values)); // the caller hears of it; the next change goes out all the same
  return mine;
}

async function send(values) {
  try {
    known = await request("preferences", { method: "PATCH", body: values });
    tellTabs("preferences");
  } catch (e) {
    if (!leaving || e.status !== 0) throw e;
    return; // cut off with its page: the next page sends it
  }
  settle(values);
}

function settle(values) {
  going.splice(going.indexOf(values), 1);
  remember();
  show();
}

function changedLately() {
  try {
    return Date.now() - Number(localStorage.getItem(CHANGED)) < RECENT_MS;
  } catch {
    return false; // storage switched off: as for a page that was never here
  }
}

function remember() {
  try {
    localStorage.setItem(CHANGED, String(Date.now()));
    if (going.length) localStorage.setItem(UNSENT, JSON.stringify(Object.assign({}, ...going)));
    else localStorage.removeItem(UNSENT);
  } catch {
    return; // storage switched off or full: only a page that is left at once loses it
  }
}

function unsent() {
  try {
    return JSON.parse(localStorage.getItem(UNSENT));
  } catch {
    return null; // storage switched off, or not ours
  }
}

const left = unsent();
if (left) choose(left).catch(() => {}); // the server has refused it before, or the next change says why

on("tab:preferences", () => loadPreferences().catch(() => {})); // the next change or load brings it
