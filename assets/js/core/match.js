// Finding words in short texts, without regard to case and accents, and marking them.

import { el } from "./dom.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The words of a query, folded. */
export const words = (text) => fold(text).split(/\s+/).filter(Boolean);

/** How well a text fits all the words: 0 not at all, higher is better. */
export function score(text, asked) {
  const folded = fold(text);
  let sum = 0;
  for (const word of asked) {
    const at = folded.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[^\p{L}\p{N}]/u.test(folded[at - 1]);
    sum += at === 0 ? 4 : begins ? 3 : 1;
  }
  return sum + 1 / (1 + folded.length);
}

/** The items that fit, best first; all of them, in their order, when nothing was asked. */
export function fitting(items, asked, most, of = (item) => item.label) {
  if (!asked.length) return items.slice(0, most);
  const scored = items.map((item) => [score(of(item), asked), item]).filter(([n]) => n > 0);
  return scored.sort(([a], [b]) => b - a).slice(0, most).map(([, item]) => item);
}

/** The text as nodes, with what was asked for in <mark>. */
export function marked(text, asked) {
  // Folding may change the length of a text; then nothing is marked rather than the wrong letters.
  const folded = fold(text);
  if (!asked.length || folded.length !== text.length) return [text];
  const spans = asked.map((word) => [folded.indexOf(word), word.length]).filter(([at]) => at >= 0).sort(([a], [b]) => a - b);
  const out = [];
  let done = 0;
  for (const [at, length] of spans) {
    if (at < done) continue;
    out.push(text.slice(done, at), el("mark", {}, text.slice(at, at + length)));
    done = at + length;
  }
  return [...out, text.slice(done)];
}
