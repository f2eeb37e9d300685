// What an answer rests on: its numbers as buttons that open the source, its sentences by what the check found.

import { tell } from "../core/bus.js";
import { button, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { openPopover } from "../core/popover.js";
import { units } from "../core/points.js";

const SIGNS = ["supported", "weak", "unsupported"];
const JOINER = "\u2060"; // keeps a number on the line of the word before it

/** The words for a mark. */
export const markWords = (mark) => ({ supported: t("Supported"), weak: t("Weak"), unsupported: t("Not found in your documents") })[mark];

/** The sign of a mark, beside colour and line: a circle that is full, half full or empty. */
export const signOf = (mark) => el("i", { className: "lu-circle", "data-mark": mark, "aria-hidden": "true" });

const WHY = {
  number: () => t("A number differs from the source."),
  name: () => t("A name differs from the source."),
  negation: () => t("The source says the opposite."),
  date: () => t("A date differs from the source."),
  topic: () => t("The source is about this, but does not say it."),
};

/** What is known of one answer; `take` brings it up to date. */
export class Cited {
  constructor() {
    Object.assign(this, { spans: new Map(), marks: [], version: 0, said: 0, text: "" });
  }

  /** Another text whenever something changed. */
  get stamp() {
    return `${this.version} ${this.said}`;
  }

  /** Takes the message's sources and checks in; `text` is its source. */
  take({ sources, checks, text }) {
    if ((sources?.length ?? 0) !== this.spans.size) {
      this.spans = new Map((sources ?? []).map((s) => [s.number, s]));
      this.version++;
    }
    if ((checks?.length ?? 0) !== this.said) {
      this.said = checks?.length ?? 0;
      this.marks = placed(checks ?? [], text);
    }
  }

  /** Whether there is a source of this number. */
  has(number) {
    return this.spans.has(number);
  }

  /** The marks between two places of the source, in order. */
  within(from, to) {
    let first = 0;
    for (let high = this.marks.length; first < high; ) {
      const middle = (first + high) >> 1;
      if (this.marks[middle].end > from) high = middle;
      else first = middle + 1;
    }
    let end = first;
    while (end < this.marks.length && this.marks[end].start < to) end++;
    return this.marks.slice(first, end);
  }

  /** Buttons for the sources of these numbers; within the sentence of `mark` they open what it rests on. */
  chips(numbers, mark) {
    return el("span", { className: "lu-cites", "data-mark": mark?.mark ?? null }, JOINER, numbers.map((n) => this.#chip(n, mark)));
  }

  #chip(number, mark) {
    const span = this.spans.get(number);
    const label = span.page ? t("Source {n}: {name}, page {page}", { n: count(number), name: span.name, page: count(span.page) }) : t("Source {n}: {name}", { n: count(number), name: span.name });
    const open = (e) => {
      e.stopPropagation();
      this.open(number, mark);
    };
    return button(count(number), open, { className: "lu-cite", title: label, "aria-label": label });
  }

  /** Opens a source, at the part that the sentence of `mark` rests on. */
  open(number, mark = null) {
    const span = this.spans.get(number);
    const exact = mark?.source === number && mark.spanEnd > mark.spanStart ? { start: mark.spanStart, end: mark.spanEnd } : {};
    tell("source", { ...sourceOf(span), ...exact, all: [...this.spans.values()] });
  }

  /** What stands at the end of a checked sentence: a sign; of one that is not supported it says why. */
  sign(mark) {
    if (!SIGNS.includes(mark.mark)) return null;
    if (mark.mark === "supported") return el("span", { className: "lu-sr" }, ` (${markWords(mark.mark)})`);
    return button(signOf(mark.mark), (e) => this.#why(e.currentTarget, mark), { className: "lu-sign", "data-mark": mark.mark, title: markWords(mark.mark), "aria-label": t("{mark}: why", { mark: markWords(mark.mark) }), "aria-haspopup": "dialog" });
  }

  #why(anchor, mark) {
    const why = WHY[mark.why]?.() ?? (mark.mark === "weak" ? t("The source says something like it, but not all of it.") : t("No source that was found says this. It may still be true: look for yourself."));
    const see = mark.source && this.has(mark.source) && button(t("Show source {n}", { n: count(mark.source) }), () => this.open(mark.source, mark), { className: "lu-second" });
    openPopover(anchor, markWords(mark.mark), el("div", { className: "lu-why" }, el("p", {}, el("b", { className: "lu-row" }, signOf(mark.mark), markWords(mark.mark)), why), see));
  }
}

// The checks in UTF-16 units of the text as it is rendered, in order, each sentence once: a later check is the better one.
function placed(checks, text) {
  const points = units(text);
  // Line ends of two characters are shown as one.
  const place = text.includes("\r\n") ? (point) => points(point) - (text.slice(0, points(point)).match(/\r\n/g)?.length ?? 0) : points;
  const latest = new Map(checks.map((c) => [c.start, c]));
  return [...latest.values()].filter((c) => c.mark !== "plain").sort((a, b) => a.start - b.start)
    .map((c) => ({ start: place(c.start), end: place(c.end), mark: c.mark, source: c.source, spanStart: c.span_start, spanEnd: c.span_end, why: c.why }));
}

/** What opens a source of an answer in the pane on the right. */
export const sourceOf = (s) => ({ document: s.document, collection: s.collection, name: s.name, page: s.page, start: s.start, end: s.end, number: s.number });

const known = new WeakMap(); // message → Cited

/** What a message rests on, or null when nothing was looked up for it. */
export function citedOf(m) {
  if (!m?.sources?.length && !m?.checks?.length) return null;
  if (!known.has(m)) known.set(m, new Cited());
  const cited = known.get(m);
  cited.take(m);
  return cited;
}

/** How many sentences have which mark: `{supported, weak, unsupported}`. */
export function tally(m) {
  const latest = new Map((m.checks ?? []).map((c) => [c.start, c.mark]));
  const sums = { supported: 0, weak: 0, unsupported: 0 };
  for (const mark of latest.values()) if (mark in sums) sums[mark]++;
  return sums;
}
