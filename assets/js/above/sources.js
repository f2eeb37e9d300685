// What the palette finds. A source is `{id, title(), least, slow, find(words, more)}`: `find` gives items at once, or,
// when `slow`, calls `more(items)` as they come (and `known(asked)` says what it can say at once). `least` is how much has to be typed before it is asked. An item is
// `{key, label, note, icon, face, keys, run}`, with `nodes()` where its words are marked already. Memory joins by one more row.

import { on, tell } from "../core/bus.js";
import { fresh, open } from "../conversation/chat.js";
import { commands, groups, keysOf, printed } from "../core/commands.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { everything } from "./everything.js";
import { fuzzyMarked } from "../library/marking.js";
import { fitting } from "../core/match.js";
import { portrait } from "../conversation/portrait.js";
import { Titles } from "./titles.js";
import { renewCollections } from "../library/chooser.js";
import { found, refreshAssistants, refreshProjects, workspace } from "../core/workspace.js";

const RECENT = "lumora.recent";
const KEPT = 5;
const SNIPPET = innerWidth < 720 ? 44 : 84; // characters of a passage: what was typed is to be seen in a line
const titles = new Titles();

const OWN = ["palette", "shortcuts-sign"]; // what opens this list need not stand in it

function commandItems() {
  const order = groups().map(([id]) => id);
  const can = commands().filter((c) => c.when() && !OWN.includes(c.id));
  return can.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group)).map((c) => ({
    key: `command:${c.id}`, label: c.title(), icon: c.icon || "right", keys: printed(keysOf(c.id)), run: c.run,
  }));
}

const chatItem = (c) => ({ key: `chat:${c.id}`, label: c.title || t("Untitled"), icon: c.pinned ? "pin" : "pen", run: () => open(c.id) });

const chatItems = (all, asked) => fitting(all, asked, asked.length ? 8 : 5, (c) => c.title).map(chatItem);

const collection = (kind) => workspace[kind] ?? [];

const pageNames = () => [
  ["appearance", t("Appearance")], ["language", t("Language")], ["chat", t("Chat")], ["model", t("Model")], ["instructions", t("Instructions")],
  ["assistants", t("Assistants")], ["prompts", t("Prompts")], ["shortcuts", t("Shortcuts")], ["data", t("Data")], ["about", t("About")],
];

// Matched words stand between U+0002 and U+0003; the palette marks words by itself.
const plain = (snippet) => snippet.replace(/[\u0002\u0003]/g, "");

// Given up because more was typed: nobody waits for it.
const given = (e) => {
  if (e.name !== "AbortError") throw e;
  return null;
};

const searched = (part, item) => async (asked, more) => {
  const text = asked.join(" ");
  const found = await everything(text).catch(given);
  if (found) more((found[part] ?? []).map((hit) => item(hit, text)));
};

const messageItem = (hit, text) => ({ key: `message:${hit.message}`, label: plain(hit.snippet), note: hit.title, icon: "quote", run: () => open(hit.conversation, { message: hit.message, words: text }) });

const documentItem = (hit, text) => ({
  key: `passage:${hit.chunk}`, label: fuzzyMarked(hit.text, text, SNIPPET).map((part) => part.textContent ?? part).join(""), nodes: () => fuzzyMarked(hit.text, text, SNIPPET),
  note: [hit.name, hit.page && t("page {n}", { n: count(hit.page) }), collectionName(hit)].filter(Boolean).join(" · "), icon: "book",
  run: () => tell("source", { document: hit.document, collection: hit.collection, name: hit.name, page: hit.page, start: hit.start, end: hit.end, words: text }),
});

const collectionName = (hit) => (collection("collections").length > 1 ? found("collections", hit.collection)?.name : "");

const factItem = (fact) => ({ key: `fact:${fact.id}`, label: fact.text, note: t("Remembered"), icon: "keep", run: () => tell("settings", "memory") });

export const SOURCES = [
  { id: "commands", title: () => t("Commands"), least: 0, find: (asked) => fitting(commandItems(), asked, asked.length ? 8 : 60) },
  { id: "chats", title: () => t("Chats"), least: 0, slow: true, known: (asked) => chatItems(titles.items, asked), find: (asked, more) => titles.find((all) => more(chatItems(all, asked)), asked.length > 0) },
  { id: "assistants", title: () => t("Assistants"), least: 1, find: (asked) => fitting(collection("assistants").map((a) => ({ key: `assistant:${a.id}`, label: a.name, note: a.description, face: portrait(a), run: () => fresh({ assistant: a.id }) })), asked, 5) },
  { id: "projects", title: () => t("Projects"), least: 1, find: (asked) => fitting(collection("projects").map((p) => ({ key: `project:${p.id}`, label: p.name, note: t("New chat in this project"), icon: "folder", run: () => fresh({ project: p.id }) })), asked, 5) },
  { id: "settings", title: () => t("Settings"), least: 1, find: (asked) => fitting(pageNames().map(([id, label]) => ({ key: `settings:${id}`, label, icon: "gear", run: () => tell("settings", id) })), asked, 6) },
  { id: "documents", title: () => t("In your documents"), least: 2, slow: true, find: searched("documents", documentItem) },
  { id: "messages", title: () => t("Messages"), least: 2, slow: true, find: searched("chats", messageItem) },
  { id: "memory", title: () => t("Memory"), least: 2, slow: true, find: searched("memory", factItem) },
  { id: "collections", title: () => t("Collections"), least: 1, find: (asked) => fitting(collection("collections").map((c) => ({ key: `collection:${c.id}`, label: c.name, note: c.description, icon: "book", run: () => tell("library", { collection: c.id }) })), asked, 5) },
];

function stored() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return []; // storage switched off, or not ours
  }
}

/** Keeps what was taken, for the next time the palette opens. Messages and words are not kept. */
export function remember({ key }) {
  if (!key.startsWith("command:") && !key.startsWith("settings:")) return;
  try {
    localStorage.setItem(RECENT, JSON.stringify([key, ...stored().filter((k) => k !== key)].slice(0, KEPT)));
  } catch {
    return; // storage switched off
  }
}

/** What was taken lately and can be done now. */
export function recent() {
  const all = [...commandItems(), ...SOURCES.find((s) => s.id === "settings").find([])];
  return stored().map((key) => all.find((item) => item.key === key)).filter(Boolean);
}

/** Fetches what is not here yet; it is found once it is. */
export function prepare() {
  if (!workspace.assistants) refreshAssistants({ quietly: true }).catch(() => {});
  renewCollections();
  if (!workspace.projects) refreshProjects({ quietly: true }).catch(() => {});
}

for (const name of ["conversations", "tab:conversations", "title"]) on(name, () => titles.forget());
