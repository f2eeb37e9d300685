// The words of a block: text, emphasis, links, formulas, marks of footnotes. Nodes are made one by one, of these kinds
// only; anything else an answer says is text.

import { el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { isLink } from "./syntax.js";
import { Pen } from "./citing.js";
import { formula } from "./math.js";

const PAIRS = { em: "em", strong: "strong", s: "s" };
const DEEPEST = 30; // beyond it emphasis within emphasis changes nothing
const SHOWN = 60;
const ENDLESS = /\S{1000}/;
const PART = /[\s\S]{1,64}/gu;

/** The nodes of an inline token. */
export function words(token, env) {
  const path = [document.createDocumentFragment()];
  const pen = env.cited ? new Pen(token, env) : null;
  let ignored = 0;
  for (const t of token.children) {
    if (t.nesting > 0) {
      if (path.length > DEEPEST) ignored++;
      else path.push(opened(t));
    } else if (t.nesting < 0) {
      pen?.pass(t.type);
      if (ignored) ignored--;
      else if (path.length > 1) {
        const node = path.pop();
        path.at(-1).append(node);
      }
    } else path.at(-1).append(pen ? penned(t, env, pen) : single(t, env));
  }
  while (path.length > 1) {
    const node = path.pop();
    path.at(-1).append(node);
  }
  pen?.end();
  return path[0];
}

// The same where sentences were checked: each part says how it stands in the source.
function penned(token, env, pen) {
  if (token.type === "text") return ENDLESS.test(token.content) ? single(token, env) : pen.text(token.content);
  if (token.type === "code_inline" || token.type === "math") return pen.whole(single(token, env), token.content);
  if (token.type === "softbreak" || token.type === "hardbreak") pen.pass("break");
  else if (token.type === "footnote_ref") pen.pass("note");
  return single(token, env);
}

function opened(token) {
  if (token.type === "link_open") return link(token.attrGet("href"), token.attrGet("title"));
  return el(PAIRS[token.type.replace("_open", "")] ?? "span");
}

function link(address, title) {
  const safe = isLink(address ?? "") ? { href: address, target: "_blank", rel: "noopener noreferrer nofollow" } : {};
  return el("a", { ...safe, title: title || null });
}

function single(token, env) {
  if (token.type === "code_inline") return el("code", {}, token.content);
  if (token.type === "hardbreak") return el("br");
  if (token.type === "softbreak") return "\n";
  if (token.type === "image") return picture(token);
  if (token.type === "math") return formula(token.content, token.markup);
  if (token.type === "footnote_ref") return mark(token.meta, env);
  return ENDLESS.test(token.content) ? breakable(token.content) : token.content;
}

// A browser takes seconds to break a word of thousands of letters: places to do so are marked. They copy as nothing.
function breakable(text) {
  const node = document.createDocumentFragment();
  for (const part of text.match(PART)) node.append(part, el("wbr"));
  return node;
}

function picture(token) {
  const address = token.attrGet("src") ?? "";
  const node = link(address, null);
  node.className = "lu-picture";
  node.title = t("Not loaded: {address}", { address });
  node.append(icon("picture"), token.content || t("Picture"), el("span", {}, address.length > SHOWN ? `${address.slice(0, SHOWN - 3)}…` : address));
  return node;
}

/** The ids of a footnote and of the `sub`th mark that refers to it. */
export const noteId = (env, id) => `lu-note-${env.uid}-${id + 1}`;
export const markId = (env, id, sub) => `lu-mark-${env.uid}-${id + 1}-${sub ?? 0}`;

/** A link within the answer: goes there without touching the address of the page. */
export function jump(from, to, label, text, role) {
  const go = (e) => {
    e.preventDefault();
    const there = e.currentTarget.closest(".lu-ans")?.querySelector(`#${CSS.escape(to)}`);
    there?.scrollIntoView({ block: "center" });
    there?.focus({ preventScroll: true });
  };
  return el("a", { id: from, href: `#${to}`, role, "aria-label": label, on: { click: go } }, text);
}

function mark({ id, subId }, env) {
  const n = id + 1;
  return el("sup", { className: "lu-ref" }, jump(markId(env, id, subId), noteId(env, id), t("Footnote {n}", { n }), String(n), "doc-noteref"));
}

/** What two tokens have in common when their nodes would be the same. */
export function signature(token) {
  if (!/[[<^]/.test(token.content)) return token.content; // without brackets nothing elsewhere can change it
  const far = (c) => (c.type === "footnote_ref" ? `${c.meta.id}:${c.meta.subId}` : c.type === "link_open" ? `${c.attrGet("href")} ${c.attrGet("title")}` : c.type === "image" ? c.attrGet("src") : c.type);
  return `${token.content}\n${token.children.map(far).join("\n")}`;
}
