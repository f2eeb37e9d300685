// What can be done with the conversation this page shows. Views hear of changes on the bus: `conversation` (draw
// what changed; `opened` when it is another one), and what turn.js tells of a running answer.

import { overtook, request } from "../core/api.js";
import { on, tell, tellTabs } from "../core/bus.js";
import { chat, clear, describe, MESSAGE, modelHere, setupOf } from "./current.js";
import { t } from "../core/i18n.js";
import { answerHere, askHere } from "./temporary.js";
import { toast } from "../core/toast.js";
import { branch, chooseThrough, Tree } from "./tree.js";
import { attach, post, stop } from "./turn.js";
import { found } from "../core/workspace.js";

export { chat, stop };

const TEMPORARY = "#temporary";
let opening = 0;

const at = (path, id) => `${path}/${encodeURIComponent(id)}`;

/** The part of the address that names this chat. */
export const chatAddress = () => (chat.temporary ? TEMPORARY : chat.id ? `#c=${encodeURIComponent(chat.id)}` : "");

// Whether the address names another place than a chat.
const elsewhere = () => location.hash.startsWith("#library");

function remember() {
  const hash = chatAddress();
  if (location.hash !== hash) history.pushState(history.state, "", location.pathname + location.search + hash);
}

/** The conversation the address names, or null. */
export const addressed = () => new URLSearchParams(location.hash.slice(1)).get("c");

/** Whether the address asks for a temporary chat. */
export const addressedTemporary = () => location.hash === TEMPORARY;

function leave() {
  if (chat.temporary && chat.messages.size) toast(t("The temporary chat is gone. Nothing of it was stored."));
  clear();
}

/** An empty page for a new question, perhaps in a project, with an assistant, or one that is not stored. */
export function fresh({ project = null, assistant = null, temporary = false } = {}) {
  opening++;
  leave();
  Object.assign(chat, { temporary, setup: setupOf({ project, assistant }) });
  remember();
  tell("conversation", { opened: true });
  tell("run");
}

/**
 * Shows a stored conversation and follows the answer that is running in it; through `message` when given, with
 * `words` (as searched for) marked in it. `quietly` brings what changed elsewhere and leaves the reader in place.
 */
export async function open(id, { message = null, words = "", quietly = false } = {}) {
  const mine = ++opening;
  const { begun } = chat;
  const coming = request(at("conversations", id)); // on its way while the page is cleared
  coming.catch(() => {}); // heard below
  if (!quietly) {
    leave();
    Object.assign(chat, { id, loading: true });
    remember();
    tell("conversation", { opened: true });
  }
  try {
    const stored = await coming;
    if (mine !== opening) return;
    if (quietly && chat.run) chat.stale = true;
    else if (quietly && begun !== chat.begun) look(); // an answer came and ended meanwhile: this is from before it
    else take(stored, quietly, message, words);
  } catch (e) {
    if (mine === opening) notOpened(id, e, quietly);
  }
}

function take(stored, quietly, message, words) {
  const { choices, editing, messages: before } = chat;
  clear();
  Object.assign(chat, { id: stored.id, title: stored.title, setup: setupOf(stored) });
  chat.messages = new Tree(stored.messages.map((m) => ({ ...MESSAGE, ...m })));
  if (quietly) keep(choices, editing, before);
  if (message) chooseThrough(chat.messages, chat.choices, message);
  const running = stored.messages.findLast((m) => m.state === "streaming" && m.turn);
  tell("conversation", { opened: !quietly, message, words });
  if (running) attach(chat.messages.get(running.id));
  else tell("run");
}

// What this page alone knows stays through a quiet look at the store: the branch shown, an open editor, how
// long an answer was thought about.
function keep(choices, editing, before) {
  Object.assign(chat, { choices, editing });
  for (const m of chat.messages.values()) {
    const { thought, fresh: seen } = before.get(m.id) ?? {};
    Object.assign(m, { thought, fresh: seen });
  }
  if (editing) chooseThrough(chat.messages, chat.choices, editing);
}

function notOpened(id, e, quietly) {
  if (quietly && e.status === 0) {
    tell("link", false);
    return;
  }
  if (e.status === 404) tell("forgotten", [id]);
  Object.assign(chat, { loading: false, trouble: { ...describe(e), again: () => open(id) } });
  tell("conversation", { opened: !quietly });
}

const wished = (model) => model ?? (modelHere() ? null : chat.model || null);
const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/**
 * Asks `text` under `parent` (a message id; null makes it the first question). `model` and `assistant` are for
 * this question alone; `edited` is the message this text is a new version of. Tells `accepted`, or `refused`
 * with `{text, attachments, edited}`.
 */
export function ask(text, parent, { attachments = [], model = null, assistant = null, collections = null, documents = null, edited = null } = {}) {
  const again = () => ask(text, parent, { attachments, model, assistant, collections, documents, edited });
  const one = given({ assistant, model: found("assistants", assistant)?.model ? model : wished(model), collections, documents });
  if (chat.temporary) {
    askHere(text, parent, one, { attachments, edited, again });
    return;
  }
  const setup = given(chat.setup);
  const place = chat.id ? { conversation: chat.id } : Object.keys(setup).length ? { setup } : {};
  const sent = attachments.length ? { attachments: attachments.map((a) => a.id) } : {};
  post("chat/ask", { text, parent, ...place, ...one, ...sent }, { parent, text, attachments, edited }, again);
}

/** Another answer to the same question, by `model` when given. */
export function regenerate(id, { model = null } = {}) {
  const { parent } = chat.messages.get(id);
  const again = () => regenerate(id, { model });
  const one = given({ model: wished(model) });
  if (chat.temporary) answerHere(parent, one, { again });
  else post(`${at("messages", id)}/regenerate`, one, { parent, text: null }, again);
}

/** The rest of an answer that was cut off: it goes on in the same message. */
export function goOn(id) {
  const { parent } = chat.messages.get(id);
  post(`${at("messages", id)}/continue`, {}, { parent, text: null, answer: id }, () => goOn(id));
}

/** Shows another sibling at a fork. */
export function choose(id) {
  chat.choices.set(chat.messages.get(id).parent, id);
  tell("conversation", { chose: id });
}

/** Changes the setup of this chat; resolves whether it was kept. Errors are complained of. */
export async function changeSetup(patch) {
  const before = chat.setup;
  chat.setup = { ...before, ...patch };
  tell("conversation", {});
  if (!chat.id) return true;
  try {
    await request(at("conversations", chat.id), { method: "PATCH", body: patch });
  } catch (e) {
    chat.setup = before;
    tell("conversation", {});
    tell("complaint", e);
    return false;
  }
  tell("conversations");
  tellTabs("turn", chat.id);
  return true;
}

/** Takes a message and all below it away, after stopping what is being answered there; Undo brings it back. */
export async function remove(id) {
  const gone = branch(chat.messages, id);
  if (chat.run && gone.some((m) => m.id === chat.run.answer)) await halted();
  try {
    if (!chat.temporary) await request(at("messages", id), { method: "DELETE" });
  } catch (e) {
    tell("complaint", e);
    return;
  }
  // What stopped or grew meanwhile stands in new objects: take the branch as it is now.
  const taken = branch(chat.messages, id);
  for (const m of taken) chat.messages.delete(m.id);
  changed();
  const text = taken.length > 1 ? t("Deleted the message and what came after it.") : t("Deleted the message.");
  toast(text, [t("Undo"), () => restore(id, taken)]);
}

let whenOver = []; // who waits for the running answer to be over

function halted() {
  return new Promise((resolve) => {
    whenOver.push(resolve);
    stop();
  });
}

function over() {
  whenOver.forEach((go) => go());
  whenOver = [];
}

async function restore(id, taken) {
  const home = chat.id;
  if (chat.temporary) {
    for (const m of taken) chat.messages.set(m.id, m);
    chooseThrough(chat.messages, chat.choices, id);
    tell("conversation", {});
    return;
  }
  try {
    await request(`${at("messages", id)}/restore`, { method: "POST" });
  } catch (e) {
    tell("complaint", e);
    return;
  }
  chat.choices.set(taken[0].parent, id);
  changed();
  if (chat.id === home) await open(home, { quietly: true });
}

function changed() {
  tell("conversation", {});
  if (chat.temporary) return;
  tell("conversations");
  tellTabs("turn", chat.id);
}

/** Rates an answer: 1, -1 with a reason, or 0 to take it back. */
export async function rate(id, value, reason = "") {
  const m = chat.messages.get(id);
  const before = { rating: m.rating, rating_reason: m.rating_reason };
  Object.assign(m, { rating: value, rating_reason: reason });
  tell("conversation", {});
  if (chat.temporary) return;
  try {
    await request(`${at("messages", id)}/rating`, { method: "PUT", body: { value, reason } });
    tellTabs("turn", chat.id);
  } catch (e) {
    Object.assign(m, before);
    tell("conversation", {});
    tell("complaint", e);
  }
}

export function dismissTrouble() {
  chat.trouble = null;
  tell("conversation", {});
}

const look = () => chat.id && !chat.loading && open(chat.id, { quietly: true });

// What was changed as the page before this was left may have been stored after this one asked.
if (overtook()) {
  setTimeout(() => {
    look();
    tell("conversations");
  }, 1000);
}

on("stored", () => elsewhere() || remember()); // the library was opened meanwhile
on("ended", over);
on("reopen", () => {
  over();
  look();
});
on("tab:turn", (id) => {
  if (id !== chat.id) return;
  if (chat.run) chat.stale = true;
  else look();
});
addEventListener("popstate", () => {
  const id = addressed();
  if (elsewhere()) return;
  if (addressedTemporary()) chat.temporary || fresh({ temporary: true });
  else if (id === chat.id && !chat.temporary) return;
  else if (id) open(id);
  else fresh();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !chat.run) look();
});
