// What was begun and not sent: one draft per conversation, kept in this browser so that it survives a reload.
// A draft is {text, attachments: [{id, name, bytes, lines}], mentions: [{kind, id, title}]}.

const PREFIX = "lumora.draft.";
const MOST = 60; // conversations; the drafts not touched for longest go first
const WAIT_MS = 300; // a draft of 200 kB takes some milliseconds to write: not at every key
const EMPTY = { text: "", attachments: [], mentions: [] };

const name = (conversation) => PREFIX + (conversation ?? "new");
let waiting = null; // {conversation, make, failed, timer}

/** The draft of a conversation (null: of a new chat). */
export function readDraft(conversation) {
  flushDraft();
  try {
    const stored = localStorage.getItem(name(conversation));
    if (!stored) return { ...EMPTY };
    return { ...EMPTY, ...parsed(stored) };
  } catch {
    return { ...EMPTY }; // storage switched off
  }
}

function parsed(stored) {
  try {
    const draft = JSON.parse(stored);
    if (typeof draft?.text === "string") return draft;
  } catch {
    return { text: stored }; // kept by an earlier version, which kept the text alone
  }
  return { text: stored };
}

/** Keeps `make()` in a moment; `failed()` is called when the browser has no room for it. */
export function keepDraft(conversation, make, failed) {
  if (waiting && waiting.conversation !== conversation) flushDraft();
  clearTimeout(waiting?.timer);
  waiting = { conversation, make, failed, timer: setTimeout(flushDraft, WAIT_MS) };
}

/** Writes what is waiting to be kept, now. */
export function flushDraft() {
  if (!waiting) return;
  const { conversation, make, failed, timer } = waiting;
  clearTimeout(timer);
  waiting = null;
  if (!writeDraft(conversation, make())) failed();
}

/** Writes a draft at once; an empty one is forgotten. Returns whether there was room. */
export function writeDraft(conversation, draft) {
  if (!draft.text && !draft.attachments.length && !draft.mentions.length) return forgetDraft(conversation);
  const text = JSON.stringify({ ...draft, at: Date.now() });
  for (let keep = MOST; ; keep = Math.floor(keep / 2)) {
    try {
      localStorage.setItem(name(conversation), text);
      makeRoom(keep, conversation);
      return true;
    } catch {
      if (keep <= 1) return false;
      makeRoom(Math.floor(keep / 2), conversation);
    }
  }
}

// Leaves the `keep` drafts written last, and in any case the one of `conversation`.
function makeRoom(keep, conversation) {
  const others = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== name(conversation));
  if (others.length < keep) return;
  const age = (key) => Number(/"at":(\d+)\}$/.exec(localStorage.getItem(key))?.[1] ?? 0);
  const oldest = others.map((key) => [age(key), key]).sort((a, b) => a[0] - b[0]);
  for (const [, key] of oldest.slice(0, others.length - keep + 1)) localStorage.removeItem(key);
}

/** Takes a conversation's draft away. */
export function forgetDraft(conversation) {
  if (waiting?.conversation === conversation) {
    clearTimeout(waiting.timer);
    waiting = null;
  }
  try {
    localStorage.removeItem(name(conversation));
  } catch {
    return true; // storage switched off: nothing was kept
  }
  return true;
}

addEventListener("pagehide", flushDraft);
document.addEventListener("visibilitychange", () => document.hidden && flushDraft());
