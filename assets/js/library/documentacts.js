// What can be done with documents: opened, named, tagged, moved, read again, downloaded, deleted with undo.

import { request } from "../core/api.js";
import { tell, tellTabs } from "../core/bus.js";
import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { field } from "../settings/controls.js";
import { at, library, redraw } from "./state.js";
import { complain, toast } from "../core/toast.js";
import { isBusy, nameOf } from "./words.js";
import { refreshCollections, workspace } from "../core/workspace.js";

const AT_ONCE = 4; // requests of an action on many

/** The menu of one document. */
export function documentMenu(d, anchor) {
  openMenu(anchor, [
    { label: t("Open"), icon: "right", run: () => tell("source", { document: d.id, collection: d.collection, library: true }) },
    { label: t("Rename…"), icon: "pen", run: () => renameDocument(d) },
    { label: t("Tags…"), icon: "tag", run: () => tagDocuments([d]) },
    (workspace.collections?.length ?? 0) > 1 && { label: t("Move to…"), icon: "folder", run: () => moveMenu([d], anchor) },
    { label: t("Download"), icon: "save", run: () => download(d), disabled: !d.bytes },
    isBusy(d) ? { label: t("Stop reading"), icon: "stop", run: () => each([d], (one) => request(at("documents", one.id, "cancel"), { method: "POST" })) } : { label: t("Read again"), icon: "again", run: () => retryDocuments([d]) },
    "-",
    { label: t("Delete"), icon: "bin", danger: true, run: () => removeDocuments([d]) },
  ]);
}

function download(d) {
  el("a", { href: new URL(`api/v1/${at("documents", d.id, "file")}`, document.baseURI).href, download: d.name }).click();
}

// Does `work(document)` for all, a few at a time; complains of the first that failed. Resolves those it was done for.
async function each(documents, work) {
  const todo = [...documents];
  const done = [];
  let wrong = null;
  const worker = async () => {
    for (let d = todo.shift(); d; d = todo.shift()) {
      try {
        await work(d);
        done.push(d);
      } catch (e) {
        wrong ??= e;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (wrong) complain(wrong);
  settle();
  return done;
}

function settle() {
  tell("library-refresh");
  tellTabs("library");
}

/** Deletes documents; Undo brings them back. */
export async function removeDocuments(documents) {
  const ids = new Set(documents.map((d) => d.id));
  library.documents?.forget(ids);
  for (const id of ids) library.selected.delete(id);
  tell("document-gone", [...ids]);
  redraw();
  const gone = await each(documents, (d) => request(at("documents", d.id), { method: "DELETE" }));
  if (!gone.length) return;
  const words = gone.length === 1 ? t("Deleted “{name}”.", { name: nameOf(gone[0]) }) : tn("Deleted {n} document.", "Deleted {n} documents.", gone.length);
  toast(words, [t("Undo"), () => each(gone, (d) => request(at("documents", d.id, "restore"), { method: "POST" }))]);
}

/** Reads documents again, such as those that failed. */
export async function retryDocuments(documents) {
  await each(documents, (d) => request(at("documents", d.id, "retry"), { method: "POST" }));
}

/** A field for another name. */
export function renameDocument(d) {
  ask({ title: t("Rename the document"), label: t("Name"), value: d.name, save: t("Rename"), keep: async (name) => {
    if (!name) throw Object.assign(new Error(t("A document needs a name.")), { hint: "" });
    await request(at("documents", d.id), { method: "PATCH", body: { name } });
    settle();
  } });
}

/** A field for the tags of documents: those of one are replaced, many get those that are named. */
export function tagDocuments(documents) {
  const one = documents.length === 1;
  const title = one ? t("Tags of “{name}”", { name: nameOf(documents[0]) }) : tn("Tag {n} document", "Tag {n} documents", documents.length);
  ask({ title, label: t("Tags"), value: one ? documents[0].tags.join(", ") : "", save: one ? t("Save") : t("Add tags"), help: t("Several are separated by commas. Searches can be kept to a tag."), keep: async (text) => {
    const named = text.split(",").map((tag) => tag.trim()).filter(Boolean);
    const tagsOf = (d) => [...new Set(one ? named : [...d.tags, ...named])];
    await each(documents, (d) => request(at("documents", d.id), { method: "PATCH", body: { tags: tagsOf(d) } }));
  } });
}

function ask({ title, label, value, save, help, keep }) {
  const control = el("input", { type: "text", value, maxLength: 1000, dir: "auto", autocomplete: "off" });
  const row = field({ label, control, help });
  const go = el("button", { type: "submit", className: "lu-send" }, save);
  const form = el("form", { className: "lu-form", novalidate: true }, row, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), go));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    go.disabled = true;
    try {
      await keep(control.value.trim());
      dialog.close();
    } catch (error) {
      row.wrong([error.message, error.hint].filter(Boolean).join(" "));
      control.focus();
    }
    go.disabled = false;
  });
  const dialog = openDialog({ title, content: [form], className: "lu-small" });
  control.focus();
  control.select();
}

/** The menu of the collections that documents can be moved to. */
export function moveMenu(documents, anchor) {
  const others = (workspace.collections ?? []).filter((c) => c.id !== documents[0].collection);
  openMenu(anchor, others.map((c) => ({ label: c.name, icon: "book", run: () => move(documents, c) })), { label: t("Move to") });
}

async function move(documents, c) {
  const moved = await each(documents, (d) => request(at("documents", d.id), { method: "PATCH", body: { collection: c.id } }));
  if (!moved.length) return;
  library.selected.clear();
  redraw();
  const back = () => each(moved, (d) => request(at("documents", d.id), { method: "PATCH", body: { collection: d.collection } }));
  toast(tn("Moved {n} document to “{name}”.", "Moved {n} documents to “{name}”.", moved.length, { name: c.name }), [t("Undo"), back]);
  await refreshCollections().catch(complain);
}
