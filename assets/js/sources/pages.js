// Pages of a PDF as pictures, with boxes over the passage that is meant.

import { request } from "../core/api.js";
import { el, iconButton } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";

const ZOOMS = [1, 1.5, 2, 3];
const LEAST_WIDTH = 700; // px of a picture: smaller ones cannot be read
const MOST_WIDTH = 2400;

export class Pages {
  /** `wanted` has `page` (from 1), and perhaps `start` and `end` in code points of the document's text. */
  constructor(document, wanted) {
    Object.assign(this, { document, wanted, number: Math.min(Math.max(1, wanted.page ?? 1), document.pages), zoom: 0, going: null });
    this.image = el("img", { className: "lu-page-image", alt: "", draggable: false });
    this.boxes = el("div", { className: "lu-page-boxes", "aria-hidden": "true" });
    this.sheet = el("div", { className: "lu-page-sheet" }, this.image, this.boxes);
    this.scroll = el("div", { className: "lu-page-scroll", tabIndex: 0, role: "region", "aria-label": t("Page") }, this.sheet);
    this.said = el("span", { className: "lu-page-number", role: "status" });
    this.quote = el("blockquote", { className: "lu-page-quote", dir: "auto", hidden: true });
    this.wrong = el("p", { className: "lu-note", role: "alert", hidden: true });
    this.previous = iconButton("left", t("Previous page"), () => this.go(this.number - 1), { "data-focus": "page-previous" });
    this.next = iconButton("right", t("Next page"), () => this.go(this.number + 1), { "data-focus": "page-next" });
    this.out = iconButton("smaller", t("Smaller"), () => this.scale(this.zoom - 1), { "data-focus": "page-smaller" });
    this.in = iconButton("zoom", t("Larger"), () => this.scale(this.zoom + 1), { "data-focus": "page-larger" });
    const bar = el("div", { className: "lu-page-bar", role: "toolbar", "aria-label": t("Page") }, this.previous, this.said, this.next, el("span", { className: "lu-grow" }), this.out, this.in);
    this.node = el("div", { className: "lu-aside-body lu-pages" }, bar, this.quote, this.wrong, this.scroll);
    this.node.addEventListener("keydown", (e) => this.#pressed(e));
    this.image.addEventListener("load", () => this.#reveal());
    this.image.addEventListener("error", () => this.#fail(t("This page could not be drawn. Its text is under “Text”.")));
    this.go(this.number);
  }

  #pressed(e) {
    const step = { PageDown: 1, PageUp: -1 }[e.key];
    const zoom = { "+": 1, "=": 1, "-": -1 }[e.key];
    if (e.ctrlKey || e.metaKey || e.altKey || (!step && !zoom)) return;
    e.preventDefault();
    if (step) this.go(this.number + step);
    else this.scale(this.zoom + zoom);
  }

  /** Shows another page. */
  async go(number) {
    if (number < 1 || number > this.document.pages) return;
    this.going?.abort();
    const mine = (this.going = new AbortController());
    this.number = number;
    this.boxes.replaceChildren();
    Object.assign(this.wrong, { hidden: true });
    this.said.textContent = t("Page {n} of {all}", { n: count(number), all: count(this.document.pages) });
    this.#limits();
    this.#picture();
    try {
      const page = await request(`documents/${encodeURIComponent(this.document.id)}/pages/${number}`, { signal: mine.signal });
      if (mine === this.going) this.#mark(page);
    } catch (e) {
      if (e.name !== "AbortError" && mine === this.going) this.#fail([e.message, e.hint].filter(Boolean).join(" "));
    }
  }

  #limits() {
    this.previous.disabled = this.number <= 1;
    this.next.disabled = this.number >= this.document.pages;
    this.out.disabled = this.zoom <= 0;
    this.in.disabled = this.zoom >= ZOOMS.length - 1;
  }

  // As large as it is shown, in steps, so that the server need not draw each width.
  #picture() {
    const shown = (this.scroll.clientWidth || 420) * ZOOMS[this.zoom] * (window.devicePixelRatio || 1);
    const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.ceil(shown / 400) * 400));
    const source = new URL(`api/v1/documents/${encodeURIComponent(this.document.id)}/pages/${this.number}/image?width=${width}`, document.baseURI).href;
    if (this.image.src === source) return;
    this.sheet.dataset.loading = "";
    this.image.alt = t("Page {n} of {name}", { n: count(this.number), name: this.document.name });
    this.image.src = source;
  }

  #mark({ width, height, boxes, ocr }) {
    this.sheet.style.aspectRatio = `${width} / ${height}`;
    const { start, end } = this.wanted;
    const meant = start === undefined || end <= start ? [] : boxes.filter(([from, to]) => from < end && to > start);
    this.boxes.replaceChildren(...meant.map((box) => boxNode(box, width, height, start, end)));
    this.node.toggleAttribute("data-ocr", Boolean(ocr));
    this.#tell(meant.length > 0);
    this.#reveal();
  }

  // Those who do not see the picture are told the passage as text.
  async #tell(here) {
    const { start, end } = this.wanted;
    this.quote.hidden = !here;
    if (!here || this.quote.textContent) return;
    const told = await request(`documents/${encodeURIComponent(this.document.id)}/text?start=${start}&end=${Math.min(end, start + 600)}`, { signal: this.going.signal }).catch(() => null);
    if (told) this.quote.textContent = told.text.replace(/\s+/g, " ").trim();
  }

  #reveal() {
    delete this.sheet.dataset.loading;
    const first = this.boxes.firstElementChild;
    if (!first || !this.scroll.clientHeight) return;
    const sheet = this.sheet.getBoundingClientRect();
    const box = first.getBoundingClientRect();
    this.scroll.scrollTop = Math.max(0, box.top - sheet.top - this.scroll.clientHeight / 3);
    this.scroll.scrollLeft = Math.max(0, box.left - sheet.left - 24);
  }

  #fail(words) {
    delete this.sheet.dataset.loading;
    Object.assign(this.wrong, { hidden: false, textContent: words });
  }

  /** Shows it larger or smaller. */
  scale(to) {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, to));
    this.sheet.style.width = `${ZOOMS[this.zoom] * 100}%`;
    this.#limits();
    this.#picture();
    this.#reveal();
  }

  close() {
    this.going?.abort();
  }
}

// A line of which only a part is meant is marked as far along as its letters are.
function boxNode([from, to, x0, y0, x1, y1], width, height, start, end) {
  const share = (point) => (to > from ? Math.min(1, Math.max(0, (point - from) / (to - from))) : 0);
  const [left, right] = [x0 + (x1 - x0) * share(start), x0 + (x1 - x0) * share(end)];
  const node = el("i");
  Object.assign(node.style, { left: `${(100 * left) / width}%`, width: `${(100 * Math.max(right - left, 4)) / width}%`, top: `${(100 * y0) / height}%`, height: `${(100 * (y1 - y0)) / height}%` });
  return node;
}
