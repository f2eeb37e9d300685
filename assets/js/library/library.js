// The library: collections beside the documents of the chosen one, or the passages a search found in them.

import { on, tell } from "../core/bus.js";
import { button, byId, el, icon, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { Collection } from "./collection.js";
import { drawRail, editCollection, latest, remember } from "./collections.js";
import { watchFileDrops } from "./dropping.js";
import { drawPassages, searchPassages, wireSearch } from "./passages.js";
import { EVALUATION, goLibrary, nameHere, place } from "./place.js";
import { collectionOf, library } from "./state.js";
import { addFiles, pickFiles } from "./adding.js";
import { refreshCollections, workspace } from "../core/workspace.js";

const narrow = matchMedia("(max-width: 720px)");
let shown = null; // the Collection that is drawn
let evaluated = null; // the EvaluationPage in its place
let frame = 0;
let error = null;
let sure = false; // the collections were asked for since it was opened

const main = () => byId("lu-lib-main");

/** Shows what the address names. `opened`: it was not shown before. */
export async function show(opened) {
  wire();
  if (opened) byId("lu-lib-title").focus({ preventScroll: true });
  sure = Boolean(collectionOf(place.collection));
  draw();
  try {
    await refreshCollections({ quietly: true });
    sure = true;
    error = null;
  } catch (e) {
    error = e;
  }
  draw();
  if (place.document && place.document !== EVALUATION) tell("source", { document: place.document, collection: place.collection, library: true });
}

/** It is not seen any more: nothing is followed or asked for. */
export function hide() {
  evaluated = closed(evaluated);
  shown?.close();
  shown = null;
  main().replaceChildren();
}

function wire() {
  if (byId("lu-lib-body").dataset.ready) return;
  byId("lu-lib-body").dataset.ready = "1";
  wireSearch();
  watchFileDrops(byId("library"), (files) => addFiles(place.collection, files));
}

function soon() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
}

function draw() {
  if (!place.open) return;
  choose();
  byId("lu-lib-body").dataset.shows = library.passages ? "passages" : place.collection ? "collection" : workspace.collections?.length ? "collections" : "nothing";
  keepingFocus(byId("lu-lib-rail"), () => drawRail(byId("lu-lib-rail")));
  if (library.passages) drawPassages(main());
  else if (!workspace.collections || (place.collection && !collectionOf(place.collection))) waiting();
  else if (!workspace.collections.length) nothing();
  else if (place.collection) drawCollection();
  else close();
}

// On a wide screen one collection is always open: the last one, else the first.
function choose() {
  const all = workspace.collections;
  if (!all) return;
  if (sure && place.collection && !collectionOf(place.collection)) nameHere({ collection: null });
  if (place.collection || narrow.matches || !all.length) return;
  nameHere({ collection: (collectionOf(latest()) ?? all[0]).id });
}

function close() {
  evaluated = closed(evaluated);
  shown?.close();
  shown = null;
  main().replaceChildren();
}

function drawCollection() {
  const collection = collectionOf(place.collection);
  if (place.document === EVALUATION) return drawEvaluation(collection);
  evaluated = closed(evaluated);
  if (shown?.id !== collection.id || !main().contains(shown.node)) {
    shown?.close();
    shown = new Collection(collection);
    remember(collection.id);
    main().replaceChildren(shown.node);
  }
  shown.update(collection);
}

// In the place of the documents.
async function drawEvaluation(collection) {
  shown = closed(shown);
  if (evaluated?.id === collection.id && main().contains(evaluated.node)) return evaluated.update(collection);
  const { EvaluationPage } = await import("../evaluating/page.js");
  if (place.document !== EVALUATION || place.collection !== collection.id || evaluated?.id === collection.id) return;
  closed(evaluated);
  evaluated = new EvaluationPage(collection, () => goLibrary({ collection: collection.id }));
  main().replaceChildren(evaluated.node);
  evaluated.name.focus({ preventScroll: true });
}

function closed(view) {
  view?.close();
  return null;
}

function waiting() {
  close();
  main().replaceChildren(...(error ? [el("p", { className: "lu-note", role: "alert" }, [error.message, error.hint].filter(Boolean).join(" ")), button(t("Try again"), () => show(false), { className: "lu-second" })]
    : [el("p", { className: "lu-note" }, t("Loading…"))]));
}

function nothing() {
  if (main().querySelector(".lu-lib-first")) return;
  close();
  const step = (name, head, words) => el("li", {}, icon(name), el("span", {}, el("b", {}, head), el("small", {}, words)));
  main().replaceChildren(el("section", { className: "lu-lib-first", "aria-label": t("Getting started") },
    el("h2", {}, t("Ask your own documents")),
    el("p", {}, t("Drop files or whole folders here. Lumora reads them on this machine, finds the passages that answer a question, and shows where each sentence comes from.")),
    el("div", { className: "lu-row" }, button(t("Choose files"), () => pickFiles(null), { className: "lu-send", "data-focus": "first-files" }),
      button(t("New collection"), () => editCollection(null), { className: "lu-second", "data-focus": "first-collection" })),
    el("ul", { className: "lu-leaves" },
      step("file", t("Almost any document"), t("PDF, also scanned; Word, PowerPoint, Excel; e-mail, e-books, web pages, Markdown, text, code, and ZIP of those, up to 100 MB each.")),
      step("folder", t("Collections keep things apart"), t("One for the house, one for work. A chat asks those you choose for it.")),
      step("lock", t("Nothing leaves"), t("Reading, indexing and searching happen on this machine.")))));
}

on("library-changed", soon);
on("models", () => place.open && soon());
on("collections", () => place.open && soon());
on("library-refresh", () => place.open && (shown?.refresh(), refreshCollections({ quietly: true }).then(soon, () => {})));
on("library-search", (query) => searchPassages(query));
narrow.addEventListener("change", soon);
