// Search over all messages: hits take the place of the list while there is something in the field.

import { request } from "./api.js";
import { open } from "./chat.js";
import { closeDrawer } from "./drawer.js";
import { button, el } from "./dom.js";

const WAIT_MS = 180;

export class Search {
  /** `draw` is called whenever there is something new to show. */
  constructor(field, draw) {
    Object.assign(this, { field, draw, hits: null, error: null, asked: "", timer: 0 });
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("keydown", (e) => this.#key(e));
  }

  get active() {
    return this.field.value.trim() !== "";
  }

  #typed() {
    clearTimeout(this.timer);
    if (!this.active) Object.assign(this, { hits: null, error: null, asked: "" });
    else this.timer = setTimeout(() => this.#ask(this.field.value.trim()), WAIT_MS);
    this.draw();
  }

  #key(e) {
    if (e.key === "Escape" && this.active) {
      e.stopPropagation();
      this.field.value = "";
      this.#typed();
    } else if (e.key === "ArrowDown") {
      e.preventDefault();
      document.querySelector("#lu-list .lu-chat, #lu-list .lu-hit")?.focus();
    }
  }

  async #ask(words) {
    try {
      const { items } = await request(`messages/search?q=${encodeURIComponent(words)}`);
      if (words !== this.field.value.trim()) return;
      Object.assign(this, { hits: items, error: null, asked: words });
    } catch (e) {
      this.error = e;
    }
    this.draw();
  }

  /** The hits as nodes. */
  nodes() {
    if (this.error) return [note(this.error.message)];
    if (!this.hits) return [note("Searching…")];
    if (!this.hits.length) return [note(`No message contains “${this.asked}”.`)];
    const rows = this.hits.map((hit, i) => el("li", {}, button(hitWords(hit), () => show(hit), { className: "lu-hit", "data-focus": `hit-${i}` })));
    return [el("h2", { className: "lu-day" }, `Messages with “${this.asked}”`), el("ul", { "aria-label": "Found messages" }, rows)];
  }
}

const note = (text) => el("p", { className: "lu-note", role: "status" }, text);

function show(hit) {
  closeDrawer();
  open(hit.conversation, { message: hit.message });
}

function hitWords(hit) {
  return el("span", {},
    el("b", { dir: "auto" }, hit.title),
    el("span", { className: "lu-snippet", dir: "auto" }, marked(hit.snippet)),
  );
}

// Matched words stand between U+0002 and U+0003.
function marked(snippet) {
  return snippet.split("\u0002").flatMap((piece, i) => {
    if (i === 0) return [piece];
    const [hit, ...rest] = piece.split("\u0003");
    return [el("mark", {}, hit), rest.join("")];
  });
}
