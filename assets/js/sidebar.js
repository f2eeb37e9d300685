// The list of conversations: grouped by day, renamed and deleted in place, more on scrolling; and the lock line.

import { request } from "./api.js";
import { on, tell, tellTabs } from "./bus.js";
import { chat, fresh, open } from "./chat.js";
import { button, byId, el, icon, iconButton, keepingFocus } from "./dom.js";
import { day } from "./format.js";
import { closeDrawer, watchDrawer } from "./drawer.js";
import { Search } from "./search.js";
import { fetchStatus, lockWords } from "./status.js";
import { complain, toast } from "./toast.js";

const PAGE = 50;
const list = { items: null, next: null, loading: false, renaming: null, error: null };
let search = null;

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  const root = byId("lu-list");
  if (root.dataset.ready) return;
  root.dataset.ready = "1";
  byId("lu-new").addEventListener("click", newChat);
  byId("lu-new").prepend(icon("plus"));
  byId("lu-theme").addEventListener("click", () => window.lumoraTheme.toggle());
  root.addEventListener("scroll", () => root.scrollHeight - root.scrollTop - root.clientHeight < 300 && more(), { passive: true });
  search = new Search(byId("lu-search"), draw);
  watchDrawer();
  theme();
  lock();
  refresh();
}

function newChat() {
  fresh();
  closeDrawer();
  tell("focus-composer");
}

function theme() {
  const dark = window.lumoraTheme.current === "dark";
  const toggle = byId("lu-theme");
  if (!toggle) return;
  toggle.replaceChildren(icon(dark ? "sun" : "moon"));
  toggle.setAttribute("aria-label", `Switch to the ${dark ? "light" : "dark"} theme`);
  toggle.title = toggle.getAttribute("aria-label");
}

async function lock() {
  const told = await fetchStatus().catch(() => null);
  const [short, long] = told ? lockWords(told) : ["Lumora cannot be reached", ""];
  byId("lu-lock").replaceChildren(el("span", { className: "lu-dot", "aria-hidden": "true" }), el("span", {}, short));
  byId("lu-lock").classList.toggle("lu-open", Boolean(told) && short.startsWith("May"));
  byId("lu-lock").title = long;
  if (told) tell("status", told);
  else setTimeout(lock, 3000);
}

async function refresh() {
  const shown = Math.min(200, Math.max(PAGE, list.items?.length ?? 0));
  try {
    const page = await request(`conversations?limit=${shown}`);
    Object.assign(list, { items: page.items, next: page.next ?? null, error: null });
  } catch (e) {
    list.error = e;
  }
  const here = list.items?.find((c) => c.id === chat.id);
  if (here && here.title !== chat.title) {
    chat.title = here.title;
    tell("title");
  }
  draw();
}

async function more() {
  if (!list.next || list.loading || search.active) return;
  list.loading = true;
  try {
    const page = await request(`conversations?limit=${PAGE}&before=${encodeURIComponent(list.next)}`);
    const known = new Set(list.items.map((c) => c.id));
    list.items.push(...page.items.filter((c) => !known.has(c.id)));
    list.next = page.next ?? null;
  } catch (e) {
    complain(e);
  }
  list.loading = false;
  draw();
}

function draw() {
  const root = byId("lu-list");
  if (!root || !search) return;
  keepingFocus(root, () => root.replaceChildren(...(search.active ? search.nodes() : groups())));
}

function groups() {
  if (list.error && !list.items) return [note(list.error.message), button("Try again", refresh, { className: "lu-quiet" })];
  if (!list.items) return [note("Loading…")];
  if (!list.items.length) return [note("Your conversations will appear here.")];
  const out = [];
  let heading = null;
  let rows = null;
  for (const item of list.items) {
    if (heading !== day(item.updated_at)) {
      heading = day(item.updated_at);
      rows = el("ul", { "aria-label": heading });
      out.push(el("h2", { className: "lu-day" }, heading), rows);
    }
    rows.append(list.renaming === item.id ? renameRow(item) : row(item));
  }
  return out;
}

const note = (text) => el("p", { className: "lu-note" }, text);

function row(item) {
  const current = item.id === chat.id;
  const pick = el("button", { type: "button", className: "lu-chat", title: item.title, "data-focus": item.id, on: { click: () => show(item.id) } },
    el("span", { className: "lu-chat-title", dir: "auto" }, item.title),
    item.running && el("span", { className: "lu-running", role: "img", "aria-label": "answering" }),
  );
  if (current) pick.setAttribute("aria-current", "page");
  return el("li", { className: current ? "lu-item lu-on" : "lu-item" }, pick,
    iconButton("pen", `Rename “${item.title}”`, () => startRename(item), { "data-focus": `rename-${item.id}` }),
    iconButton("bin", `Delete “${item.title}”`, () => remove(item), { "data-focus": `delete-${item.id}` }),
  );
}

function show(id) {
  if (id !== chat.id || chat.trouble) open(id);
  closeDrawer();
}

function startRename(item) {
  list.renaming = item.id;
  draw();
  const field = byId("lu-rename");
  field.focus();
  field.select();
}

function renameRow(item) {
  const field = el("input", { id: "lu-rename", value: item.title, maxLength: 200, "aria-label": "New title", "data-focus": `field-${item.id}` });
  const close = (save) => {
    if (list.renaming !== item.id) return;
    list.renaming = null;
    const title = field.value.trim();
    if (save && title && title !== item.title) rename(item, title);
    draw();
    byId("lu-list").querySelector(`[data-focus="rename-${CSS.escape(item.id)}"]`)?.focus();
  };
  field.addEventListener("keydown", (e) => {
    if (e.isComposing || !["Enter", "Escape"].includes(e.key)) return;
    e.preventDefault();
    e.stopPropagation();
    close(e.key === "Enter");
  });
  field.addEventListener("blur", () => document.hasFocus() && field.isConnected && close(true));
  return el("li", { className: "lu-item" }, field);
}

async function rename(item, title) {
  const before = item.title;
  item.title = title;
  try {
    await request(`conversations/${encodeURIComponent(item.id)}`, { method: "PATCH", body: { title } });
    tellTabs("conversations");
  } catch (e) {
    item.title = before;
    complain(e);
  }
  await refresh();
}

async function remove(item) {
  try {
    await request(`conversations/${encodeURIComponent(item.id)}`, { method: "DELETE" });
  } catch (e) {
    complain(e);
    return;
  }
  const shown = item.id === chat.id;
  list.items = list.items.filter((c) => c.id !== item.id);
  if (shown) fresh();
  draw();
  tellTabs("conversations");
  toast(`Deleted “${item.title}”`, ["Undo", () => restore(item, shown)]);
}

async function restore(item, shown) {
  try {
    await request(`conversations/${encodeURIComponent(item.id)}/restore`, { method: "POST" });
  } catch (e) {
    complain(e);
    return;
  }
  tellTabs("conversations");
  await refresh();
  if (shown && !chat.id) open(item.id);
}

on("conversations", refresh);
on("tab:conversations", refresh);
on("tab:turn", refresh);
on("conversation", draw);
on("complaint", complain);
addEventListener("lumora:theme", theme);
addEventListener("focus", () => list.items && refresh());
addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && !e.shiftKey && e.key.toLowerCase() === "k") {
    e.preventDefault();
    tell("drawer", "lu-search");
    byId("lu-search")?.focus();
  }
});

