// The collections: the list at the side of the library, and what can be done with one.

import { request } from "../core/api.js";
import { tellTabs } from "../core/bus.js";
import { openDialog } from "../core/dialog.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { goLibrary, place } from "./place.js";
import { at, collectionOf, library, redraw } from "./state.js";
import { complain, toast } from "../core/toast.js";
import { field } from "../settings/controls.js";
import { leaveSearch } from "./passages.js";
import { refreshCollections, workspace } from "../core/workspace.js";

const LATEST = "lumora.collection";

/** The collection that was open last, or null. */
export function latest() {
  try {
    return localStorage.getItem(LATEST);
  } catch {
    return null; // storage switched off: the first one opens
  }
}

/** Keeps which collection is open. */
export function remember(id) {
  try {
    localStorage.setItem(LATEST, id);
  } catch {
    return; // storage switched off
  }
}

/** Draws the list of all collections. */
export function drawRail(root) {
  const head = el("div", { className: "lu-lib-rail-head" }, el("h2", {}, t("Collections")), iconButton("plus", t("New collection"), () => editCollection(null), { "data-focus": "new-collection" }));
  const list = el("ul", {}, (workspace.collections ?? []).map((c) => el("li", {}, entry(c))));
  list.addEventListener("keydown", moved);
  root.replaceChildren(head, list);
}

function entry(c) {
  const here = c.id === place.collection && !library.passages;
  const state = c.job ? el("span", { className: "lu-running", role: "img", "aria-label": t("Being read") }) : c.failed ? el("span", { className: "lu-lib-bad", title: tn("{n} failed", "{n} failed", c.failed) }, icon("warning")) : null;
  return button([icon("book"), el("span", { className: "lu-grow lu-cutoff", dir: "auto" }, c.name), state, el("span", { className: "lu-count" }, el("span", { className: "lu-sr" }, t("Documents:"), " "), count(c.documents))], () => {
    leaveSearch();
    goLibrary({ collection: c.id });
  }, { className: "lu-lib-entry", "aria-current": here ? "page" : null, "data-focus": `collection-${c.id}` });
}

function moved(e) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const all = [...e.currentTarget.querySelectorAll("button")];
  const to = e.key === "Home" ? 0 : e.key === "End" ? all.length - 1 : step ? all.indexOf(document.activeElement) + step : -1;
  if (!all[to]) return;
  e.preventDefault();
  all[to].focus();
}

/** The dialog of a collection; null makes one. `saved(collection)` hears of it. */
export function editCollection(collection, saved = (made) => collection || goLibrary({ collection: made.id })) {
  const name = el("input", { type: "text", value: collection?.name ?? "", maxLength: 200, dir: "auto", autocomplete: "off" });
  const about = el("textarea", { value: collection?.description ?? "", rows: 3, maxLength: 2000, dir: "auto", placeholder: t("For example: offers, invoices and manuals of the house.") });
  const named = field({ label: t("Name"), control: name });
  name.addEventListener("input", () => named.wrong(""));
  const save = el("button", { type: "submit", className: "lu-send" }, collection ? t("Save") : t("Create collection"));
  const form = el("form", { className: "lu-form", novalidate: true }, named, field({ label: t("Description"), control: about, help: t("For yourself, and shown where a collection is chosen.") }),
    el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), save));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const values = { name: name.value.trim(), description: about.value.trim() };
    if (!values.name) return refuse(t("A collection needs a name."));
    save.disabled = true;
    try {
      const made = await request(collection ? at("collections", collection.id) : "collections", { method: collection ? "PATCH" : "POST", body: values });
      await refreshCollections();
      dialog.close();
      saved(made);
    } catch (error) {
      refuse([error.message, error.hint].filter(Boolean).join(" "));
    }
    save.disabled = false;
    return undefined;
  });
  const refuse = (words) => {
    named.wrong(words);
    name.focus();
  };
  const dialog = openDialog({ title: collection ? t("Rename and describe") : t("New collection"), content: [form], className: "lu-small" });
  name.focus();
  name.select();
}

/** The collection files go into when none was chosen: the only one, else one made for them. */
export async function collectionForFiles() {
  const [first] = workspace.collections ?? [];
  if (first) return collectionOf(latest()) ?? first;
  const made = await request("collections", { method: "POST", body: { name: t("Documents"), description: "" } });
  await refreshCollections();
  return made;
}

/** Deletes a collection with its documents; Undo brings all of it back. */
export async function removeCollection(c) {
  try {
    await request(at("collections", c.id), { method: "DELETE" });
    if (place.collection === c.id) goLibrary();
    await refreshCollections();
  } catch (e) {
    complain(e);
    return;
  }
  tellTabs("library");
  toast(t("Deleted the collection “{name}” and its documents.", { name: c.name }), [t("Undo"), () => restore(c)]);
}

async function restore(c) {
  try {
    await request(at("collections", c.id, "restore"), { method: "POST" });
    await refreshCollections();
  } catch (e) {
    complain(e);
    return;
  }
  goLibrary({ collection: c.id });
  redraw();
}
