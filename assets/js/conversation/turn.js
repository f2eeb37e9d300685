// One answer that is being read: begun by a question, another try or a continuation, or found running. Events
// go into the message; views hear `message` (one id), `delta` (it grew), `run` (started, ended, moved).

import { ApiError, follow, request } from "../core/api.js";
import { tell, tellTabs } from "../core/bus.js";
import { answerOf, chat, describe, MESSAGE, put } from "./current.js";
import { chooseThrough } from "./tree.js";
import { noticeWords } from "../core/server.js";

/** Takes up a run: `values` are those of `chat.run`. */
export function begin(values) {
  const run = { turn: null, answer: null, phase: null, up: true, pending: null, stopping: false };
  chat.run = Object.assign(run, { reader: new AbortController() }, values);
  chat.begun++;
  chat.trouble = null;
  tell("run");
  return run;
}

/** Follows the answer that is running in the conversation just opened. */
export function attach(message) {
  // What a streaming answer has in the store is what it said before this turn; all else is read from the first event.
  const run = begin({ turn: message.turn, answer: message.id });
  if (!chat.editing) chooseThrough(chat.messages, chat.choices, message.id);
  read(run, null);
}

/** Posts to `path` and reads the events of the answer. `pending` is what is shown until it has begun. */
export function post(path, body, pending, again) {
  const run = begin({ pending, again, asked: true });
  tell("conversation", { sent: true });
  read(run, { path, method: "POST", body: { ...body, stream: true } });
}

async function read(run, start) {
  try {
    await follow({
      start,
      resume: (from) => `turns/${encodeURIComponent(run.turn)}/events?from=${from}`,
      onEvent: (event) => hear(run, event),
      onLink: (up) => link(run, up),
      signal: run.reader.signal,
    });
  } catch (e) {
    if (chat.run === run) lost(run, e);
  }
  if (chat.run === run) end(run);
}

/** Takes one event of a run in, unless the page has gone on to something else. */
export function hear(run, event) {
  if (chat.run === run) HEAR[event.type]?.(run, event);
}

function link(run, up) {
  if (run.up === up || chat.run !== run) return;
  run.up = up;
  tell("link", up);
  tell("run");
}

// The stream was refused: before `started` the question was not taken, after it the server no longer knows the
// turn (it was restarted), and the store has what is left of the answer.
function lost(run, e) {
  if (e.name === "AbortError") return;
  if (run.turn) {
    chat.run = null;
    tell("reopen");
    return;
  }
  if (e.status === 0) tell("link", false);
  refuse(run, e);
}

/** Says that a question was not taken; what was written goes back to where it was written. */
export function refuse(run, e) {
  chat.trouble = { ...describe(e), again: run.again };
  const { text, edited = null, attachments = [] } = run.pending;
  tell("refused", { text, edited, attachments });
}

/** The run is over: its answer is shown for good. */
export function end(run) {
  const answer = answerOf(run);
  chat.run = null;
  if (answer && run.thinking) answer.thought ??= (performance.now() - run.thinking) / 1000;
  tell("conversation", {});
  tell("run");
  tell("ended", { answer });
  if (chat.temporary) return;
  tell("conversations");
  // A crash may have cost the last words: show what is kept, since Continue goes on from there.
  if (answer?.state === "interrupted" || chat.stale) tell("reopen");
}

const HEAR = {
  started(run, event) {
    const pending = run.pending ?? {};
    const asked = { id: event.question, parent: pending.parent ?? null, role: "user", text: pending.text ?? "" };
    if (!chat.messages.has(event.question)) put({ ...asked, attachments: pending.attachments ?? [], created_at: new Date().toISOString() });
    takeAnswer(event);
    Object.assign(run, { turn: event.turn, answer: event.answer, pending: null });
    if (!chat.id) Object.assign(chat, { id: event.conversation, title: asked.text.slice(0, 80) });
    // Another tab's question does not take away what is being edited here.
    if (run.asked || !chat.editing) chooseThrough(chat.messages, chat.choices, event.answer);
    tell("stored");
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
  sources(run, { spans, enough }) {
    Object.assign(answerOf(run), { sources: spans, enough });
    tell("message", run.answer);
  },
  checked(run, { checks }) {
    const answer = answerOf(run);
    answer.checks = [...(answer.checks ?? []), ...checks];
    tell("message", run.answer);
  },
  remembered(run, { items }) {
    answerOf(run).remembered = items;
  },
  text_delta(run, event) {
    if (run.thinking) answerOf(run).thought ??= (performance.now() - run.thinking) / 1000;
    grow(run, "text", event.text);
  },
  reasoning(run, event) {
    run.thinking ??= performance.now();
    grow(run, "reasoning", event.text);
  },
  notice(run, event) {
    if (event.code === "little_evidence") return; // the answer's own "enough" says it, also when it is read again later
    (answerOf(run).notices ??= []).push(noticeWords(event));
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

// An answer that is being continued keeps what it says; the events of this turn add to it.
function takeAnswer({ question, answer, turn, model }) {
  const known = chat.messages.get(answer) ?? { ...MESSAGE, created_at: new Date().toISOString() };
  put({ ...known, id: answer, parent: question, state: "streaming", turn, model, error: null, notices: [], fresh: true });
}

function grow(run, field, text) {
  answerOf(run)[field] += text;
  if (run.phase) {
    run.phase = null;
    tell("run");
  }
  tell("delta");
}

/** Stops the running answer; what was said stays. */
export async function stop() {
  const run = chat.run;
  if (!run || run.stopping || !(run.turn || run.halt)) return;
  run.stopping = true;
  tell("run");
  if (run.halt) {
    run.halt();
    return;
  }
  try {
    await request(`turns/${encodeURIComponent(run.turn)}/cancel`, { method: "POST" });
  } catch (e) {
    run.stopping = false;
    tell("run");
    if (!(e instanceof ApiError && e.status === 404)) tell("complaint", e);
  }
}
