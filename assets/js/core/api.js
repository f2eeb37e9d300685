// The one place that talks to the server: JSON requests, and event streams that survive a lost connection.
// Whether it could be reached is told as `link` (true or false).

import { tell } from "./bus.js";
import { t } from "./i18n.js";
import { errorWords } from "./server.js";

const QUIET_MS = 45_000; // the server pings every 15 s
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5_000;
const KEPT_ALIVE = 32_000; // characters a browser surely sends on after its page is left

/** What the server answered instead: `status` is 0 when it could not be reached. */
export class ApiError extends Error {
  constructor(status, { code = "unreachable", message = t("Lumora cannot be reached."), hint = "" } = {}) {
    const words = errorWords({ code, message, hint });
    super(words.message);
    Object.assign(this, { status, code, hint: words.hint });
  }
}

const address = (path) => new URL(`api/v1/${path}`, document.baseURI);

// A change is sent on when its page is left in the same instant; a stream must end with its page.
async function open(path, { method = "GET", body, signal, headers = {}, keepalive = false } = {}) {
  const init = { method, signal, headers: { ...headers }, credentials: "same-origin" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["content-type"] = "application/json";
  }
  init.keepalive = keepalive && method !== "GET" && (init.body?.length ?? 0) < KEPT_ALIVE;
  if (method !== "GET") answers.clear(); // what was known before the change may be wrong after it
  const response = await (init.keepalive ? underway(fetch(address(path), init)) : fetch(address(path), init));
  tell("link", true);
  if (response.ok) return response;
  if (response.status === 401) location.assign(new URL("login", document.baseURI));
  const told = await response.json().catch(() => null);
  throw new ApiError(response.status, told?.error ?? { code: "http", message: t("The server answered {status}.", { status: response.status }) });
}

const UNDERWAY = "lumora.underway"; // when the change was sent that is not answered yet
const OVERTAKEN_MS = 10_000;
let changes = 0;

// A reload can overtake the change that was sent before it.
async function underway(sent) {
  changes++;
  mark(Date.now());
  try {
    const response = await sent;
    if (changes === 1) mark(0); // one that fails may have been cut off with its page: its mark stays
    return response;
  } finally {
    changes--;
  }
}

function mark(moment) {
  try {
    sessionStorage.setItem(UNDERWAY, String(moment));
  } catch {
    return; // storage switched off or full: a reload in that instant may show what was before
  }
}

/** Whether the page before this one was left while the server was still being told of a change; once. */
export function overtook() {
  try {
    const since = Date.now() - Number(sessionStorage.getItem(UNDERWAY));
    mark(0);
    return since < OVERTAKEN_MS;
  } catch {
    return false;
  }
}

const FRESH_MS = 10_000;
const answers = new Map(); // path → what is known of it

/** The next `request` of `path` without options, if it comes soon, has this answer. */
export function known(path, answer) {
  answers.set(path, answer);
}

function take(path) {
  const answer = performance.now() < FRESH_MS ? answers.get(path) : undefined;
  answers.delete(path);
  return answer;
}

/** JSON in, JSON out. Throws ApiError. */
export async function request(path, options) {
  const answer = options ? undefined : take(path);
  if (answer !== undefined) return answer;
  const text = await requestText(path, options);
  return text ? JSON.parse(text) : null;
}

/** The answer as it is, such as the text of an attachment. Throws ApiError. */
export async function requestText(path, options) {
  try {
    const response = await open(path, { keepalive: true, ...options });
    return await response.text();
  } catch (e) {
    if (e instanceof ApiError || e.name === "AbortError") throw e;
    tell("link", false);
    throw new ApiError(0, { hint: t("Is it still running? Trying again is safe.") });
  }
}

/** Yields {index, event} of a response in the event stream format. */
async function* frames(response, alive) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    buffer += value;
    const parts = buffer.split("\n\n");
    buffer = parts.pop();
    for (const part of parts) {
      const frame = parse(part);
      if (frame) yield frame;
    }
  }
}

function parse(part) {
  let index = null;
  const data = [];
  for (const line of part.split("\n")) {
    if (line.startsWith("data:")) data.push(line.slice(5));
    else if (line.startsWith("id:")) index = Number(line.slice(3));
  }
  return data.length ? { index, event: JSON.parse(data.join("\n")) } : null;
}

// HTTP/1.1 allows six connections to us for the whole browser: a page holds one stream at most. A download
// waits while an answer is read, and a hidden page holds none; both catch up from their index.
const reading = new Set();
const waiting = new Set();
const wake = () => waiting.forEach((resolve) => resolve());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) reading.forEach((r) => r.next > 0 && !r.lasting && r.inner?.abort());
  else wake();
});

async function turnToRead(reader) {
  if (reader.lasting) return;
  while (document.hidden || (reader.patient && [...reading].some((r) => !r.patient))) {
    if (reader.next === 0 && !reader.patient) return; // a question is never held back
    await new Promise((resolve) => {
      waiting.add(resolve);
      reader.signal?.addEventListener("abort", resolve, { once: true });
    });
    if (reader.signal?.aborted) return;
  }
}

/**
 * Reads a job's events to the last one. `start` (a request) opens it the first time, `resume(from)` gives the
 * path to go on from an index. `onEvent(event)` hears each event once and in order; `onLink(up)` hears of a lost
 * and a regained connection. Throws ApiError when the server refuses, DOMException AbortError when `signal` fires.
 * `lasting`: the answer ends with its connection, so a hidden page holds it too.
 */
export async function follow({ start = null, resume, onEvent, onLink = () => {}, signal, patient = false, lasting = false }) {
  const reader = { next: 0, inner: null, patient, lasting, signal };
  reading.add(reader);
  if (!patient) reading.forEach((r) => r.patient && r.inner?.abort());
  let wait = FIRST_WAIT_MS;
  try {
    for (;;) {
      await turnToRead(reader);
      signal?.throwIfAborted();
      const before = reader.next;
      if (await readOnce(reader, { start, resume, onEvent, onLink })) return;
      signal?.throwIfAborted();
      if (document.hidden) continue;
      wait = reader.next > before ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  } finally {
    reading.delete(reader);
    wake();
  }
}

async function readOnce(reader, { start, resume, onEvent, onLink }) {
  const inner = (reader.inner = new AbortController());
  const stop = () => inner.abort();
  reader.signal?.addEventListener("abort", stop, { once: true });
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(stop, QUIET_MS);
  };
  const first = reader.next === 0 && start;
  try {
    const path = first ? start.path : resume(reader.next);
    const response = await open(path, { ...(first ? start : {}), signal: inner.signal });
    onLink(true);
    for await (const { index, event } of frames(response, alive)) {
      const last = event.type === "done" || event.type === "failed";
      // After a crash the last event may stand before what was heard already: it still ends the stream.
      if (index !== null && index < reader.next && !last) continue;
      reader.next = (index ?? reader.next) + 1;
      onEvent(event);
      if (last) return true;
    }
  } catch (e) {
    if (e instanceof ApiError && e.status !== 502 && e.status !== 504) throw e;
    if (first && reader.next === 0) throw unreachable(e);
  } finally {
    clearTimeout(timer);
    reader.signal?.removeEventListener("abort", stop);
    inner.abort();
  }
  if (!document.hidden && !reader.signal?.aborted) {
    onLink(false);
    tell("link", false);
  }
  return false;
}

function unreachable(cause) {
  if (cause instanceof ApiError) return cause;
  return new ApiError(0, { message: t("The question could not be sent: Lumora cannot be reached."), hint: t("Is it still running?") });
}
