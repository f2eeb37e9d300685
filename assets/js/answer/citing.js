// Sentences of an answer as they were checked, and the numbers that name sources, while its words are made into nodes.
// `env.cited` is what sources/cited.js knows of the answer; without it nothing here is called.

import { el } from "../core/dom.js";
import { extent, lines, Reader, toSource } from "./placing.js";

const NUMBERS = /\s?\[(\d{1,3}(?:\s?[,;]\s?\d{1,3})*)\]/g;

/** What the marks of a paragraph come to: another text when it has to be made anew. */
export function markKey(token, env) {
  const { cited } = env;
  const known = `${cited.version}`;
  if (!token.map || !cited.marks.length) return known;
  const [from, to] = extent(token, env);
  return known + cited.within(from, to).map((m) => `${m.start}-${m.end}${m.mark}${m.source ?? ""}`).join(" ");
}

/** Makes the nodes of one paragraph's parts; `add(node)` puts them where they belong. */
export class Pen {
  constructor(token, env) {
    this.cited = env.cited;
    this.marks = token.map ? this.cited.within(...extent(token, env)) : [];
    this.last = new Map(); // mark → the last node of it
    this.named = new Map(); // mark → numbers named within it
    if (!this.marks.length) return;
    this.reader = new Reader(token.content);
    this.source = toSource(lines(token, env));
  }

  /** The nodes of a text: its sentences marked, its numbers made into buttons. */
  text(words) {
    const out = document.createDocumentFragment();
    const place = this.reader?.text(words);
    for (const [from, to, mark] of this.#stretches(words, place)) this.#write(out, words.slice(from, to), mark);
    return out;
  }

  /** A node that is one whole, such as code: `words` as they stand in the source. */
  whole(node, words) {
    const place = this.reader?.text(words);
    const mark = place && this.#markAt(this.source(place(0)));
    return mark ? this.#wrapped([node], mark) : node;
  }

  /** A part that shows nothing of the source. */
  pass(type) {
    if (type === "link_close") this.reader?.pass();
    else if (type === "break") this.reader?.past("\n");
    else if (type === "note") this.reader?.past("]");
  }

  #markAt(at) {
    return this.marks.find((m) => m.start <= at && at < m.end) ?? null;
  }

  // [from, to, mark or null] of the stretches of a text that belong together.
  #stretches(words, place) {
    if (!place) return [[0, words.length, null]];
    const out = [];
    let from = 0;
    for (const mark of this.marks) {
      const begin = this.#first(words, place, from, mark.start);
      const end = this.#first(words, place, begin, mark.end);
      if (begin > from) out.push([from, begin, null]);
      if (end > begin) out.push([begin, end, mark]);
      from = Math.max(from, end);
    }
    if (from < words.length) out.push([from, words.length, null]);
    return out;
  }

  // The first character of `words` from `low` on that stands at `limit` or after it.
  #first(words, place, low, limit) {
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.source(place(middle)) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #write(out, words, mark) {
    const nodes = [];
    let done = 0;
    for (const found of words.matchAll(NUMBERS)) {
      const numbers = found[1].split(/[,;]/).map(Number);
      if (!numbers.every((n) => this.cited.has(n))) continue;
      if (found.index > done) nodes.push(words.slice(done, found.index));
      nodes.push(this.cited.chips(numbers, mark));
      if (mark) this.named.set(mark, [...(this.named.get(mark) ?? []), ...numbers]);
      done = found.index + found[0].length;
    }
    if (done < words.length) nodes.push(words.slice(done));
    if (!nodes.length) return;
    out.append(...(mark ? [this.#wrapped(nodes, mark)] : nodes));
  }

  #wrapped(nodes, mark) {
    const node = el("span", { className: "lu-said", "data-mark": mark.mark }, nodes);
    this.last.set(mark, node);
    return node;
  }

  /** All parts are made: each sentence gets its sign, and the source it rests on where it does not name it itself. */
  end() {
    for (const [mark, node] of this.last) {
      const missing = mark.source && !this.named.get(mark)?.includes(mark.source) && this.cited.has(mark.source) && (mark.mark === "supported" || mark.mark === "weak");
      const after = [missing && this.cited.chips([mark.source], mark), this.cited.sign(mark)].filter(Boolean);
      if (after.length) node.append(...after);
    }
  }
}
