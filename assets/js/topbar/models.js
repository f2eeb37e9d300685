// The models there are and the downloads that run. Views hear `models` whenever something changed.

import { follow, request } from "../core/api.js";
import { on, tell } from "../core/bus.js";
import { changeSetup, chat } from "../conversation/chat.js";
import { modelHere } from "../conversation/current.js";
import { t } from "../core/i18n.js";
import { errorWords, noticeWords } from "../core/server.js";

export const models = {
  items: null, // null until the first answer of the server
  error: null,
  pulls: new Map(), // name → {job, step, done, total, rate, seconds, error}
};

const CHOSEN = "lumora.model";
const chatters = () => (models.items ?? []).filter((m) => m.task === "chat");

/** Chat models that can answer now: installed ones and those of providers. */
export const usable = () => chatters().filter((m) => m.installed || m.provider);

/** Chat models that could be downloaded. */
export const available = () => chatters().filter((m) => !m.installed && !m.provider);

/** The model that answers next, or null: the chat's own, else the one chosen last, else Lumora's. */
export function answering() {
  const can = usable();
  const named = (name) => name && can.find((m) => m.name === name);
  return named(modelHere()) || named(chat.model) || can.find((m) => m.default) || can[0] || null;
}

/** The row to begin with on a fresh machine. */
export function starter() {
  const rows = available().sort((a, b) => a.bytes - b.bytes);
  return rows.find((m) => m.starter) ?? rows.find((m) => m.fits) ?? rows[0] ?? null;
}

/** Asks the server again, and follows downloads that run there. */
export async function refresh() {
  try {
    models.items = (await request("models")).items;
    models.error = null;
  } catch (e) {
    models.error = e;
  }
  if (models.items && !usable().some((m) => m.name === chat.model)) chat.model = "";
  tell("models");
  for (const m of models.items ?? []) if (m.pull && !models.pulls.get(m.name)?.job) watch(m.name, m.pull);
}

/** Answers in this chat come from `name` from here on, and those in new chats. */
export function choose(name) {
  chat.model = name;
  try {
    localStorage.setItem(CHOSEN, name);
  } catch {
    chat.model = name; // storage switched off: for this page alone
  }
  changeSetup({ model: name });
  tell("models");
}

/** The download that is running, as {model, state}; of several the one that is furthest. Null when there is none. */
export function pulling() {
  const running = [...models.pulls].filter(([, state]) => !state.error).map(([name, state]) => ({ model: models.items?.find((m) => m.name === name) ?? { name, title: name, bytes: 0 }, state }));
  return running.sort((a, b) => shareOf(b) - shareOf(a))[0] ?? null;
}

/** How much of a download is here, from 0 to 1. */
export function shareOf({ model, state }) {
  const total = state.total ?? model.bytes;
  return total && state.unit === "bytes" ? Math.min(1, state.done / total) : 0;
}

/** Downloads a model. */
export async function pull(name) {
  if (models.pulls.get(name)?.job) return;
  models.pulls.set(name, { job: null, step: t("Starting"), done: 0, total: null, rate: null, seconds: null, error: null });
  tell("models");
  try {
    const { job } = await request(`models/${encodeURIComponent(name)}/pull`, { method: "POST" });
    await watch(name, job);
  } catch (e) {
    fail(name, e);
  }
}

function fail(name, e) {
  models.pulls.set(name, { job: null, error: { message: e.message, hint: e.hint ?? "" } });
  tell("models");
}

async function watch(name, job) {
  const state = { job, step: t("Starting"), done: 0, total: null, rate: null, seconds: null, error: null };
  models.pulls.set(name, state);
  tell("models");
  let last = null;
  try {
    const resume = (from) => `jobs/${encodeURIComponent(job)}/events?from=${from}`;
    await follow({ resume, onEvent: (e) => (last = hear(state, e)), patient: true });
  } catch (e) {
    fail(name, e);
    return;
  }
  models.pulls.delete(name);
  if (last.type === "failed") fail(name, errorWords(last));
  await refresh();
  if (last.type === "done" && last.reason !== "cancelled") tell("pulled", name);
}

function hear(state, event) {
  if (event.type === "progress") {
    const { step, done, total, rate, seconds_left: seconds, unit } = event;
    Object.assign(state, { step, done, total, rate, seconds, unit, note: "" });
    tell("models");
  } else if (event.type === "notice") {
    state.note = noticeWords(event);
    tell("models");
  }
  return event;
}

/** Stops a download; what is here already is kept for a resume. */
export async function cancelPull(name) {
  const job = models.pulls.get(name)?.job;
  if (!job) return;
  try {
    await request(`jobs/${encodeURIComponent(job)}/cancel`, { method: "POST" });
  } catch (e) {
    tell("complaint", e);
  }
}

/** Takes an installed model's files away. */
export async function remove(name) {
  try {
    await request(`models/${encodeURIComponent(name)}`, { method: "DELETE" });
  } catch (e) {
    tell("complaint", e);
  }
  await refresh();
}

try {
  chat.model = localStorage.getItem(CHOSEN) ?? "";
} catch {
  chat.model = ""; // storage switched off
}
on("ready", refresh);
addEventListener("focus", () => models.items && refresh());
