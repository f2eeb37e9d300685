// The conversation this page shows, and the answer that is being read into it. Views hear of changes on the bus:
// `conversation` (draw it all), `message` (one id), `delta` (the running answer grew), `run` (started, ended, moved).

import { ApiError, follow, request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";
import { chooseThrough } from "./tree.js";

export const chat = {
  id: null,
  title: "",
  messages: new Map(),
  choices: new Map(),
  run: null, // {turn, answer, phase, up, pending, stopping, reader}
  model: "", // chosen for the next questions; empty leaves it to Lumora
  trouble: null, // why the last question or opening did not work
  loading: false,
};

let opening = 0;

const MESSAGE = { role: "assistant", text: "", reasoning: "", state: "complete", model: null, usage: null, hosts: [], error: null };

function clear() {
  chat.run?.reader.abort();
  Object.assign(chat, { id: null, title: "", run: null, trouble: null, loading: false });
  chat.messages = new Map();
  chat.choices = new Map();
}

function remember(id) {
  const hash = id ? `#c=${encodeURIComponent(id)}` : "";
  if (location.hash !== hash) history.pushState(history.state, "", location.pathname + location.search + hash);
}

/** The conversation the address names, or null. */
export const addressed = () => new URLSearchParams(location.hash.slice(1)).get("c");

/** An empty page for a new question. */
export function fresh() {
  opening++;
  clear();
  remember(null);
  tell("conversation", { opened: true });
  tell("run");
}

/** Shows a stored conversation, through `message` when given, and follows the answer that is running in it. */
export async function open(id, { message = null, quietly = false } = {}) {
  const mine = ++opening;
  const kept = quietly && chat.id === id ? chat.choices : new Map();
  if (!quietly) {
    clear();
    Object.assign(chat, { id, loading: true });
    remember(id);
    tell("conversation", { opened: true });
  }
  try {
    const stored = await request(`conversations/${encodeURIComponent(id)}`);
    if (mine !== opening) return;
    clear();
    Object.assign(chat, { id, title: stored.title, choices: kept });
    chat.messages = new Map(stored.messages.map((m) => [m.id, { ...MESSAGE, ...m }]));
    if (message) chooseThrough(chat.messages, chat.choices, message);
  } catch (e) {
    if (mine !== opening) return;
    Object.assign(chat, { loading: false, trouble: { ...describe(e), again: () => open(id) } });
    tell("conversation", { opened: true });
    return;
  }
  const running = [...chat.messages.values()].filter((m) => m.state === "streaming").at(-1);
  tell("conversation", { opened: !quietly, message });
  if (running?.turn) attach(running);
  else tell("run");
}

const describe = (e) => ({ code: e.code, message: e.message, hint: e.hint ?? "" });

function attach(message) {
  // What a streaming answer has in the store is what it said before this turn; all else is read from the first event.
  const run = begin({ turn: message.turn, answer: message.id });
  chooseThrough(chat.messages, chat.choices, message.id);
  read(run, null);
}

function begin(values) {
  const run = { turn: null, answer: null, phase: null, up: true, pending: null, stopping: false };
  chat.run = Object.assign(run, { reader: new AbortController() }, values);
  chat.trouble = null;
  tell("run");
  return run;
}

async function read(run, start) {
  try {
    await follow({
      start,
      resume: (from) => `turns/${encodeURIComponent(run.turn)}/events?from=${from}`,
      onEvent: (event) => chat.run === run && HEAR[event.type]?.(run, event),
      onLink: (up) => link(run, up),
      signal: run.reader.signal,
    });
  } catch (e) {
    if (chat.run === run) await lost(run, e);
  }
  if (chat.run === run) end(run);
}

function link(run, up) {
  if (run.up === up || chat.run !== run) return;
  run.up = up;
  tell("run");
}

// The stream was refused: before `started` the question was not taken, after it the server no longer knows the
// turn (it was restarted), and the store has what is left of the answer.
async function lost(run, e) {
  if (e.name === "AbortError") return;
  if (run.turn) {
    chat.run = null;
    await open(chat.id, { quietly: true });
    return;
  }
  chat.trouble = { ...describe(e), again: run.again };
  tell("refused", { text: run.pending.text });
}

function end(run) {
  const answer = answerOf(run);
  chat.run = null;
  tell("conversation", {});
  tell("run");
  tell("ended", { answer });
  tell("conversations");
  // A crash may have cost the last words: show what is kept, since Continue goes on from there.
  if (answer?.state === "interrupted") open(chat.id, { quietly: true });
}

const answerOf = (run) => chat.messages.get(run.answer);

const HEAR = {
  started(run, event) {
    const parent = run.pending?.parent ?? null;
    const asked = { ...MESSAGE, id: event.question, parent, role: "user", text: run.pending?.text ?? "" };
    if (!chat.messages.has(event.question)) chat.messages.set(event.question, asked);
    const known = chat.messages.get(event.answer);
    const values = { id: event.answer, parent: event.question, state: "streaming", turn: event.turn, model: event.model };
    // An answer that is being continued keeps what it says; the events of this turn add to it.
    chat.messages.set(event.answer, { ...MESSAGE, ...known, ...values, error: null, notices: [] });
    Object.assign(run, { turn: event.turn, answer: event.answer, pending: null });
    if (!chat.id) Object.assign(chat, { id: event.conversation, title: asked.text.slice(0, 80) });
    remember(chat.id);
    chooseThrough(chat.messages, chat.choices, event.answer);
    tell("accepted");
    tell("conversation", {});
    tell("run");
    tell("conversations");
    if (run.asked) tellTabs("turn", chat.id);
  },
  queued(run, event) {
    run.phase = event.position > 0 ? { kind: "queued", position: event.position } : null;
    tell("run");
  },
  progress(run, event) {
    run.phase = { kind: "progress", ...event };
    tell("run");
  },
  text_delta(run, event) {
    grow(run, "text", event.text);
  },
  reasoning(run, event) {
    grow(run, "reasoning", event.text);
  },
  notice(run, event) {
    answerOf(run).notices.push(event.text);
    tell("message", run.answer);
  },
  usage(run, event) {
    answerOf(run).usage = event;
  },
  done(run, event) {
    const state = event.reason === "cancelled" ? "cancelled" : "complete";
    Object.assign(answerOf(run), { state, reason: event.reason, hosts: event.hosts });
  },
  failed(run, event) {
    const { code, message, hint, hosts = [] } = event;
    const state = code === "interrupted" ? "interrupted" : "failed";
    Object.assign(answerOf(run), { state, error: { code, message, hint }, hosts });
  },
};

function grow(run, field, text) {
  answerOf(run)[field] += text;
  if (run.phase) {
    run.phase = null;
    tell("run");
  }
  tell("delta");
}

function post(path, body, pending, again) {
  const run = begin({ pending, again, asked: true });
  tell("conversation", { sent: true });
  read(run, { path, method: "POST", body: { ...body, stream: true } });
}

const named = () => (chat.model ? { model: chat.model } : {});

/** Asks `text` under `parent` (a message id; null makes it the first question). */
export function ask(text, parent) {
  const body = { text, parent, ...(chat.id ? { conversation: chat.id } : {}), ...named() };
  post("chat/ask", body, { parent, text }, () => ask(text, parent));
}

/** Another answer to the same question. */
export function regenerate(id) {
  const parent = chat.messages.get(id).parent;
  post(`messages/${encodeURIComponent(id)}/regenerate`, named(), { parent, text: null }, () => regenerate(id));
}

/** The rest of an answer that was cut off: it goes on in the same message. */
export function goOn(id) {
  const parent = chat.messages.get(id).parent;
  post(`messages/${encodeURIComponent(id)}/continue`, {}, { parent, text: null, answer: id }, () => goOn(id));
}

/** Stops the running answer; what was said stays. */
export async function stop() {
  const run = chat.run;
  if (!run?.turn || run.stopping) return;
  run.stopping = true;
  tell("run");
  try {
    await request(`turns/${encodeURIComponent(run.turn)}/cancel`, { method: "POST" });
  } catch (e) {
    run.stopping = false;
    tell("run");
    if (!(e instanceof ApiError && e.status === 404)) tell("complaint", e);
  }
}

/** Shows another sibling at a fork. */
export function choose(id) {
  chat.choices.set(chat.messages.get(id).parent, id);
  tell("conversation", { chose: id });
}

export function dismissTrouble() {
  chat.trouble = null;
  tell("conversation", {});
}

on("tab:turn", (id) => id === chat.id && !chat.run && open(id, { quietly: true }));
addEventListener("popstate", () => {
  const id = addressed();
  if (id === chat.id) return;
  if (id) open(id);
  else fresh();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && chat.id && !chat.run && !chat.loading) open(chat.id, { quietly: true });
});
