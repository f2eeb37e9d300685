// Folders of the machine Lumora runs on that are kept in sync with a collection. For the owner alone.

import { request } from "../core/api.js";
import { tell } from "../core/bus.js";
import { openDialog } from "../core/dialog.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { moment } from "../core/format.js";
import { t } from "../core/i18n.js";
import { field } from "../settings/controls.js";
import { mayManage } from "../core/status.js";
import { at, library, redraw } from "./state.js";
import { complain, toast } from "../core/toast.js";
import { errorWords } from "../core/server.js";

/** Asks which folders belong to the collection. */
export async function loadFolders(collection) {
  if (!mayManage()) return;
  try {
    const { items } = await request(`${at("collections", collection)}/folders`);
    if (library.documents?.collection !== collection) return;
    library.folders = items;
    redraw();
  } catch {
    return; // the list is not needed for anything else; the next look brings it
  }
}

/** The rows of the folders, or nothing. */
export function folderRows() {
  return library.folders.map((f) => el("div", { className: "lu-lib-folder" }, icon("folder"),
    el("span", { className: "lu-grow" }, el("bdi", { className: "lu-lib-path", dir: "ltr" }, f.path), el("small", { className: f.error ? "lu-wrong-text" : "" }, lastWords(f))),
    button(t("Sync now"), () => sync(f), { className: "lu-quiet", "aria-label": t("Sync now: {path}", { path: f.path }), "data-focus": `sync-${f.id}` }),
    iconButton("close", t("Stop keeping {path} in sync", { path: f.path }), () => remove(f), { "data-focus": `folder-${f.id}` })));
}

function lastWords(f) {
  if (f.error) return typeof f.error === "string" ? f.error : errorWords(f.error).message;
  return f.scanned_at ? t("Kept in sync · looked at {moment}", { moment: moment(f.scanned_at) }) : t("Kept in sync · not looked at yet");
}

async function sync(f) {
  try {
    await request(at("folders", f.id, "sync"), { method: "POST" });
  } catch (e) {
    complain(e);
  }
  tell("library-refresh");
}

async function remove(f) {
  try {
    await request(at("folders", f.id), { method: "DELETE" });
  } catch (e) {
    complain(e);
    return;
  }
  toast(t("{path} is not kept in sync any more. Its documents stay.", { path: f.path }), [t("Undo"), () => again(f)]);
  tell("library-refresh");
}

async function again(f) {
  try {
    await request(`${at("collections", f.collection ?? library.documents.collection)}/folders`, { method: "POST", body: { path: f.path } });
  } catch (e) {
    complain(e);
  }
  tell("library-refresh");
}

/** The dialog that adds one. */
export function addFolder(c) {
  const path = el("input", { type: "text", autocomplete: "off", spellcheck: false, dir: "ltr", maxLength: 4096, placeholder: "/home/…" });
  const row = field({ label: t("Folder"), control: path, help: t("A folder of the machine Lumora runs on. What is added, changed or deleted there is added, changed and deleted here.") });
  const go = el("button", { type: "submit", className: "lu-send" }, t("Keep in sync"));
  const form = el("form", { className: "lu-form", novalidate: true }, row, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), go));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    go.disabled = true;
    try {
      await request(`${at("collections", c.id)}/folders`, { method: "POST", body: { path: path.value.trim() } });
      dialog.close();
      tell("library-refresh");
    } catch (error) {
      row.wrong([error.message, error.hint].filter(Boolean).join(" "));
      path.focus();
    }
    go.disabled = false;
  });
  const dialog = openDialog({ title: t("Keep a folder in sync"), content: [form], className: "lu-small" });
  path.focus();
}
