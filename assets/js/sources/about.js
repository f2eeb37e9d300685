// What a document is about: its summary, its headings, and where it came from.

import { button, el } from "../core/dom.js";
import { bytes, count, moment } from "../core/format.js";
import { t } from "../core/i18n.js";
import { leftOutWords, stateWords, typeWords, whyWords } from "../library/words.js";
import { tagEditor } from "./tagging.js";

const SHOWN = 400; // headings

/** The view as `{node}`; `open(heading)` goes to one of its headings. */
export function about(d, open) {
  const facts = [
    [t("Kind"), typeWords(d.type)],
    [t("State"), stateWords(d)],
    [t("Pages"), d.pages ? count(d.pages) : ""],
    [t("Size"), d.bytes ? bytes(d.bytes) : ""],
    [t("Characters"), d.characters ? count(d.characters) : ""],
    [t("Date"), d.dated_at ? moment(d.dated_at) : ""],
    [t("Added"), d.created_at ? moment(d.created_at) : ""],
    [t("From"), d.source && d.source !== d.name ? d.source : ""],
  ].filter(([, value]) => value);
  const why = d.error && el("div", { className: "lu-card lu-bad", role: "note" }, el("div", {}, el("b", {}, t("It could not be read")), el("small", {}, whyWords(d))));
  const left = leftOutWords(d);
  return { node: el("div", { className: "lu-aside-body lu-about", tabIndex: 0, role: "region", "aria-label": t("About it") },
    d.title && d.title !== d.name && el("h3", { dir: "auto" }, d.title), why, left && el("p", { className: "lu-notice", role: "note", dir: "auto" }, left), summary(d), tagEditor(d), outline(d, open),
    el("dl", { className: "lu-receipt" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value))))) };
}

function summary(d) {
  if (d.summary) return el("section", {}, el("h4", {}, t("Summary")), el("p", { className: "lu-summary", dir: "auto" }, d.summary));
  return d.state === "ready" ? null : el("p", { className: "lu-quiet" }, t("A summary follows as soon as it has been read."));
}

function outline(d, open) {
  if (!d.outline?.length) return null;
  const entry = (h) => el("li", {}, button([el("span", { className: "lu-cutoff lu-grow", dir: "auto" }, h.title), h.page ? el("small", {}, t("p. {n}", { n: count(h.page) })) : null].filter(Boolean), () => open(h), { className: "lu-outline-entry", "data-level": String(Math.min(4, Math.max(1, h.level))) }));
  return el("section", {}, el("h4", {}, t("Outline")), el("ul", { className: "lu-outline-list" }, d.outline.slice(0, SHOWN).map(entry)));
}
