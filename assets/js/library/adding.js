// How documents get into a collection: files, folders, a web address, and folders of this machine that are kept in sync.

import { request } from "../core/api.js";
import { collectionForFiles } from "./collections.js";
import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { addFolder } from "./folders.js";
import { openMenu } from "../core/menu.js";
import { goLibrary, place } from "./place.js";
import { mayManage } from "../core/status.js";
import { field } from "../settings/controls.js";
import { tell } from "../core/bus.js";
import { at, library } from "./state.js";
import { complain, toast } from "../core/toast.js";
import { add, chosen, onLanded } from "./uploads.js";

const RENEW_MS = 700;
let known = 0; // files that were there already
let timer = 0;

/** The menu of the ways. */
export function addMenu(c, anchor) {
  openMenu(anchor, [
    { label: t("Files…"), icon: "file", run: () => pickFiles(c.id) },
    { label: t("A folder with all in it…"), icon: "folder", run: () => pickFiles(c.id, true) },
    { label: t("Web page…"), icon: "globe", run: () => addWeb(c) },
    mayManage() && { label: t("Folder kept in sync…"), icon: "again", run: () => addFolder(c) },
  ], { label: t("Add documents") });
}

/** Lets a person choose files or a folder; they go into `collection` (null: the one there is, or a new one). */
export function pickFiles(collection, folder = false) {
  const input = el("input", { type: "file", multiple: true, webkitdirectory: folder });
  input.addEventListener("change", () => addFiles(collection, chosen(input.files)));
  input.click();
}

/** Sends files, as `{file, name}`, into a collection. */
export async function addFiles(collection, files) {
  if (!files.length) return;
  try {
    const target = collection ?? (await collectionForFiles()).id;
    if (place.open && place.collection !== target) goLibrary({ collection: target });
    add(target, files);
  } catch (e) {
    complain(e);
  }
}

// Many land within a moment: what is shown is asked for once, and duplicates are told of together.
onLanded((document, collection, duplicate) => {
  if (duplicate) known++;
  timer ||= setTimeout(() => {
    timer = 0;
    if (known) toast(tn("{n} file was there already.", "{n} files were there already.", known));
    known = 0;
    if (library.documents?.collection === collection) tell("library-refresh");
  }, RENEW_MS);
});

function addWeb(c) {
  const address = el("input", { type: "url", inputMode: "url", placeholder: "https://", autocomplete: "off", dir: "ltr", maxLength: 2000 });
  const row = field({ label: t("Address"), control: address, help: t("Lumora fetches this page once, and nothing else. Addresses within this network are refused.") });
  const go = el("button", { type: "submit", className: "lu-send" }, t("Fetch the page"));
  const form = el("form", { className: "lu-form", novalidate: true }, row, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), go));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    go.disabled = true;
    go.textContent = t("Fetching…");
    row.wrong("");
    try {
      await request(at("collections", c.id, "web"), { method: "POST", body: { url: withScheme(address.value.trim()) } });
      dialog.close();
      tell("library-refresh");
    } catch (error) {
      row.wrong([error.message, error.hint].filter(Boolean).join(" "));
      address.focus();
    }
    go.disabled = false;
    go.textContent = t("Fetch the page");
  });
  const dialog = openDialog({ title: t("Add a web page"), content: [form], className: "lu-small" });
  address.focus();
}

const withScheme = (text) => (/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
