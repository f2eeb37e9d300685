// The sidebar: what its buttons, keys and rows do. What stands in it is in sections.js, how a row looks in chatrow.js.

import { pick, startSelecting } from "./bulk.js";
import { on, tell } from "../core/bus.js";
import { pinChats, removeChats } from "./chatactions.js";
import { chat, fresh } from "../conversation/chat.js";
import { VirtualList } from "./chatlist.js";
import { chatMenu, exportMenu, moveMenu, projectMenu } from "./chatmenu.js";
import { make, patch, rowActions, show } from "./chatrow.js";
import { chats, fold, known, redraw, refreshChats } from "./chats.js";
import { command, keysOf, printed } from "../core/commands.js";
import { watchDragging } from "./dragging.js";
import { closeDrawer, toggleSide, watchDrawer, wide } from "./drawer.js";
import { byId, el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { renamed, startRename, watchKeys } from "./listkeys.js";
import { openMenu } from "../core/menu.js";
import { Search } from "./search.js";
import { entries } from "./sections.js";
import { fetchStatus, lockWords } from "../core/status.js";
import { complain } from "../core/toast.js";
import { watchBadge } from "../memory/badge.js";

const AHEAD = 40; // rows fetched before they come into sight
let list = null;
let search = null;

const ICONS = { "lu-new": "plus", "lu-new-temporary": "ghost", "lu-everything": "search", "lu-library-open": "book", "lu-more-all": "dots", "lu-settings": "gear", "lu-side-hide": "side" };
const CLICKS = {
  "lu-new": () => newChat(),
  "lu-new-temporary": () => newChat({ temporary: true }),
  "lu-everything": () => palette(),
  "lu-library-open": () => library(),
  "lu-more-all": () => moreMenu(),
  "lu-settings": () => settings(),
  "lu-side-hide": () => toggleSide(),
  "lu-theme": () => window.lumoraTheme.toggle(),
};

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  const root = byId("lu-list");
  if (root.dataset.ready) return;
  root.dataset.ready = "1";
  for (const [id, name] of Object.entries(ICONS)) byId(id).prepend(icon(name));
  for (const [id, run] of Object.entries(CLICKS)) byId(id).addEventListener("click", run);
  list = new VirtualList(root, { make, patch, seen, label: t("Conversations"), reusable: "chat" });
  search = new Search(byId("lu-search"), draw);
  watchKeys(root, list, search);
  watchDragging(byId("side"), list);
  watchDrawer();
  theme();
  hints();
  lock();
  watchBadge();
  draw();
  refreshChats();
  if (localStorage.getItem("lumora.import")) import("./importer.js").then((m) => m.resumeImport());
}

function newChat(setup = {}) {
  fresh(setup);
  closeDrawer();
  tell("focus-composer");
}

function palette() {
  closeDrawer();
  tell("palette");
}

function library() {
  closeDrawer();
  tell("library");
}

function settings() {
  closeDrawer();
  tell("settings");
}

const importer = async () => (await import("./importer.js")).pickImport();

function moreMenu() {
  const anchor = byId("lu-more-all");
  openMenu(anchor, [
    { label: t("New project…"), icon: "folder", run: addProject },
    { label: t("Select chats"), icon: "check", run: () => startSelecting() },
    "-",
    { label: t("Import chats…"), icon: "upload", run: importer },
    { label: t("Export all chats…"), icon: "save", run: () => exportMenu(null, anchor) },
  ]);
}

async function addProject() {
  fold("projects", true);
  (await import("./projects.js")).editProject();
}

function place() {
  const open = byId("app")?.dataset.place === "library";
  if (open) byId("lu-library-open")?.setAttribute("aria-current", "page");
  else byId("lu-library-open")?.removeAttribute("aria-current");
  redraw();
}

function theme() {
  const toggle = byId("lu-theme");
  if (!toggle) return;
  const dark = window.lumoraTheme.current === "dark";
  toggle.replaceChildren(icon(dark ? "sun" : "moon"));
  toggle.title = dark ? t("Switch to the light theme") : t("Switch to the dark theme");
  toggle.setAttribute("aria-label", toggle.title);
}

function hints() {
  for (const [id, of, otherwise] of [["lu-new", "new-chat", ""], ["lu-everything", "palette", "Mod+K"], ["lu-library-open", "library", ""]]) {
    const hint = byId(id)?.querySelector(".lu-key");
    if (hint) hint.textContent = printed(keysOf(of) || otherwise);
  }
}

async function lock() {
  const told = await fetchStatus().catch(() => null);
  const [short, long] = told ? lockWords(told) : [t("Lumora cannot be reached"), ""];
  byId("lu-lock").replaceChildren(el("span", { className: "lu-dot", "aria-hidden": "true" }), el("span", {}, short));
  byId("lu-lock").classList.toggle("lu-open", !told || Boolean(lockWords(told).leaves));
  byId("lu-lock").title = long;
  if (told) tell("status", told);
  else setTimeout(lock, 3000);
}

function draw() {
  const root = byId("lu-list");
  if (!root || !list) return;
  if (search.active) {
    search.draw(root);
    return;
  }
  if (list.body.parentNode !== root || root.childNodes.length > 1) root.replaceChildren(list.body);
  list.show(entries());
}

// Rows that come into sight and are not here yet are fetched, a page ahead.
function seen(first, last) {
  for (let i = first; i < Math.min(list.entries.length, last + AHEAD); i++) {
    const { kind, source, height } = list.entries[i];
    if (kind !== "gap") continue;
    const below = Math.max(0, list.bottom - list.tops[i]);
    source.reach(source.items.length + Math.ceil((Math.min(below, height) / height) * source.missing) + AHEAD);
  }
}

rowActions({
  pick: (entry, e) => (chats.selected ? pick(entry, list.entries, e.shiftKey) : show(entry.item.id)),
  rename: (entry, title) => renamed(list, entry, title),
  menu: (entry, anchor) => {
    if (entry.kind === "project") projectMenu(entry.project, anchor);
    else chatMenu(entry.item, anchor, { rename: () => startRename(list, entry), select: () => startSelecting(entry) });
  },
  addProject,
  bring: importer,
});

// The chat before or after the one shown, in the order of the sidebar.
function step(by) {
  const rows = list.entries.map((e, i) => ({ ...e, i })).filter((e) => e.kind === "chat");
  const to = rows[rows.findIndex((e) => e.item.id === chat.id) + by] ?? null;
  if (!to) return;
  list.reveal(to.i);
  show(to.item.id);
}

// The chat shown, also when it is too far down to have been fetched.
const here = () => known(chat.id) ?? { id: chat.id, title: chat.title, pinned: false, project: chat.setup?.project ?? null };
const barButton = () => [byId("lu-project"), byId("lu-more"), byId("lu-menu"), byId("lu-new")].find((node) => node?.checkVisibility());
const stored = () => Boolean(chat.id);

on("chats", draw);
on("delete-chat", (id) => removeChats([id === chat.id ? here() : (known(id) ?? { id, title: "" })]));
on("conversation", redraw);
on("place", place);
on("complaint", complain);
on("preferences", hints);
addEventListener("lumora:theme", theme);

command({ id: "new-chat", title: () => t("New chat"), keys: "Mod+Shift+O", group: "chat", icon: "plus", run: newChat });
command({ id: "temporary-chat", title: () => t("Temporary chat"), group: "chat", icon: "ghost", run: () => newChat({ temporary: true }) });
command({ id: "search-messages", title: () => t("Search messages"), keys: "Mod+Shift+F", group: "chat", icon: "search", run: () => toggleSide(true, "lu-search") });
command({ id: "toggle-sidebar", title: () => t("Show or hide the sidebar"), keys: "Mod+B", icon: "side", when: wide, run: () => toggleSide() });
command({ id: "new-project", title: () => t("New project…"), group: "chat", icon: "folder", run: addProject });
command({ id: "import", title: () => t("Import chats…"), icon: "upload", run: importer });
command({ id: "export-all", title: () => t("Export all chats…"), icon: "save", run: () => toggleSide(true, "lu-more-all", () => exportMenu(null, byId("lu-more-all"))) });
command({ id: "select-chats", title: () => t("Select chats"), group: "chat", icon: "check", run: () => toggleSide(true, null, () => startSelecting()) });
command({ id: "pin-chat", title: () => (here().pinned ? t("Unpin this chat") : t("Pin this chat")), group: "chat", icon: "pin", when: stored, run: () => pinChats([here()], !here().pinned) });
command({ id: "move-chat", title: () => t("Move this chat to a project…"), group: "chat", icon: "folder", when: stored, run: () => moveMenu([here()], barButton()) });
command({ id: "next-chat", title: () => t("Next chat"), keys: "Alt+Shift+ArrowDown", group: "chat", icon: "down", run: () => step(1) });
command({ id: "previous-chat", title: () => t("Previous chat"), keys: "Alt+Shift+ArrowUp", group: "chat", icon: "up", run: () => step(-1) });
