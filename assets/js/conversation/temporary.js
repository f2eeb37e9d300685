// A temporary chat: its messages are in this page's memory alone. Each question carries the whole exchange, the
// server answers and keeps nothing, and closing the connection stops it.

import { ApiError, follow } from "../core/api.js";
import { tell } from "../core/bus.js";
import { answerOf, chat, collectionsHere, modelHere, projectHere, put } from "./current.js";
import { t } from "../core/i18n.js";
import { answering } from "../topbar/models.js";
import { chooseThrough, lineage } from "./tree.js";
import { begin, end, hear, refuse } from "./turn.js";

let made = 0;
const newId = () => `temporary-${++made}`;

/** Asks in memory; `body` has the question's own model, assistant and sampling. */
export function askHere(text, parent, body, { attachments = [], edited = null, again }) {
  const question = newId();
  put({ id: question, parent, role: "user", text, attachments, created_at: new Date().toISOString() });
  answerHere(question, body, { pending: { text, attachments, edited }, again, undo: () => chat.messages.delete(question) });
}

/** One more answer to a question that is here. */
export function answerHere(question, body, { pending = { text: null }, again, undo = () => {} }) {
  const answer = newId();
  const said = lineage(chat.messages, question).filter((m) => m.role === "user" || m.text);
  const messages = said.map(sent);
  const model = body.model ?? modelHere() ?? answering()?.name ?? null;
  put({ id: answer, parent: question, state: "streaming", model, notices: [], fresh: true, created_at: new Date().toISOString() });
  const run = begin({ answer, again });
  run.halt = () => run.reader.abort();
  chooseThrough(chat.messages, chat.choices, answer);
  tell("conversation", { sent: true });
  read(run, { messages, ...setupHere(), ...body }, { pending, undo });
}

const sent = (m) => (m.role === "user" ? { role: m.role, text: m.text, attachments: m.attachments.map(({ name, text }) => ({ name, text })) } : { role: m.role, text: m.text });

// The server is told of no project here: its instructions come along as the chat's own.
function setupHere() {
  const { assistant, sampling } = chat.setup;
  const instructions = [projectHere()?.instructions, chat.setup.instructions].filter(Boolean).join("\n\n") || null;
  return Object.fromEntries(Object.entries({ assistant, sampling, instructions, model: modelHere(), collections: collectionsHere() }).filter(([, value]) => value !== null && value?.length !== 0));
}

async function read(run, body, { pending, undo }) {
  let taken = false;
  try {
    await follow({
      start: { path: "chat/temporary", method: "POST", body },
      resume: () => {
        throw new ApiError(0, { code: "cut", message: t("The connection was lost in mid-answer."), hint: t("A temporary answer cannot be picked up again. Regenerate it.") });
      },
      onEvent: (event) => hear(run, event),
      onLink: (up) => up && !taken && (taken = true) && tell("accepted"),
      signal: run.reader.signal,
      lasting: true,
    });
  } catch (e) {
    if (chat.run !== run) return;
    if (e.name === "AbortError") Object.assign(answerOf(run), { state: "cancelled", reason: "cancelled" });
    else if (taken) Object.assign(answerOf(run), { state: "failed", error: { code: e.code, message: e.message, hint: e.hint } });
    else notTaken(run, e, pending, undo);
  }
  if (chat.run === run) end(run);
}

function notTaken(run, e, pending, undo) {
  chat.messages.delete(run.answer);
  undo();
  if (e.status === 0) tell("link", false);
  refuse({ ...run, pending }, e);
}
