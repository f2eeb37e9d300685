// A passage with the words of a query marked in it, and cut to the part that has them.

import { el } from "../core/dom.js";

const LENGTH = 320;
const LETTERS = /[\p{L}\p{N}]+/gu;
const SHORT = 3; // letters: shorter words say nothing by themselves

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
// The search knows "heat" in "heating": what begins alike is marked too.
const stem = (word) => (word.length > 5 ? word.slice(0, Math.max(4, word.length - 3)) : word);

/** How the words of a query begin in the forms they may have in a text. */
export const stems = (query) => [...new Set((query.match(LETTERS) ?? []).map(folded).filter((word) => word.length >= SHORT).map(stem))];

/** The nodes of a passage, cut to about `length` characters; `query` as it was typed. */
export function fuzzyMarked(passage, query, length = LENGTH) {
  const text = passage.replace(/^#{1,6} /gm, "").replace(/\s+/g, " ").trim();
  const asked = stems(query);
  const hits = [...text.matchAll(LETTERS)].filter((m) => asked.some((s) => folded(m[0]).startsWith(s)));
  const from = portion(text, hits, length);
  const cut = text.slice(from, from + length);
  const out = from > 0 ? ["… "] : [];
  let done = from;
  for (const m of hits) {
    if (m.index < from || m.index + m[0].length > from + cut.length) continue;
    out.push(text.slice(done, m.index), el("mark", {}, m[0]));
    done = m.index + m[0].length;
  }
  out.push(text.slice(done, from + cut.length), from + cut.length < text.length ? " …" : "");
  return out;
}

// Where the part begins that has most of the words, at the beginning of one.
function portion(text, hits, length) {
  if (text.length <= length || !hits.length) return 0;
  const worth = (at) => new Set(hits.filter((m) => m.index >= at && m.index < at + length).map((m) => folded(m[0]))).size;
  const ahead = Math.min(40, length / 4);
  const best = hits.map((m) => m.index).reduce((a, b) => (worth(b - ahead) > worth(a - ahead) ? b : a));
  const from = Math.max(0, Math.min(Math.round(best - ahead), text.length - length));
  return from === 0 ? 0 : text.indexOf(" ", from) + 1;
}
