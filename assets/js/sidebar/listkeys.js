// The rows of the sidebar by the keyboard, the right mouse button and a long press; and a title changed in its place.

import { selectAll, stopSelecting } from "./bulk.js";
import { removeChats, renameChat } from "./chatactions.js";
import { chats, fold, redraw, shown } from "./chats.js";
import { byId } from "../core/dom.js";
import { direction } from "../core/i18n.js";

const HOLD_MS = 500; // a long press

/** Listens on `root` for what is done to the rows of `list`; while `search` shows hits, its own keys count. */
export function watchKeys(root, list, search) {
  root.addEventListener("keydown", (e) => {
    if (search.active) search.pressed(e);
    else if (e.target.id !== "lu-rename") pressed(e, list);
  });
  root.addEventListener("contextmenu", (e) => contextMenu(e, list));
  root.addEventListener("pointerdown", (e) => e.pointerType === "touch" && watchHold(e, list));
}

/** Puts a field in the place of a chat's title. */
export function startRename(list, entry) {
  chats.renaming = entry.key;
  redraw({ now: true });
  const field = byId("lu-rename");
  field?.focus();
  field?.select();
}

/** The field is done; `title` is null when nothing is to change. */
export function renamed(list, entry, title) {
  chats.renaming = null;
  const held = document.activeElement?.id === "lu-rename" || document.activeElement === document.body;
  if (title) renameChat(entry.item, title);
  redraw({ now: true });
  if (held) list.focus(list.at.get(`${entry.section}:${entry.item.id}`));
}

const projects = () => import("./projects.js");

const KEYS = {
  ArrowDown: (list) => list.move(1),
  ArrowUp: (list) => list.move(-1),
  Home: (list) => list.jump(false),
  End: (list) => toEnd(list),
  async F2(list, entry) {
    if (entry?.kind === "chat" && !chats.selected) startRename(list, entry);
    else if (entry?.kind === "project") (await projects()).editProject(entry.project);
  },
  async Delete(list, entry) {
    if (entry?.kind === "chat") removeChats(chats.selected?.size ? [...chats.selected.values()] : [entry.item]);
    else if (entry?.kind === "project") (await projects()).removeProject(entry.project);
  },
};

function pressed(e, list) {
  const entry = list.entryOf(e.target);
  const bare = !e.ctrlKey && !e.metaKey && !e.altKey && !e.shiftKey;
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "a" && chats.selected) take(e, selectAll);
  else if (e.key === "Escape" && chats.selected) take(e, stopSelecting);
  else if (bare && ["ArrowRight", "ArrowLeft"].includes(e.key) && entry?.open !== undefined) take(e, () => unfold(entry, e.key));
  else if (bare && KEYS[e.key]) take(e, () => KEYS[e.key](list, entry));
}

function take(e, run) {
  e.preventDefault();
  e.stopPropagation();
  run();
}

function unfold(entry, key) {
  fold(entry.project?.id ?? entry.section, key === (direction === "rtl" ? "ArrowLeft" : "ArrowRight"));
}

async function toEnd(list) {
  list.root.scrollTop = list.root.scrollHeight;
  await Promise.all(shown().map((s) => s.reach(Infinity)));
  redraw({ now: true });
  list.jump(true);
}

function contextMenu(e, list) {
  const anchor = e.target.closest("[data-key]")?.querySelector(".lu-more");
  if (!list.entryOf(e.target) || !anchor || chats.selected) return;
  e.preventDefault();
  if (anchor.getAttribute("aria-expanded") !== "true") anchor.click();
}

// A browser that has no context menu by touch gets one by a long press.
function watchHold(e, list) {
  const timer = setTimeout(() => {
    contextMenu(e, list);
    // The click that ends the press is not meant for the row.
    addEventListener("click", swallow, { capture: true, once: true });
    addEventListener("pointerup", () => setTimeout(() => removeEventListener("click", swallow, { capture: true })), { once: true });
  }, HOLD_MS);
  const names = ["pointerup", "pointercancel", "pointermove"];
  const off = (to) => {
    if (to.type === "pointermove" && Math.hypot(to.clientX - e.clientX, to.clientY - e.clientY) < 10) return;
    clearTimeout(timer);
    names.forEach((name) => removeEventListener(name, off));
  };
  names.forEach((name) => addEventListener(name, off));
}

function swallow(e) {
  e.preventDefault();
  e.stopPropagation();
}
