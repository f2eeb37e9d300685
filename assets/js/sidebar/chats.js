// What the sidebar knows: the chats of each section, which sections are open, and which chats are selected. Views hear
// `chats` whenever something of it changed.

import { on, tell } from "../core/bus.js";
import { chat } from "../conversation/chat.js";
import { Source } from "./chatsource.js";
import { refreshProjects, workspace } from "../core/workspace.js";

const STORED = "lumora.sections";
const TITLES_AFTER = [4_000, 10_000, 25_000]; // when a title made in idle time may be there

let told = false;
function changed() {
  if (told) return;
  told = true;
  queueMicrotask(() => {
    told = false;
    retitle();
    tell("chats");
  });
}

const pinned = new Source("pinned=true", changed);
const loose = new Source("project=none&pinned=false", changed);
const folders = new Map(); // project id → Source

/** `selected` is null, or a Map of chat id → chat while some are being selected. */
export const chats = { pinned, loose, selected: null, renaming: null, open: remembered() };

function remembered() {
  try {
    return { pinned: true, projects: true, ...JSON.parse(localStorage.getItem(STORED)) };
  } catch {
    return { pinned: true, projects: true }; // storage switched off, or not ours
  }
}

/** Opens or closes a section: "pinned", "projects", or the id of a project. */
export function fold(section, open = !chats.open[section]) {
  chats.open[section] = open;
  try {
    localStorage.setItem(STORED, JSON.stringify(chats.open));
  } catch {
    // storage switched off: kept for this page
  }
  changed();
}

/** The chats of a project, fetched when first asked for. */
export function folder(id) {
  if (!folders.has(id)) {
    folders.set(id, new Source(`project=${encodeURIComponent(id)}`, changed));
    folders.get(id).refresh();
  }
  return folders.get(id);
}

/** The sections that show their chats now. */
export function shown() {
  const open = chats.open.projects ? (workspace.projects ?? []).filter((p) => chats.open[p.id]) : [];
  return [...(chats.open.pinned ? [pinned] : []), ...open.map((p) => folder(p.id)), loose];
}

const sources = () => [pinned, loose, ...folders.values()];

/** Asks the server for what changed. */
export async function refreshChats() {
  dropFolders();
  const projects = refreshProjects({ quietly: true }).catch(() => {}); // its section says so by being absent
  await Promise.all([projects, ...sources().map((s) => s.refresh())]);
}

function dropFolders() {
  for (const [id, source] of folders) {
    if (chats.open[id] && workspace.projects?.some((p) => p.id === id)) continue;
    source.closed = true;
    folders.delete(id);
  }
}

/** The chat of this id, if it was fetched. */
export function known(id) {
  for (const source of sources()) {
    const found = source.items?.find((c) => c.id === id);
    if (found) return found;
  }
  return null;
}

/** Takes chats off every section at once. */
export function forget(ids) {
  sources().forEach((s) => s.forget(ids));
  ids.forEach((id) => chats.selected?.delete(id));
  changed();
}

/** Shows other values of a chat at once. */
export function amend(id, values) {
  for (const source of sources()) for (const each of source.items ?? []) if (each.id === id) Object.assign(each, values);
  changed();
}

/** Draws anew, at once when what follows needs the nodes. */
export function redraw({ now = false } = {}) {
  if (now) tell("chats");
  else changed();
}

// The bar above the conversation shows the title too; a rename elsewhere reaches it through the list.
function retitle() {
  const here = chat.id && known(chat.id);
  if (!here || here.title === chat.title) return;
  chat.title = here.title;
  tell("title");
}

let timers = [];
function awaitTitle() {
  timers.forEach(clearTimeout);
  timers = TITLES_AFTER.map((ms) => setTimeout(() => document.hidden || refreshChats(), ms));
}

for (const name of ["conversations", "tab:conversations", "tab:turn"]) on(name, refreshChats);
on("collections", (kind) => kind === "projects" && changed());
on("conversation", changed);
on("ended", awaitTitle);
addEventListener("focus", () => loose.items && refreshChats());
