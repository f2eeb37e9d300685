// What a person chose, kept by the server and mirrored here so that the next page has it before its first paint.
// Views hear `preferences` whenever something changed, also in another tab.

import { request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";

const MIRROR = "lumora.preferences";
const UNSENT = "lumora.preferences.unsent"; // a page that is left at once may take a change with it

/** The choices by name; what was never chosen is missing. Read it, change it through `choose`. */
export const preferences = mirrored();

let known = { ...preferences }; // what the server said last
const going = []; // changes on their way to it, in order
let turn = Promise.resolve();

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
  known = await request("preferences");
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
  turn = mine.catch(() => {}); // the caller hears of it; the next change goes out all the same
  return mine;
}

async function send(values) {
  try {
    known = await request("preferences", { method: "PATCH", body: values, keepalive: true });
    tellTabs("preferences");
  } finally {
    going.splice(going.indexOf(values), 1);
    remember();
    show();
  }
}

function remember() {
  try {
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
