// An answer that is still coming. Blocks that can no longer change are left alone; the rest is read again and laid
// over what is shown. In the end the nodes are those that `render` makes of the whole text.

import { settle } from "./blocks.js";
import { BLOCK, Plain, WHOLE, long, offset } from "./long.js";
import { isEntangled, newId, normal, notes, parse, surroundings } from "./syntax.js";

const CHEAP = 10; // ms: a dearer paint makes the next ones wait
const SHARE = 4; // a paint of n ms is followed by SHARE * n ms in which there is none

export class Growing {
  /** `cited` is what sentences are checked against as they come, or null: see `checked`. */
  constructor(root, cited = null) {
    Object.assign(this, { root, cited });
    root.replaceChildren();
    this.id = newId();
    this.text = "";
    this.done = []; // parts that cannot change, unless a link's target or a footnote comes
    this.parts = []; // of what may still change
    this.offset = 0; // where that begins in the text
    this.rest = 0; // no paint before this time
    this.plain = null;
  }

  /** Shows `text`, which is what was shown before and more. */
  paint(text) {
    this.text = normal(text);
    const wait = this.rest - performance.now();
    if (wait > 0) this.timer ??= setTimeout(() => this.now(), wait);
    else this.now();
  }

  /** Sentences that are shown already were checked, by what `cited` knows now. */
  checked() {
    for (const part of [...this.done, ...this.parts]) part.again?.();
  }

  /** Nothing more comes: what waited is shown, long code folds, diagrams are drawn. */
  finish() {
    clearTimeout(this.timer);
    this.mark(null);
    if (this.text.length > WHOLE) this.root.replaceChildren(long(this.text, this.id, this.cited));
    else this.all(surroundings(this.id, this.cited));
  }

  now() {
    clearTimeout(this.timer);
    this.timer = null;
    const began = performance.now();
    this.tail();
    this.mark(this.lastWords());
    const cost = performance.now() - began;
    this.rest = cost > CHEAP ? began + cost * (1 + SHARE) : 0;
  }

  tail() {
    const rest = this.text.slice(this.offset);
    const env = this.open(rest, this.offset);
    const blocks = this.plain ? [] : parse(rest, env);
    if (rest.length > BLOCK && !(blocks.length === 1 && blocks[0].type === "fence")) this.plainly(rest);
    else if (this.text.length <= BLOCK && (this.entangled ||= isEntangled(env))) this.all(this.open(this.text));
    else {
      settle(this.root, this.parts, blocks, env, true, this.done.at(-1)?.node);
      this.commit(rest, blocks, env.lines);
    }
  }

  open(text, base = 0) {
    return { ...surroundings(this.id, this.cited), base, lines: text.split("\n").length - 1 };
  }

  // Everything is read again, because what came now can change what stands above.
  all(env) {
    this.parts = [...this.done, ...this.parts];
    this.done = [];
    this.offset = 0;
    const blocks = parse(this.text, env);
    settle(this.root, this.parts, [...blocks, ...notes(env)], env);
  }

  // What begins two whole lines before the end is a block of its own, whatever comes, and all before it is finished.
  // Two, because a table is known by its second line.
  commit(rest, blocks, lines) {
    const last = blocks.findLastIndex(({ token }) => token.map[0] <= lines - 2);
    if (last < 1) return;
    this.offset += offset(rest, blocks[last].token.map[0]);
    this.done.push(...this.parts.splice(0, last));
  }

  // One block larger than can be read again and again: shown as it is written until the answer is finished.
  plainly(rest) {
    if (!this.plain) {
      this.parts.splice(0).forEach((part) => part.node.remove());
      this.root.append((this.plain = new Plain()).node);
    }
    this.plain.paint(rest);
  }

  // The block that grows, which carries the caret.
  lastWords() {
    let node = this.root.lastElementChild;
    if (node?.matches(".lu-notes")) node = node.previousElementSibling;
    while (node?.matches("ul, ol, li, blockquote") && node.lastElementChild) node = node.lastElementChild;
    return node?.matches("p, h3, h4, h5, h6") ? node : null;
  }

  mark(node) {
    if (this.end === node) return;
    this.end?.removeAttribute("data-end");
    node?.setAttribute("data-end", "");
    this.end = node;
  }
}
