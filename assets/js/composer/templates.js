// Prompt templates: texts with places such as {{language}} or {{tone=friendly}} that are asked for before use.

import { tell } from "../core/bus.js";
import { t } from "../core/i18n.js";
import { refreshPrompts, workspace } from "../core/workspace.js";

const PLACE = /\{\{\s*([\p{L}\p{N}_][\p{L}\p{N}_ -]{0,39}?)\s*(?:=([^{}]*))?\}\}/gu;

/** The places of a text as {name, value}, each name once; `value` is its default. */
export function placesOf(text) {
  const places = new Map();
  for (const [, name, value] of text.matchAll(PLACE)) if (!places.get(name)) places.set(name, value?.trim() ?? "");
  return [...places].map(([name, value]) => ({ name, value }));
}

/** The text with its places filled; a place without a value stays as it stands. */
export const filled = (text, values) => text.replace(PLACE, (whole, name) => values[name] || whole);

/** Prompts to begin with, shown until there are own ones. */
export const starters = () => [
  { id: "starter-summary", name: t("summarise"), text: t("Summarise the following in {{sentences=five}} sentences, then list open questions.\n\n{{text}}") },
  { id: "starter-translate", name: t("translate"), text: t("Translate into {{language=English}}. Keep the tone and the layout.\n\n{{text}}") },
  { id: "starter-reply", name: t("reply"), text: t("Write a {{tone=friendly}} reply to this message that says: {{what to say}}\n\n{{message}}") },
  { id: "starter-explain", name: t("explain"), text: t("Explain {{topic}} to {{reader=someone new to it}}, with one example.") },
  { id: "starter-review", name: t("review"), text: t("Review this {{language=Python}} code: faults first, then what would make it simpler.\n\n{{code}}") },
];

const AGAIN_MS = 3_000;
let loading = false;
let error = null; // {message, at}

/** Loads the prompts if they are not here yet, and not again right after it failed. */
export async function ensurePrompts() {
  if (workspace.prompts || loading || (error && Date.now() - error.at < AGAIN_MS)) return;
  loading = true;
  try {
    await refreshPrompts({ quietly: true });
    error = null;
  } catch (e) {
    error = { message: e.message, at: Date.now() };
    tell("collections", "prompts");
  } finally {
    loading = false;
  }
}

/** Rows for the list: prompts whose name or text has `query`, names first; `use(prompt)` hears what was chosen. */
export function promptItems(query, use) {
  if (error && !workspace.prompts) return [{ id: "error", label: error.message }];
  if (!workspace.prompts) return [{ id: "loading", label: t("Loading…") }];
  const own = workspace.prompts.length > 0;
  const rows = matching(own ? workspace.prompts : starters(), query);
  const group = own ? t("Prompts") : t("Prompts to begin with");
  const items = rows.map((p) => ({ id: p.id, label: p.name, detail: firstLine(p.text), icon: "template", group, pick: () => use(p) }));
  const none = items.length || !query ? [] : [{ id: "none", label: t("No prompt contains “{words}”.", { words: query }) }];
  if (query && items.length) return items;
  return [...items, ...none, { id: "manage", label: t("Manage prompts…"), icon: "gear", group: own || items.length ? " " : "", pick: () => tell("settings", "prompts") }];
}

function matching(prompts, query) {
  if (!query) return prompts;
  const begins = prompts.filter((p) => p.name.startsWith(query));
  const has = (p) => p.name.includes(query) || p.text.toLowerCase().includes(query);
  return [...begins, ...prompts.filter((p) => !begins.includes(p) && has(p))];
}

/** The first words of a prompt's text. */
export const firstLine = (text) => text.trim().split("\n", 1)[0].slice(0, 120);
