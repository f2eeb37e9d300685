// Texts too long to be read in one go: read and shown in pieces between frames. What cannot be cut at a block, and
// what is larger than anybody reads, is shown as it is written.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { lay } from "./laying.js";
import { soon, whenNear } from "../core/slices.js";
import { notes, parse, surroundings } from "./syntax.js";

/** Characters: a longer text is not read in one go, and no single block longer than BLOCK is read at all. */
export const WHOLE = 16_000;
export const BLOCK = 48_000;
const READ = 2_000_000; // of all of it; more is shown plainly
const WINDOW = 5_000;
const PIECE = 4_000;
const DEFINITION = /^ {0,3}\[[^\]\n]{1,200}\]:.*$/gm;

/** The start of a piece that reading stops before, at most `most` characters on: at a line's end where there is one. */
function cut(text, from, most) {
  if (text.length - from <= most) return text.length;
  const line = text.slice(from, from + most).lastIndexOf("\n"); // not in the whole: it may have no line end at all
  return line > 0 ? from + line + 1 : from + most - (/[\uD800-\uDBFF]/.test(text[from + most - 1]) ? 1 : 0);
}

/** Text as it is written, in pieces of which only those near the reader are laid out. `paint` goes on with more. */
export class Plain {
  constructor() {
    this.node = el("div", { className: "lu-plain", dir: "auto" }, el("p", { className: "lu-note" }, t("This part is too large to format and is shown as plain text.")));
    this.shown = 0;
  }

  paint(text) {
    this.text = text;
    this.running ??= soon(() => this.piece()) ?? true;
  }

  piece() {
    for (let n = 0; n < 8 && this.shown < this.text.length; n++) {
      const end = cut(this.text, this.shown, PIECE);
      this.node.append(el("div", {}, this.text.slice(this.shown, end)));
      this.shown = end;
    }
    if (this.shown < this.text.length) return this.node.isConnected ? () => this.piece() : this.later();
    this.running = null;
    return null;
  }

  // Taken from the page, as when another conversation is opened: goes on when it is seen again.
  later() {
    whenNear(this.node, () => this.piece());
    return null;
  }
}

/** A node that shows `text` whole in the end, and its beginning at once. */
export function long(text, uid, cited = null) {
  const node = el("div", { className: "lu-long" });
  if (text.length > READ) {
    const plain = new Plain();
    node.append(plain.node);
    plain.paint(text);
    return node;
  }
  const env = surroundings(uid, cited);
  parse((text.match(DEFINITION) ?? []).slice(0, 500).join("\n\n"), env);
  read(node, text, 0, WINDOW, env);
  return node;
}

function read(node, text, at, size, env) {
  // Each piece knows where it begins, for as long as its words are still to be laid.
  env = { ...env, base: at };
  const { shown, end, blocks } = portion(text, at, size, env);
  if (shown) node.append(shown);
  const next = end < text.length ? () => soon(() => read(node, text, end, shown ? WINDOW : size * 2, env)) : () => finish(node, env);
  if (blocks) lay(shown, blocks, env, next);
  else next();
}

function finish(node, env) {
  const part = el("div", { className: "lu-part" });
  lay(part, notes(env), env, () => part.hasChildNodes() && node.append(part) && null);
}

const piece = (blocks, end) => ({ shown: el("div", { className: "lu-part" }), blocks, end });

// One window of the text, up to where its last block begins, because that may go on.
function portion(text, at, size, env) {
  const stop = cut(text, at, size);
  const window = text.slice(at, stop);
  const whole = stop === text.length;
  const blocks = parse(window, env);
  const last = blocks.at(-1)?.token.map[0] ?? 0;
  if (!whole && last === 0) return undivided(text, at, size, blocks[0], env);
  return whole ? piece(blocks, text.length) : piece(blocks.slice(0, -1), at + offset(window, last));
}

// A block that does not end in sight. Code is no burden at any length; other blocks are tried with a larger window,
// and shown as written, up to the next empty line, when that is too small as well.
function undivided(text, at, size, block, env) {
  if (block?.type === "fence") return codeWhole(text, at, block.token, env);
  if (size < BLOCK) return { shown: null, end: at };
  const gap = text.indexOf("\n\n", at + size);
  const end = gap < 0 ? text.length : gap + 2;
  const plain = new Plain();
  plain.paint(text.slice(at, end));
  return { shown: plain.node, end };
}

function codeWhole(text, at, { markup }, env) {
  const close = new RegExp(`^ {0,3}${markup}${markup[0]}*[ \\t]*$`, "gm");
  close.lastIndex = text.indexOf("\n", at) + 1;
  const found = close.exec(text);
  const end = found ? found.index + found[0].length + 1 : text.length;
  return piece(parse(text.slice(at, end), env), end);
}

/** Where the `line`th line of a text begins. */
export function offset(text, line) {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf("\n", at) + 1;
  return at;
}
