// Marks the words a search found in the message it opens, without touching the message's nodes.

const NAME = "lu-found";

// One character for one, so that places in the folded text are places in the text.
function fold(text) {
  return [...text].map((c) => {
    const plain = c.normalize("NFD")[0].toLowerCase();
    return plain.length === c.length ? plain : c;
  }).join("");
}

const LETTER = /[\p{L}\p{N}]/u;

function* rangesIn(node, words) {
  const text = fold(node.data);
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      if (at > 0 && LETTER.test(text[at - 1])) continue; // the search finds beginnings of words
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      yield range;
    }
  }
}

/** Marks `words` (text as typed into the search, or a list) below `root`; returns the first range, or null. */
export function markWords(root, words) {
  unmark();
  const wanted = (Array.isArray(words) ? words : words.split(/[^\p{L}\p{N}]+/u)).map(fold).filter(Boolean);
  const ranges = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (wanted.length && walk.nextNode()) ranges.push(...rangesIn(walk.currentNode, wanted));
  if (ranges.length && globalThis.Highlight) CSS.highlights.set(NAME, new Highlight(...ranges));
  return ranges[0] ?? null;
}

export function unmark() {
  globalThis.CSS?.highlights?.delete(NAME);
}
