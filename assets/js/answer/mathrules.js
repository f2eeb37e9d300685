// Where a formula begins and ends in a text: $…$, $$…$$, \(…\), \[…\]. What it looks like is not known here.

const MONEY = /^[\d.,]+\s+[a-z]{2,}/i; // "$5 million and 10$" is prose
const CLOSERS = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" };
const isSpace = (c) => c === " " || c === "\t" || c === "\n" || c === undefined;
const isDigit = (c) => c >= "0" && c <= "9";

function opener(src, at) {
  const two = src.slice(at, at + 2);
  return two in CLOSERS ? two : src[at] === "$" ? "$" : null;
}

// The place of the closing mark; a mark after an odd number of backslashes is a character of the formula.
function closing(src, from, mark, max) {
  for (let at = src.indexOf(mark, from); at >= 0 && at + mark.length <= max; at = src.indexOf(mark, at + 1)) {
    let slashes = 0;
    while (src[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function isProse(src, start, end) {
  const tex = src.slice(start, end);
  return isSpace(src[start]) || isSpace(src[end - 1]) || isDigit(src[end + 1]) || MONEY.test(tex) || /\w/.test(src[start - 2] ?? "");
}

function inline(state, silent) {
  const { src, pos, posMax } = state;
  const mark = opener(src, pos);
  if (!mark) return false;
  const start = pos + mark.length;
  // Once a mark has no partner behind some place it has none behind any later one: not searched again.
  const dead = (state.env.unclosed ??= new Map()).get(mark);
  if (dead?.src === src && dead.max === posMax && dead.from <= start) return false;
  const end = closing(src, start, CLOSERS[mark], posMax);
  if (end < 0) state.env.unclosed.set(mark, { src, max: posMax, from: start });
  if (end <= start || src.slice(start, end).includes("`") || (mark === "$" && isProse(src, start, end))) return false;
  if (!silent) {
    const token = state.push("math", "", 0);
    token.content = src.slice(start, end);
    token.markup = mark;
  }
  state.pos = end + mark.length;
  return true;
}

const lineOf = (state, line) => state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);

// A block goes on to its closing mark or to the first empty line, whichever comes first; without a closing mark its
// lines are a paragraph. So nothing that comes later can change where it ends.
function extent(state, first, endLine, close) {
  const inside = lineOf(state, first).slice(2);
  if (closing(inside, 0, close, inside.length) >= 0) return { last: first, closed: inside.trimEnd().endsWith(close) };
  for (let line = first + 1; line < endLine; line++) {
    if (state.isEmpty(line) || state.sCount[line] < state.blkIndent) return { last: line - 1, closed: false };
    const text = lineOf(state, line);
    if (closing(text, 0, close, text.length) >= 0) return { last: line, closed: text.trimEnd().endsWith(close) };
  }
  return { last: endLine - 1, closed: false };
}

function block(state, first, endLine, silent) {
  if (state.sCount[first] - state.blkIndent >= 4) return false;
  const mark = lineOf(state, first).slice(0, 2);
  if (mark !== "$$" && mark !== "\\[") return false;
  const close = CLOSERS[mark];
  const { last, closed } = extent(state, first, endLine, close);
  if (last === first && !closed) return false; // "$$a$$ and more" is a line of words
  if (silent) return true;
  const text = state.getLines(first, last + 1, state.blkIndent, false).trim();
  if (closed) formula(state, text.slice(2, -2), mark, first, last);
  else paragraph(state, text, first, last);
  state.line = last + 1;
  return true;
}

function formula(state, tex, mark, first, last) {
  const token = state.push("math_block", "", 0);
  Object.assign(token, { block: true, content: tex.trim(), markup: mark, map: [first, last + 1] });
}

function paragraph(state, text, first, last) {
  state.push("paragraph_open", "p", 1).map = [first, last + 1];
  Object.assign(state.push("inline", "", 0), { content: text, map: [first, last + 1], children: [] });
  state.push("paragraph_close", "p", -1);
}

/** Teaches a markdown-it the tokens `math` and `math_block`; `content` is the TeX, `markup` the opening mark. */
export function mathRules(md) {
  md.inline.ruler.before("escape", "math", inline);
  md.block.ruler.before("fence", "math_block", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
}
