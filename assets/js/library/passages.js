// Search within documents: passages that fit by meaning and by words, each opened at its place.

import { request } from "../core/api.js";
import { tell } from "../core/bus.js";
import { button, byId, el, icon } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { fuzzyMarked } from "./marking.js";
import { meaningOffer } from "./meaning.js";
import { isNarrowed, narrowing, narrowingBar, widen } from "./narrowing.js";
import { place } from "./place.js";
import { at, collectionOf, library, redraw } from "./state.js";
import { complain, toast } from "../core/toast.js";
import { workspace } from "../core/workspace.js";

const PAUSE_MS = 220;
const MOST = 20;
let timer = 0;
let history = null; // what was searched for lately

const field = () => byId("lu-lib-search");

/** Wires the search field of the library. */
export function wireSearch() {
  field().before(icon("search"));
  field().addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => searchPassages(field().value.trim()), PAUSE_MS);
  });
  field().addEventListener("keydown", pressed);
  field().addEventListener("focus", () => !field().value && begin());
}

function pressed(e) {
  if (e.key === "Enter") {
    clearTimeout(timer);
    searchPassages(field().value.trim());
  } else if (e.key === "ArrowDown") {
    const first = document.querySelector("#lu-lib-main .lu-passage");
    if (!first) return;
    e.preventDefault();
    first.focus();
  } else if (e.key === "Escape" && library.passages) {
    e.preventDefault();
    e.stopPropagation();
    leaveSearch();
    redraw();
  }
}

// Before anything is typed: what was searched for lately.
async function begin() {
  history = (await request("search/history?limit=8").catch(() => null))?.items ?? [];
  if (!history.length || document.activeElement !== field() || field().value) return;
  library.passages = { query: "", found: null, error: null, going: null };
  redraw();
}

/** Leaves the search; the collection is shown again. */
export function leaveSearch() {
  library.passages?.going?.abort();
  library.passages = null;
  if (field()) field().value = "";
}

/** Searches; an empty query leaves the search. */
export async function searchPassages(query) {
  library.passages?.going?.abort();
  if (field().value.trim() !== query) field().value = query;
  if (!query) {
    library.passages = null;
    return redraw();
  }
  const going = new AbortController();
  const mine = (library.passages = { query, found: library.passages?.found ?? null, error: null, going });
  redraw();
  try {
    mine.found = await request("search/semantic", { method: "POST", body: { query, ...narrowing(place.collection), limit: MOST }, signal: going.signal });
  } catch (e) {
    if (e.name === "AbortError") return undefined;
    mine.error = e;
  }
  mine.going = null;
  return library.passages === mine ? redraw() : undefined;
}

/** Draws what was found. */
export function drawPassages(root) {
  const { query, found, error, going } = library.passages;
  const here = collectionOf(place.collection);
  const search = () => (query ? searchPassages(query) : redraw());
  const back = button([icon("left"), t("Back to the documents")], () => {
    leaveSearch();
    redraw();
  }, { className: "lu-quiet lu-lib-unsearch", "data-focus": "unsearch" });
  const head = el("div", { className: "lu-row lu-passages-head" }, back, el("span", { className: "lu-grow lu-quiet", role: "status" }, said(query, found, error, going)));
  const held = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const list = el("div", { className: "lu-passages", role: "list", "aria-label": t("Passages found") }, query ? (found?.hits ?? []).map((hit, i) => passage(hit, i, query)) : lately());
  list.addEventListener("keydown", moved);
  root.replaceChildren(el("section", { className: "lu-lib-open", "aria-label": t("Search in your documents") }, head, query ? narrowingBar(here, search) : "", query && found && !found.hits.length && isNarrowed() ? wider(search) : "", query && found?.kind === "lexical" && (meaningOffer() ?? el("p", { className: "lu-notice", role: "note" }, t("Found by words only: the model that searches by meaning is being loaded."))), list));
  if (held) root.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// Where nothing was found among what the search is kept to.
const wider = (search) => el("div", { className: "lu-row" }, button(t("Search without the filters"), () => {
  widen();
  search();
}, { className: "lu-second", "data-focus": "widen" }));

function said(query, found, error, going) {
  if (error) return [error.message, error.hint].filter(Boolean).join(" ");
  if (!query) return t("Searched for lately");
  if (going && !found) return t("Searching…");
  const { hits, milliseconds, kind } = found;
  if (!hits.length) return t("No passage fits “{query}”. Other words, or a question, may find more.", { query });
  const how = { hybrid: t("by meaning and words"), vector: t("by meaning"), lexical: t("by words") }[kind] ?? "";
  return tn("{n} passage, {how}, in {ms} ms", "{n} passages, {how}, in {ms} ms", hits.length, { how, ms: count(Math.max(1, Math.round(milliseconds))) });
}

function passage(hit, i, query) {
  const where = [hit.context && hit.context !== hit.title ? hit.context : "", hit.page && t("page {n}", { n: count(hit.page) }), workspace.collections?.length > 1 && collectionOf(hit.collection)?.name].filter(Boolean).join(" · ");
  return el("div", { role: "listitem" }, button([
    el("span", { className: "lu-row" }, icon("file"), el("b", { className: "lu-cutoff", dir: "auto" }, hit.name), el("small", { className: "lu-cutoff lu-grow", dir: "auto" }, where)),
    el("span", { className: "lu-passage-text", dir: "auto" }, fuzzyMarked(hit.text, query)),
  ], () => tell("source", { document: hit.document, collection: hit.collection, page: hit.page, start: hit.start, end: hit.end, words: query }), { className: "lu-passage", "data-focus": `passage-${i}` }));
}

function moved(e) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const all = [...e.currentTarget.querySelectorAll(".lu-passage")];
  const i = all.indexOf(document.activeElement);
  if (!step || i < 0) return;
  e.preventDefault();
  (all[i + step] ?? (step < 0 ? field() : null))?.focus();
}

function lately() {
  return [...(history ?? []).map((h) => el("div", { role: "listitem", className: "lu-row" }, button([icon("again"), el("span", { className: "lu-cutoff lu-grow", dir: "auto" }, h.query), el("small", {}, tn("{n} found", "{n} found", h.results?.length ?? h.results ?? 0))], () => searchPassages(h.query), { className: "lu-passage lu-grow lu-row" }),
    button(t("Forget"), () => forgetSearch(h), { className: "lu-quiet", "aria-label": t("Forget the search “{query}”", { query: h.query }) }))),
  history?.length ? button(t("Forget all searches"), forgetAll, { className: "lu-quiet" }) : ""];
}

async function forgetSearch(h) {
  try {
    await request(at("search", "history", h.id), { method: "DELETE" });
  } catch (e) {
    return complain(e);
  }
  history = history.filter((each) => each !== h);
  return redraw();
}

async function forgetAll() {
  try {
    await request("search/history", { method: "DELETE" });
  } catch (e) {
    return complain(e);
  }
  history = [];
  toast(t("Forgot all searches."));
  leaveSearch();
  return redraw();
}
