// What stands in the sidebar, from top to bottom, as entries of the list: pinned chats, projects, and the rest by day.

import { chat } from "../conversation/chat.js";
import { chats, folder } from "./chats.js";
import { day } from "../core/format.js";
import { t } from "../core/i18n.js";
import { workspace } from "../core/workspace.js";

const touch = matchMedia("(max-width: 720px), (hover: none)");
const heights = () => (touch.matches ? { row: 44, head: 44 } : { row: 34, head: 36 });

/** The entries; each is {key, kind, height, focus} and what its row shows. */
export function entries() {
  const tall = heights();
  const out = [];
  const add = (kind, key, values = {}, height = tall.row) => out.push({ kind, key, height, focus: kind !== "day" && kind !== "gap" && kind !== "note", ...values });
  pinnedSection(add, tall);
  projectsSection(add, tall);
  looseSection(add, tall);
  return out;
}

function rows(add, section, source, values, tall) {
  for (const item of source.items ?? []) row(add, section, item, values);
  if (source.missing) add("gap", `${section}:gap`, { source }, source.missing * tall.row);
  if (source.error) add("trouble", `${section}:trouble`, { source }, 92);
}

function row(add, section, item, values) {
  const key = `${section}:${item.id}`;
  const kind = chats.renaming === key ? "rename" : "chat";
  add(kind, kind === "rename" ? `${key}:rename` : key, { item, section, preferred: item.id === chat.id, ...values });
}

function pinnedSection(add, tall) {
  const { pinned } = chats;
  if (!pinned.items?.length) return;
  add("section", "pinned", { title: t("Pinned"), section: "pinned", count: pinned.total, open: chats.open.pinned }, tall.head);
  if (chats.open.pinned) rows(add, "pinned", pinned, {}, tall);
}

function projectsSection(add, tall) {
  if (!workspace.projects) return;
  add("section", "projects", { title: t("Projects"), section: "projects", count: workspace.projects.length, open: chats.open.projects, adds: true }, tall.head);
  if (!chats.open.projects) return;
  for (const project of workspace.projects) {
    const open = Boolean(chats.open[project.id]);
    add("project", `project:${project.id}`, { project, open });
    if (open) inProject(add, project, tall);
  }
}

function inProject(add, project, tall) {
  const source = folder(project.id);
  rows(add, project.id, source, { project }, tall);
  if (!source.items && !source.error) add("note", `${project.id}:wait`, { text: t("Loading…"), inside: true });
  else if (source.items?.length === 0) add("note", `${project.id}:none`, { text: t("No chats yet"), inside: true });
}

function looseSection(add, tall) {
  const { loose } = chats;
  if (!loose.items && !loose.error) return add("note", "wait", { text: t("Loading…") });
  const named = headings();
  let heading = null;
  for (const item of loose.items ?? []) {
    const title = named(item.updated_at);
    if (title !== heading) add("day", `day:${title}`, { title }, tall.head);
    heading = title;
    row(add, "loose", item, {});
  }
  if (loose.missing) add("gap", "loose:gap", { source: loose }, loose.missing * tall.row);
  if (loose.error) add("trouble", "loose:trouble", { source: loose }, 92);
  else if (!loose.items.length && !chats.pinned.items?.length && !workspace.projects?.length) add("empty", "empty", {}, 190);
  return undefined;
}

// A date in words is slow to make; thousands of chats share a few headings.
function headings(now = new Date()) {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const made = new Map();
  return (iso) => {
    const then = new Date(iso);
    const key = then < yesterday ? then.getFullYear() * 12 + then.getMonth() : -then.getDate();
    if (!made.has(key)) made.set(key, day(iso, now));
    return made.get(key);
  };
}
