// What is dragged over the sidebar: chats onto a project, and files from outside, which are imported.

import { moveChats } from "./chatactions.js";
import { chats, known } from "./chats.js";
import { byId } from "../core/dom.js";

let dragged = null; // the chats, while they are dragged

/** Wires `side`; `list` tells which entry a node belongs to. */
export function watchDragging(side, list) {
  side.addEventListener("dragstart", (e) => start(e, list));
  side.addEventListener("dragend", () => over(null, (dragged = null)));
  side.addEventListener("dragover", (e) => (dragged ? chatsOver(e, list) : filesOver(e, side)));
  side.addEventListener("dragleave", (e) => side.contains(e.relatedTarget) || filesGone(side));
  side.addEventListener("drop", (e) => (dragged ? chatsDropped(e, list) : filesDropped(e, side)));
}

function start(e, list) {
  const entry = list.entryOf(e.target);
  if (entry?.kind !== "chat") return;
  const picked = chats.selected?.has(entry.item.id) ? [...chats.selected.values()] : [entry.item];
  dragged = picked;
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setData("text/plain", entry.item.title);
}

// Where chats can be put: a project, a chat inside of one, or the loose chats (undefined: nowhere).
function target(e, list) {
  const entry = list.entryOf(e.target);
  if (entry?.project) return entry.project.id;
  const outside = entry?.section === "loose" || entry?.kind === "day";
  return outside && dragged.some((c) => c.project) ? null : undefined;
}

function chatsOver(e, list) {
  const to = target(e, list);
  over(to);
  if (to === undefined || dragged.every((c) => c.project === to)) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = "move";
}

function over(project) {
  for (const node of byId("lu-list").querySelectorAll("[data-project]")) node.classList.toggle("lu-target", Boolean(project) && node.dataset.project === project);
}

function chatsDropped(e, list) {
  const to = target(e, list);
  over(null);
  if (to === undefined) return;
  e.preventDefault();
  const items = dragged.map((c) => known(c.id) ?? c);
  dragged = null;
  moveChats(items, to);
}

const hasFiles = (e) => e.dataTransfer?.types.includes("Files");

function filesOver(e, side) {
  if (!hasFiles(e)) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = "copy";
  side.dataset.drop = "files";
}

const filesGone = (side) => delete side.dataset.drop;

async function filesDropped(e, side) {
  filesGone(side);
  if (!hasFiles(e)) return;
  e.preventDefault();
  const files = [...e.dataTransfer.files];
  (await import("./importer.js")).importFiles(files);
}
