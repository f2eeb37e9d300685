// A document in the pane on the right: pages as they look with the passage marked, or its text; what it is about; and
// the other sources of the same answer.

import { request } from "../core/api.js";
import { on, tell } from "../core/bus.js";
import { button, byId, el, icon, iconButton, keepingFocus } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { about } from "./about.js";
import { Pages } from "./pages.js";
import { PlainText } from "./plaintext.js";
import { facts, nameOf } from "../library/words.js";
import { place } from "../library/place.js";
import { sourceOf } from "./cited.js";

let current = null; // {pane, wanted, document, view, tab, close, going}

/**
 * Shows what `wanted` names: `document` (its id), and perhaps `page`, `start` and `end` (the passage, in code points of
 * its text), `words` (a query), `number` and `all` (the sources of an answer it is one of), `library` (opened as a
 * document, not as a source). `close()` closes the pane.
 */
export async function show(pane, wanted, close) {
  leave();
  const mine = (current = { pane, wanted, close, document: null, view: null, going: new AbortController(), tab: wanted.library && wanted.start === undefined ? "about" : "place" });
  draw();
  byId("lu-aside-title").focus({ preventScroll: true });
  try {
    mine.document = await request(`documents/${encodeURIComponent(wanted.document)}`, { signal: mine.going.signal });
  } catch (e) {
    if (mine !== current || e.name === "AbortError") return;
    mine.error = e;
  }
  if (mine === current) draw();
}

/** It is not shown any more. */
export function leave() {
  current?.going.abort();
  current?.view?.close?.();
  current = null;
}

function draw() {
  const { pane } = current;
  pane.setAttribute("aria-label", current.wanted.library ? t("Document") : t("Sources"));
  const view = body();
  keepingFocus(pane, () => pane.replaceChildren(...[head(), others(), tabs(), view].filter(Boolean)));
}

function head() {
  const { wanted, document: d, close } = current;
  const name = d ? nameOf(d) : (wanted.name ?? t("Opening…"));
  const where = [wanted.number && t("Source {n}", { n: count(wanted.number) }), ...(d ? facts(d) : [])].filter(Boolean).join(" · ");
  const inLibrary = d && !(place.open && place.collection === d.collection && wanted.library) && iconButton("book", t("Open in the library"), () => toLibrary(d), { "data-focus": "aside-library" });
  return el("header", { className: "lu-aside-head" },
    el("div", { className: "lu-grow" }, el("h2", { id: "lu-aside-title", className: "lu-cutoff", tabIndex: -1, dir: "auto", title: name, "data-focus": "aside-title" }, name), el("small", {}, where)),
    inLibrary, d?.bytes > 0 && iconButton("save", t("Download"), () => download(d), { "data-focus": "aside-download" }), iconButton("close", t("Close"), () => close(), { "data-focus": "aside-close" }));
}

function toLibrary(d) {
  const { close } = current;
  if (matchMedia("(max-width: 1180px)").matches) close({ focus: false });
  tell("library", { collection: d.collection });
}

function download(d) {
  el("a", { href: new URL(`api/v1/documents/${encodeURIComponent(d.id)}/file`, document.baseURI).href, download: d.name }).click();
}

// The sources of the same answer, each a press away.
function others() {
  const { wanted } = current;
  if (!wanted.all || wanted.all.length < 2) return null;
  const list = el("div", { className: "lu-aside-sources", role: "group", "aria-label": t("Sources of this answer") }, wanted.all.map((s) => button([el("b", {}, count(s.number)), el("span", { className: "lu-cutoff", dir: "auto" }, s.name), s.page ? el("small", {}, t("p. {n}", { n: count(s.page) })) : null].filter(Boolean),
    () => tell("source", { ...sourceOf(s), all: wanted.all }), { className: "lu-aside-source", "aria-pressed": String(s.number === wanted.number), "data-focus": `aside-source-${s.number}` })));
  list.addEventListener("keydown", (e) => {
    const all = [...list.children];
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    all[all.indexOf(document.activeElement) + step]?.focus();
  });
  return list;
}

function tabs() {
  const { document: d } = current;
  if (!d) return null;
  const paged = d.type === "pdf" && d.pages > 0;
  const all = [["place", paged ? t("Pages") : t("Text")], ...(paged ? [["text", t("Text")]] : []), ["about", t("About it")]];
  const choose = (name) => {
    current.tab = name;
    draw();
    document.querySelector(`[data-focus="aside-tab-${name}"]`)?.focus();
  };
  const list = el("div", { className: "lu-aside-tabs", role: "tablist", "aria-label": t("Views of the document") }, all.map(([name, words]) => button(words, () => choose(name), { role: "tab", id: `lu-aside-tab-${name}`, "aria-selected": String(current.tab === name), "aria-controls": "lu-aside-body", tabIndex: current.tab === name ? 0 : -1, "data-focus": `aside-tab-${name}` })));
  list.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const at = all.findIndex(([name]) => name === current.tab) + (step ?? 0);
    if (!step || !all[at]) return;
    e.preventDefault();
    choose(all[at][0]);
  });
  return list;
}

function body() {
  const { document: d, error, wanted, tab } = current;
  if (error) return el("div", { className: "lu-aside-body" }, el("p", { className: "lu-note", role: "alert" }, gone(error)));
  if (!d) return el("div", { className: "lu-aside-body" }, el("p", { className: "lu-note" }, t("Opening…")));
  if (current.drawn !== tab) {
    current.view?.close?.();
    current.drawn = tab;
    current.view = views[tab](d, wanted);
  }
  return Object.assign(current.view.node, { id: "lu-aside-body" });
}

const gone = (e) => (e.status === 404 ? t("This document is not there any more. What the answer took from it stands in its receipt.") : [e.message, e.hint].filter(Boolean).join(" "));

const views = {
  place: (d, wanted) => (d.type === "pdf" && d.pages > 0 ? new Pages(d, wanted) : new PlainText(d, wanted)),
  text: (d, wanted) => new PlainText(d, wanted),
  about: (d) => about(d, (heading) => {
    Object.assign(current.wanted, { start: heading.start, end: heading.start, page: heading.page });
    Object.assign(current, { tab: "place", drawn: null });
    draw();
  }),
};

on("document-gone", (ids) => current && ids.includes(current.wanted.document) && current.close({ focus: false }));
