// The command palette: one field over everything there is to do and to open. Each kind is a source of the table in
// sources.js. The field keeps the focus; the chosen row is told to screen readers as its active descendant.

import { byId, el, icon } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { fitting, marked, words } from "../core/match.js";
import { closeMenu } from "../core/menu.js";
import { prepare, recent, remember, SOURCES } from "./sources.js";

const PAUSE_MS = 140; // before the server is asked
let rows = []; // {item, node}, in the order shown
let at = 0;
let moved = false; // a row was chosen by hand since the last letter
let turn = 0; // answers to an older question are dropped
let found = new Map(); // source id → items

const dialog = () => byId("lu-palette");
const field = () => byId("lu-palette-text");
const list = () => byId("lu-palette-list");

/** Opens it; `text` is typed already. */
export function open(text = "") {
  wire();
  prepare();
  closeMenu(false);
  if (!dialog().open) dialog().showModal();
  field().value = typeof text === "string" ? text : "";
  field().select();
  typed();
}

function wire() {
  if (dialog().dataset.wired) return;
  dialog().dataset.wired = "1";
  document.querySelector(".lu-palette-field").prepend(icon("search"));
  field().addEventListener("input", typed);
  field().addEventListener("keydown", pressed);
  dialog().addEventListener("pointerdown", (e) => e.target === dialog() && dialog().close());
  dialog().addEventListener("close", () => turn++);
}

async function typed() {
  const mine = ++turn;
  const asked = words(field().value);
  const before = found;
  const due = SOURCES.filter((source) => asked.join(" ").length >= source.least);
  const slow = due.filter((source) => source.slow);
  // Until a slow source has answered, what it said before stands as far as it fits.
  const known = (source) => (source.slow ? (source.known?.(asked) ?? fitting(before.get(source.id) ?? [], asked, 8)) : source.find(asked));
  found = new Map(due.map((source) => [source.id, known(source)]));
  if (!asked.length) found.set("recent", recent());
  at = 0;
  moved = false;
  draw(asked, slow.length > 0);
  if (!slow.length) return;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  if (mine !== turn) return;
  await Promise.all(slow.map((source) => ask(source, asked, mine)));
  if (mine === turn) draw(asked, false);
}

// A source may bring more later; it calls with what it has so far.
async function ask(source, asked, mine) {
  try {
    await source.find(asked, (items) => {
      if (mine !== turn) return;
      found.set(source.id, items);
      draw(asked, true);
    });
  } catch (e) {
    if (mine === turn) found.set(source.id, [{ key: `${source.id}:trouble`, label: e.message, note: e.hint, icon: "warning", run: () => {}, trouble: true }]);
  }
}

function draw(asked, waiting) {
  const chosen = rows[at]?.item.key;
  rows = [];
  const known = new Set();
  const groups = [{ id: "recent", title: () => t("Recent") }, ...SOURCES].map((source) => group(source, asked, known)).filter(Boolean);
  list().replaceChildren(...groups);
  choose(moved ? Math.max(0, rows.findIndex((r) => r.item.key === chosen)) : 0, moved);
  say(asked, waiting);
}

function group(source, asked, known) {
  const items = (found.get(source.id) ?? []).filter((item) => !known.has(item.key));
  if (!items.length) return null;
  const heading = el("div", { className: "lu-palette-head", "aria-hidden": "true" }, source.title());
  const node = el("div", { role: "group", "aria-label": source.title() }, heading);
  for (const item of items) {
    known.add(item.key);
    const row = option(item, asked, rows.length);
    rows.push({ item, node: row });
    node.append(row);
  }
  return node;
}

function option(item, asked, i) {
  const label = el("span", { className: "lu-palette-label", dir: "auto" }, item.nodes?.() ?? marked(item.label, asked));
  const note = item.note && el("small", { dir: "auto" }, item.note);
  const node = el("div", { role: "option", id: `lu-option-${i}`, className: "lu-hit-row", "aria-selected": "false" },
    item.face ?? icon(item.icon ?? "right"), el("span", { className: "lu-grow" }, label, note), item.keys && el("kbd", { className: "lu-key" }, item.keys));
  node.addEventListener("pointermove", () => {
    moved = true;
    if (rows[at]?.node !== node) choose(i, false);
  });
  node.addEventListener("click", () => take(item));
  return node;
}

function choose(i, reveal = true) {
  rows[at]?.node.setAttribute("aria-selected", "false");
  at = Math.max(0, Math.min(i, rows.length - 1));
  const row = rows[at]?.node;
  if (!row) return field().removeAttribute("aria-activedescendant");
  row.setAttribute("aria-selected", "true");
  field().setAttribute("aria-activedescendant", row.id);
  if (reveal) row.scrollIntoView({ block: "nearest" });
  return undefined;
}

function say(asked, waiting) {
  const text = rows.length ? tn("{n} found", "{n} found", rows.length) : t("Nothing matches “{text}”.", { text: field().value.trim() });
  byId("lu-palette-foot").textContent = waiting && !rows.length ? t("Searching…") : asked.length || !rows.length ? text : t("↑ ↓ choose, Enter opens, Esc closes");
}

function pressed(e) {
  if (e.isComposing) return;
  const n = rows.length;
  const page = Math.max(1, Math.floor(list().clientHeight / 40) - 1);
  const to = { ArrowDown: (at + 1) % n, ArrowUp: (at - 1 + n) % n, PageDown: Math.min(n - 1, at + page), PageUp: Math.max(0, at - page) }[e.key];
  if (to !== undefined && n) {
    e.preventDefault();
    moved = true;
    choose(to);
  } else if (e.key === "Enter") {
    e.preventDefault();
    if (rows[at]) take(rows[at].item);
  } else if (e.key === "Escape") {
    e.preventDefault();
    e.stopPropagation();
    dialog().close();
  }
}

function take(item) {
  if (item.trouble) return;
  dialog().close();
  remember(item);
  // The dialog gives the focus back first; what is opened may then take it.
  setTimeout(item.run);
}
