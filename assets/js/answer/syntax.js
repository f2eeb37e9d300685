// Markdown to a tree. markdown-it without HTML reads the text; nothing it says is ever parsed as HTML again: blocks.js
// and inline.js make nodes of the kinds they know. Nothing an answer says is fetched: pictures become links.

import { mathRules } from "./mathrules.js";

const ABSOLUTE = /^(https?:\/\/|mailto:)/i;
const CROWD = 200;
const DEEPEST = 40; // levels: a list takes two. What lies deeper is shown as its source

// Relative addresses would point into Lumora itself: an answer has no business there.
/** Whether an answer may link to it. */
export const isLink = (address) => ABSOLUTE.test(address);

let made = null;

// Made for the first text, or when the page has settled: it takes some milliseconds that the first page lacks.
const md = () => (made ??= reader());
setTimeout(md, 2000);

function reader() {
  const md = window.markdownit({ html: false, linkify: true, maxNesting: DEEPEST + 20 });
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  md.validateLink = isLink;
  md.use(window.markdownitFootnote);
  md.use(mathRules);
  md.block.ruler.before("table", "deep", (state, first, endLine) => {
    if (state.level < DEEPEST) return false;
    Object.assign(state.push("deep", "", 0), { content: state.getLines(first, endLine, 0, false), map: [first, endLine] });
    state.line = endLine;
    return true;
  });
  md.core.ruler.at("footnote_tail", gather);
  return md;
}

// Footnotes stand at the end of the whole answer, not of the piece that was read: taken out here, shown by `notes`.
function gather(state) {
  const open = [];
  const kept = [];
  for (const token of state.tokens) {
    if (token.type === "footnote_reference_open") open.push({ label: token.meta.label, tokens: [] });
    else if (token.type === "footnote_reference_close") keep(state.env, open.pop());
    else (open.at(-1)?.tokens ?? kept).push(token);
  }
  state.tokens = kept;
}

const keep = (env, { label, tokens }) => env.definitions.set(label, tokens);

let ids = 0;

/** Tells one text of the page from all others. */
export const newId = () => ++ids;

/** The text with the line ends that everything here counts by. */
export const normal = (text) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/**
 * What pieces of one text have in common: link targets and footnotes. `uid` tells its footnotes from other texts'.
 * `cited` is what its sentences were checked against; then `base` is where in the text the piece begins that is read.
 */
export function surroundings(uid, cited = null) {
  // A definition read after its first reference must not take back the number given.
  const refs = new Proxy({}, { set: (had, label, id) => ((had[label] ??= id) < 0 && (had[label] = id), true) });
  return { uid, cited, base: 0, source: "", references: {}, footnotes: { refs, list: [] }, definitions: new Map() };
}

/** Whether something in the text can change what stands elsewhere in it. */
export const isEntangled = (env) => Object.keys(env.references).length + Object.keys(env.footnotes.refs).length + env.footnotes.list.length > 0;

/** The blocks of a text, each {type, token, children?, inline?}; types are those of markdown-it without `_open`. */
export function parse(text, env) {
  if (env.cited) Object.assign(env, { source: text, starts: null });
  // Notes within the line are read anew for each that opens: of too many, none is one.
  const crowded = text.split("^[", CROWD).length === CROWD;
  if (crowded) md().inline.ruler.disable("footnote_inline");
  try {
    return tree(md().parse(text, env));
  } finally {
    if (crowded) md().inline.ruler.enable("footnote_inline");
  }
}

function tree(tokens) {
  const root = { children: [] };
  const path = [root];
  for (const token of tokens) {
    const parent = path.at(-1);
    if (token.type === "inline") parent.inline = token;
    else if (token.nesting < 0) path.pop();
    else {
      const block = { type: token.type.replace(/_open$/, ""), token };
      parent.children.push(block);
      if (token.nesting > 0) path.push(Object.assign(block, { children: [] }));
    }
  }
  return root.children;
}

/** The block of all footnotes that were referred to, or nothing. */
export function notes(env) {
  const { list } = env.footnotes;
  if (!list.length) return [];
  const item = ({ label, tokens, content, count }, id) => ({
    type: "footnote",
    id,
    count: count ?? 1,
    children: tokens ? [{ type: "paragraph", inline: { content, children: tokens } }] : tree(env.definitions.get(label) ?? []),
  });
  return [{ type: "footnotes", children: list.map(item) }];
}
