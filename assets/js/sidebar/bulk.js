// Selecting many chats: boxes instead of menus, ranges with Shift, and a bar with what can be done to them all.

import { moveChats, pinChats, removeChats } from "./chatactions.js";
import { exportMenu, moveMenu } from "./chatmenu.js";
import { chats, redraw, shown } from "./chats.js";
import { button, byId, el, keepingFocus } from "../core/dom.js";
import { on } from "../core/bus.js";
import { t, tn } from "../core/i18n.js";
import { complain } from "../core/toast.js";

let last = null; // the entry's key a range begins at
let busy = false;

/** Begins selecting, with the chat of `entry` as the first; null begins with none. */
export function startSelecting(entry = null) {
  chats.selected = new Map(entry && [[entry.item.id, entry.item]]);
  last = entry?.key ?? null;
  redraw();
}

/** Back to the list as it was. */
export function stopSelecting() {
  chats.selected = null;
  redraw();
}

/** Selects a chat or takes it out; `range` does so with all from the last one to it. */
export function pick(entry, entries, range) {
  const selecting = !chats.selected.has(entry.item.id);
  for (const { item } of range ? between(entry, entries) : [entry]) {
    if (selecting) chats.selected.set(item.id, item);
    else chats.selected.delete(item.id);
  }
  last = entry.key;
  redraw();
}

function between(entry, entries) {
  const from = entries.findIndex((e) => e.key === last);
  const to = entries.findIndex((e) => e.key === entry.key);
  if (from < 0) return [entry];
  return entries.slice(Math.min(from, to), Math.max(from, to) + 1).filter((e) => e.item);
}

/** Selects every chat of the sections that are open, those not fetched yet included. */
export async function selectAll() {
  if (busy) return;
  await during(async () => {
    const sections = shown();
    await Promise.all(sections.map((s) => s.all()));
    chats.selected = chats.selected && new Map(sections.flatMap((s) => s.items ?? []).map((c) => [c.id, c]));
  });
}

async function during(work) {
  busy = true;
  draw();
  try {
    await work();
  } catch (e) {
    complain(e);
  }
  busy = false;
  redraw();
}

const chosen = () => [...chats.selected.values()];

function acts() {
  const none = busy || !chats.selected.size;
  const pinned = chats.selected.size > 0 && chosen().every((c) => c.pinned);
  const act = (name, label, run, props = {}) => el("button", { type: "button", disabled: none, "data-focus": `bulk-${name}`, ...props, on: { click: run } }, el("span", {}, label));
  return [
    act("pin", pinned ? t("Unpin") : t("Pin"), () => during(() => pinChats(chosen(), !pinned))),
    act("move", t("Move"), (e) => moveMenu(chosen(), e.currentTarget), { "aria-haspopup": "menu" }),
    act("export", t("Export"), (e) => exportMenu([...chats.selected.keys()], e.currentTarget), { "aria-haspopup": "menu" }),
    act("delete", t("Delete"), () => during(() => removeChats(chosen())), { className: "lu-danger" }),
  ];
}

/** Draws the bar, or takes it away. */
export function draw() {
  const bar = byId("lu-bulk");
  if (!bar) return;
  bar.hidden = !chats.selected;
  if (!chats.selected) return bar.replaceChildren();
  const n = chats.selected.size;
  keepingFocus(bar, () => bar.replaceChildren(
    el("div", { className: "lu-row" }, el("b", { className: "lu-grow", role: "status" }, busy ? t("One moment…") : n ? tn("{n} selected", "{n} selected", n) : t("Nothing selected")),
      button(t("All"), selectAll, { className: "lu-quiet", disabled: busy, title: t("Select all"), "data-focus": "bulk-all" }),
      button(t("Done"), stopSelecting, { className: "lu-second", "data-focus": "bulk-done" })),
    el("div", { className: "lu-row lu-bulk-acts", role: "group", "aria-label": t("With the selected chats") }, acts())));
  return undefined;
}

on("chats", draw);
