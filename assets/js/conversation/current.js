// The conversation this page shows, as plain values. chat.js opens and changes it, turn.js and temporary.js read
// answers into it, views draw it.

import { Tree } from "./tree.js";
import { found } from "../core/workspace.js";

const UNSET = { project: null, assistant: null, model: null, instructions: null, sampling: null, collections: null, memory: null };

/** What a chat may have of its own: its project and assistant, and its wishes that differ from the person's. */
export const setupOf = (values = {}) => Object.fromEntries(Object.keys(UNSET).map((key) => [key, values[key] ?? null]));

export const chat = {
  id: null, // null while nothing of it is stored
  title: "",
  temporary: false, // nothing is stored, here or on the server
  setup: setupOf(), // {project, assistant, model, instructions, sampling, collections, memory}, stored or to come
  messages: new Tree(),
  choices: new Map(),
  run: null, // {turn, answer, phase, up, pending, stopping, reader}
  begun: 0, // runs so far: what the store said before the newest one is old
  model: "", // chosen for the next questions; empty leaves it to Lumora
  trouble: null, // why the last question or opening did not work
  loading: false,
  editing: null, // the id of the message whose editor is open
  stale: false, // another tab changed it while an answer was being read here
};

/** What every message has; what the server says comes on top. */
export const MESSAGE = {
  role: "assistant", text: "", reasoning: "", state: "complete", model: null, usage: null, hosts: [], error: null,
  reason: null, rating: 0, rating_reason: "", attachments: [], sources: null, checks: null, remembered: null,
};

/** Puts a message into the tree. */
export const put = (values) => chat.messages.set(values.id, { ...MESSAGE, ...values });

/** Forgets all of the conversation, and the answer that is being read. */
export function clear() {
  chat.run?.reader.abort();
  Object.assign(chat, { id: null, title: "", temporary: false, setup: setupOf(), run: null, trouble: null, loading: false, editing: null, stale: false });
  chat.messages = new Tree();
  chat.choices = new Map();
}

export const answerOf = (run) => chat.messages.get(run.answer);

/** An error as the conversation keeps it. */
export const describe = (e) => ({ code: e.code, message: e.message, hint: e.hint ?? "" });

/** The custom assistant of this chat, or null (also while they are not loaded). */
export const assistantHere = () => found("assistants", chat.setup.assistant);

/** The project of this chat, or null. */
export const projectHere = () => found("projects", chat.setup.project);

/** The ids of the collections this chat answers from: its own choice, else its project's; empty for none. */
export const collectionsHere = () => chat.setup.collections ?? projectHere()?.collections ?? [];

/** The model this chat, its assistant or its project asks for, or null: then the person's choice holds. */
export const modelHere = () => chat.setup.model ?? assistantHere()?.model ?? projectHere()?.model ?? null;
