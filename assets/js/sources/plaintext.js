// The text of a document with the passage that is meant marked, fetched around it and further on as it is read.

import { request } from "../core/api.js";
import { button, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { pointsIn, units } from "../core/points.js";
import { markWords, unmark } from "../conversation/found.js";
import { stems } from "../library/marking.js";

const AROUND = 6_000; // code points on each side at first
const MORE = 20_000;
const NEAR = 240; // characters within which words stand together

export class PlainText {
  /** `wanted` may have `start` and `end` in code points of the text. */
  constructor(document, wanted) {
    Object.assign(this, { document, wanted, from: 0, to: 0, all: document.characters, going: new AbortController() });
    this.earlier = button(t("Earlier text"), () => this.before(), { className: "lu-quiet", hidden: true, "data-focus": "text-earlier" });
    this.later = button(t("Later text"), () => this.after(), { className: "lu-quiet", hidden: true, "data-focus": "text-later" });
    this.words = el("div", { className: "lu-source-text", dir: "auto" });
    this.scroll = el("div", { className: "lu-text-scroll", tabIndex: 0, role: "region", "aria-label": t("Text of the document") }, this.earlier, this.words, this.later);
    this.node = el("div", { className: "lu-aside-body lu-textual" }, this.#outline(), this.scroll);
    this.scroll.addEventListener("scroll", () => this.#near(), { passive: true });
    this.#open(wanted.start ?? 0);
  }

  #outline() {
    const { outline } = this.document;
    if (!outline?.length) return null;
    const list = el("select", { className: "lu-lib-select lu-outline", "aria-label": t("Headings"), "data-focus": "outline" }, el("option", { value: "" }, t("Headings")), outline.slice(0, 2000).map((h) => el("option", { value: String(h.start) }, `${"\u2003".repeat(Math.max(0, Math.min(h.level - 1, 4)))}${h.title}`)));
    list.addEventListener("change", () => list.value && this.#open(Number(list.value), true));
    return el("div", { className: "lu-text-bar" }, list);
  }

  async #fetch(from, to) {
    return request(`documents/${encodeURIComponent(this.document.id)}/text?start=${Math.max(0, from)}&end=${to}`, { signal: this.going.signal });
  }

  // Shows the text around a place, from its start.
  async #open(start, heading = false) {
    if (heading && start >= this.from && start < this.to) return this.#goTo(start);
    const told = await this.#try(() => this.#fetch(start - AROUND, Math.max(start, this.wanted.end ?? 0) + AROUND));
    if (!told) return undefined;
    Object.assign(this, { from: told.start, to: told.end, all: told.characters });
    this.words.replaceChildren(this.#piece(told));
    this.#ends();
    return this.#goTo(start);
  }

  async #try(work) {
    try {
      return await work();
    } catch (e) {
      if (e.name !== "AbortError") this.words.append(el("p", { className: "lu-note", role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")));
      return null;
    }
  }

  /** Brings what stands above. */
  async before() {
    if (this.busy || this.from <= 0) return;
    this.busy = true;
    const told = await this.#try(() => this.#fetch(this.from - MORE, this.from));
    this.busy = false;
    if (!told) return;
    const below = this.scroll.scrollHeight - this.scroll.scrollTop;
    this.from = told.start;
    this.words.prepend(this.#piece(told));
    this.#ends();
    this.scroll.scrollTop = this.scroll.scrollHeight - below;
  }

  /** Brings what follows. */
  async after() {
    if (this.busy || this.to >= this.all) return;
    this.busy = true;
    const told = await this.#try(() => this.#fetch(this.to, this.to + MORE));
    this.busy = false;
    if (!told) return;
    this.to = told.end;
    this.words.append(this.#piece(told));
    this.#ends();
  }

  #near() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    if (scrollHeight - scrollTop - clientHeight < 400) this.after();
    else if (scrollTop < 200 && scrollTop > 0) this.before();
  }

  #ends() {
    this.earlier.hidden = this.from <= 0;
    this.later.hidden = this.to >= this.all;
    this.earlier.title = t("{n} characters above", { n: count(this.from) });
  }

  // One stretch of text; headings stand out, and what is meant of it is marked.
  #piece({ text, start }) {
    const place = units(text);
    const length = pointsIn(text);
    const inside = (point) => Math.min(length, Math.max(0, point - start));
    const { start: from, end: to } = this.wanted;
    const meant = from === undefined || to <= from ? null : [place(inside(from)), place(inside(to))];
    const heads = (this.document.outline ?? []).filter((h) => h.start >= start && h.start < start + length).map((h) => place(h.start - start));
    const node = el("div");
    node.dataset.from = start;
    let at = 0;
    const cuts = [...new Set([...heads.flatMap((h) => [h, lineEnd(text, h)]), ...(meant ?? []), text.length])].sort((a, b) => a - b);
    for (const cut of cuts) {
      if (cut <= at) continue;
      const words = text.slice(at, cut);
      const heading = heads.some((h) => at >= h && at < lineEnd(text, h));
      const marks = meant && at >= meant[0] && cut <= meant[1];
      const part = marks ? el("mark", {}, words) : words;
      node.append(heading ? el("b", { className: "lu-source-heading", "data-at": at }, part) : part);
      at = cut;
    }
    return node;
  }

  #goTo(point) {
    const mark = this.words.querySelector("mark");
    const { start, end, words } = this.wanted;
    const target = mark && end > start && point === start ? ((words && this.#densest(words)) ?? mark) : this.#rangeAt(point);
    if (!target) return;
    const box = target.getBoundingClientRect();
    const pane = this.scroll.getBoundingClientRect();
    this.scroll.scrollTop += box.top - pane.top - this.scroll.clientHeight / 4;
  }

  // Within a long passage: where most of the words that were searched for stand together.
  #densest(query) {
    const asked = stems(query);
    for (const part of this.words.querySelectorAll("mark")) part.normalize();
    if (!markWords(this.words, asked)) return null;
    const ranges = [...(globalThis.CSS?.highlights?.get("lu-found") ?? [])].filter((r) => r.startContainer.parentElement.closest("mark"));
    const near = (a, b) => b.startContainer === a.startContainer && b.startOffset >= a.startOffset && b.startOffset - a.startOffset < NEAR;
    const worth = (a) => new Set(ranges.filter((b) => near(a, b)).map((b) => b.toString().toLowerCase())).size;
    return ranges.reduce((best, range) => (worth(range) > worth(best) ? range : best), ranges[0]) ?? null;
  }

  #rangeAt(point) {
    for (const piece of this.words.children) {
      let left = units(piece.textContent)(point - Number(piece.dataset.from));
      const walk = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT);
      while (left >= 0 && walk.nextNode()) {
        if (left < walk.currentNode.length) {
          const range = new Range();
          range.setStart(walk.currentNode, left);
          range.setEnd(walk.currentNode, Math.min(left + 1, walk.currentNode.length));
          return range;
        }
        left -= walk.currentNode.length;
      }
    }
    return null;
  }

  close() {
    this.going.abort();
    unmark();
  }
}

const lineEnd = (text, from) => {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
};
