// What a person chose, kept by the server and mirrored here so that the next page has it before its first paint.
// Views hear `preferences` whenever something changed, also in another tab.

import { request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";

const MIRROR = "lumora.preferences";

/** The choices by name; what was never chosen is missing. Read it, change it through `choose`. */
export const preferences = mirrored();

function mirrored() {
  try {
    return JSON.parse(localStorage.getItem(MIRROR)) ?? {};
  } catch {
    return {}; // storage switched off, or not ours
  }
}

function take(values) {
  for (const key of Object.keys(preferences)) if (!(key in values)) delete preferences[key];
  Object.assign(preferences, values);
  try {
    localStorage.setItem(MIRROR, JSON.stringify(preferences));
  } catch {
    preferences.unmirrored = true; // kept for this page and by the server
  }
  tell("preferences");
}

/** Asks the server for them; throws ApiError. */
export async function loadPreferences() {
  take(await request("preferences"));
}

/** Changes some; null takes a choice back. Shown at once, and put back when the server refuses (throws ApiError). */
export async function choose(values) {
  const before = { ...preferences };
  take(Object.fromEntries(Object.entries({ ...preferences, ...values }).filter(([, v]) => v !== null)));
  try {
    take(await request("preferences", { method: "PATCH", body: values }));
    tellTabs("preferences");
  } catch (e) {
    take(before);
    throw e;
  }
}

on("tab:preferences", () => loadPreferences().catch(() => {})); // the next change or load brings it
