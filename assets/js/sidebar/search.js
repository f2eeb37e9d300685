// Search over all messages: hits take the place of the list while there is something in the field.

import { request } from "../core/api.js";
import { open } from "../conversation/chat.js";
import { closeDrawer } from "./drawer.js";
import { button, el, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";

const WAIT_MS = 180;

export class Search {
  /** `changed` is called whenever there is something new to show. */
  constructor(field, changed) {
    Object.assign(this, { field, changed, hits: null, error: null, asked: "", timer: 0 });
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
    this.changed();
  }

  #key(e) {
    if (e.key === "Escape" && this.active) {
      e.stopPropagation();
      this.field.value = "";
      this.#typed();
    } else if (e.key === "ArrowDown") {
      e.preventDefault();
      document.querySelector("#lu-list :is(.lu-hit, [data-main][tabindex='0'])")?.focus();
    }
  }

  async #ask(words) {
    try {
      const { items } = await request(`messages/search?q=${encodeURIComponent(words)}&limit=50`);
      if (words !== this.field.value.trim()) return;
      Object.assign(this, { hits: items, error: null, asked: words });
    } catch (e) {
      this.error = e;
    }
    this.changed();
  }

  /** Arrows move among the hits, up from the first into the field; says whether a key was taken. */
  pressed(e) {
    const all = [...document.querySelectorAll("#lu-list .lu-hit")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: all[at + 1], ArrowUp: all[at - 1] ?? this.field, Home: all[0], End: all.at(-1), Escape: this.field }[e.key];
    if (at < 0 || !to) return true;
    e.preventDefault();
    e.stopPropagation();
    to.focus();
    return true;
  }

  /** Shows the hits in `root`. */
  draw(root) {
    keepingFocus(root, () => root.replaceChildren(...this.#nodes()));
  }

  #nodes() {
    if (this.error) return [note(this.error.message), button(t("Try again"), () => this.#ask(this.field.value.trim()), { className: "lu-second lu-again" })];
    if (!this.hits) return [note(t("Searching…"))];
    if (!this.hits.length) return [note(t("No message contains “{words}”.", { words: this.asked }))];
    const rows = this.hits.map((hit, i) => el("li", {}, button(hitWords(hit), () => show(hit, this.asked), { className: "lu-hit", "data-focus": `hit-${i}` })));
    return [el("h2", { className: "lu-day" }, t("Messages with “{words}”", { words: this.asked })), el("ul", { "aria-label": t("Found messages") }, rows)];
  }
}

const note = (text) => el("p", { className: "lu-note", role: "status" }, text);

function show(hit, words) {
  closeDrawer();
  open(hit.conversation, { message: hit.message, words });
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
