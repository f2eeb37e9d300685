// The menus of a chat and of a project, by the "…" of their row, the right mouse button or a long press.

import { moveChats, pinChats, removeChats } from "./chatactions.js";
import { isolated, newIn } from "./chatrow.js";
import { t } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { workspace } from "../core/workspace.js";

/** The menu of a chat; `rename()` and `select()` are done by the list. */
export function chatMenu(item, anchor, { rename, select }) {
  openMenu(anchor, [
    { label: t("Rename"), icon: "pen", hint: "F2", run: rename },
    { label: item.pinned ? t("Unpin") : t("Pin"), icon: "pin", run: () => pinChats([item], !item.pinned) },
    { label: t("Move to project…"), icon: "folder", run: () => moveMenu([item], anchor) },
    { label: t("Export…"), icon: "save", run: () => exportMenu([item.id], anchor) },
    { label: t("Select"), icon: "check", run: select },
    "-",
    { label: t("Delete"), icon: "bin", danger: true, hint: t("Del"), run: () => removeChats([item]) },
  ]);
}

/** Where to move chats. `after()` is called when they were moved. */
export function moveMenu(items, anchor, after = () => {}) {
  const here = items.every((c) => c.project === items[0].project) ? items[0].project : undefined;
  const to = async (project) => {
    await moveChats(items, project);
    after();
  };
  openMenu(anchor, [
    ...(workspace.projects ?? []).map((p) => ({ label: isolated(p.name), checked: p.id === here, run: () => to(p.id) })),
    workspace.projects?.length ? "-" : null,
    { label: t("New project…"), icon: "plus", run: async () => (await import("./projects.js")).editProject(null, (made) => to(made.id)) },
    items.some((c) => c.project) && { label: t("No project"), icon: "close", run: () => to(null) },
  ], { label: t("Move to project") });
}

/** In which form to export these chats; `null` is all of them. */
export function exportMenu(ids, anchor) {
  const as = (format) => async () => {
    const exporter = await import("./exporter.js");
    await (ids ? exporter.exportChats(ids, format) : exporter.exportAll(format));
  };
  openMenu(anchor, [
    { label: t("Markdown, to read"), icon: "file", run: as("markdown") },
    { label: t("JSON, to import again"), icon: "file", run: as("json") },
    { label: t("PDF, to print"), icon: "file", run: as("pdf") },
    ids === null && { label: t("SQLite, the whole database"), icon: "file", run: as("sqlite") },
  ], { label: t("Export as") });
}

/** The menu of a project. */
export function projectMenu(project, anchor) {
  const projects = () => import("./projects.js");
  openMenu(anchor, [
    { label: t("New chat here"), icon: "plus", run: () => newIn(project) },
    { label: t("Rename"), icon: "pen", hint: "F2", run: async () => (await projects()).editProject(project) },
    { label: t("Project settings…"), icon: "gear", run: async () => (await projects()).editProject(project, () => {}, "instructions") },
    "-",
    { label: t("Delete project"), icon: "bin", danger: true, hint: t("Del"), run: async () => (await projects()).removeProject(project) },
  ]);
}
