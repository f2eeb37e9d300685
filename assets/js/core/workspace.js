// Projects, assistants, prompts and collections of documents: what several panes show and each of them may change. Whoever changes one calls
// the refresh of its kind; every pane and every other tab then hears `collections`.

import { request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";

/** The lists as the API gives them; null until they were loaded. */
export const workspace = { projects: null, assistants: null, prompts: null, collections: null };

const asked = { projects: 0, assistants: 0, prompts: 0, collections: 0 };

async function load(kind) {
  const mine = ++asked[kind];
  const { items } = await request(kind);
  // An older answer that comes late must not take the place of a newer one.
  if (mine !== asked[kind]) return;
  const changed = JSON.stringify(items) !== JSON.stringify(workspace[kind]);
  workspace[kind] = items;
  if (changed) tell("collections", kind);
}

async function refresh(kind, quietly) {
  await load(kind);
  if (!quietly) tellTabs("collections", kind);
}

/** Asks the server for the projects again; other tabs follow unless `quietly`. Throws ApiError. */
export const refreshProjects = ({ quietly = false } = {}) => refresh("projects", quietly);

/** The same for assistants. */
export const refreshAssistants = ({ quietly = false } = {}) => refresh("assistants", quietly);

/** The same for prompts. */
export const refreshPrompts = ({ quietly = false } = {}) => refresh("prompts", quietly);

/** The same for collections of documents. */
export const refreshCollections = ({ quietly = false } = {}) => refresh("collections", quietly);

/** The project, assistant, prompt or collection of this id; null when there is none, or none is loaded yet. */
export const found = (kind, id) => workspace[kind]?.find((each) => each.id === id) ?? null;

on("tab:collections", (kind) => load(kind).catch(() => {})); // the next change or load brings it
