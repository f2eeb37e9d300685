// Blocks to nodes, and a later state of the same text onto the nodes it already has: only what changed is touched, so
// a growing answer keeps its selection, its scrolled code and its place.

import { markKey } from "./citing.js";
import { Code } from "./code.js";
import { Diagram } from "./diagram.js";
import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { isFinished, isMermaid } from "./fences.js";
import { jump, markId, noteId, signature, words } from "./inline.js";
import { formula } from "./math.js";

const TASK = /^\[([ xX])\]\s+/;

class Words {
  constructor(block, env, outer) {
    this.node = el(tagOf(block), { dir: outer ? "auto" : null });
    this.update(block, env);
  }

  update(block, env) {
    const { type, token, inline } = block;
    if (env.cited) Object.assign(this, { block, env }); // it is checked after it was written
    const side = type === "td" || type === "th" ? sideOf(token) : token?.hidden ? "lu-tight" : "";
    if (this.node.className !== side) named(this.node, side);
    const now = inline ? signature(inline) + (env.cited ? markKey(inline, env) : "") : "";
    if (now === this.shown) return;
    this.shown = now;
    this.node.replaceChildren(inline ? words(inline, env) : "");
  }

  /** Its sentences were checked meanwhile. */
  again() {
    if (this.block) this.update(this.block, this.env);
  }
}

// No empty attribute stays behind: what grew is to be what would have been made at once.
function named(node, name) {
  if (name) node.className = name;
  else node.removeAttribute("class");
}

const HEADINGS = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6", h6: "h6" }; // the page has h1 and h2
const tagOf = ({ type, token }) => (type === "heading" ? HEADINGS[token.tag] : type === "paragraph" ? "p" : type);

function sideOf(token) {
  const style = token.attrGet("style") ?? "";
  return style.includes("right") ? "lu-right" : style.includes("center") ? "lu-centre" : "";
}

// Holds other blocks: list, item, quote, table, row, footnotes.
class Box {
  constructor(block, env, outer, shape = {}) {
    const { tag = tagNames[block.type], props = {}, frame = null } = shape;
    this.inner = el(tag, { ...props, dir: outer ? "auto" : null });
    this.node = frame ? el(frame.tag, frame.props, this.inner) : this.inner;
    this.parts = [];
    this.update(block, env);
  }

  update(block, env) {
    if (block.type === "list_item") this.task(block);
    const start = block.type === "ordered_list" && block.token.attrGet("start");
    if (start) this.inner.setAttribute("start", start);
    settle(this.inner, this.parts, block.children, env, false, this.box ?? null);
  }

  again() {
    for (const part of this.parts) part.again?.();
  }

  // "[x] done": a box that shows its state and cannot be changed, because the text is what it is.
  task({ children: [first] }) {
    const head = first?.type === "paragraph" && first.inline?.children[0];
    const found = head?.type === "text" && TASK.exec(head.content);
    const state = found ? (found[1] === " " ? "open" : "done") : "";
    if (state) first.inline = without(first.inline, found[0].length);
    if (state === (this.state ?? "")) return;
    this.state = state;
    this.box?.remove();
    this.box = state ? el("input", { type: "checkbox", disabled: true, "aria-label": state === "done" ? t("Done") : t("Not done") }) : null;
    if (state === "done") this.box.setAttribute("checked", "");
    named(this.inner, state && "lu-task");
    if (this.box) this.inner.prepend(this.box);
  }
}

const tagNames = { bullet_list: "ul", ordered_list: "ol", list_item: "li", blockquote: "blockquote", thead: "thead", tbody: "tbody", tr: "tr" };

function without(inline, length) {
  const [first, ...rest] = inline.children;
  return { content: inline.content, children: [{ ...first, content: first.content.slice(length) }, ...rest] };
}

const tableShape = () => ({ tag: "table", frame: { tag: "div", props: { className: "lu-table", tabIndex: 0, role: "region", "aria-label": t("Table") } } });

class Notes extends Box {
  constructor(block, env) {
    super(block, env, true, { tag: "ol", frame: { tag: "section", props: { className: "lu-notes", role: "doc-endnotes", "aria-label": t("Footnotes") } } });
  }
}

class Note extends Box {
  constructor(block, env) {
    super(block, env, false, { tag: "li", props: { id: noteId(env, block.id), tabIndex: -1 } });
  }

  update(block, env) {
    super.update(block, env);
    if (this.count === block.count) return;
    this.count = block.count;
    this.back?.remove();
    const link = (_, sub) => jump(null, markId(env, block.id, sub), t("Back to the text, mark {n}", { n: block.id + 1 }), "↩\uFE0E", "doc-backlink");
    this.back = el("span", { className: "lu-back" }, Array.from({ length: Math.min(block.count, 20) }, link));
    this.inner.append(this.back);
  }
}

class Formula {
  constructor(block) {
    this.node = el("div", { className: "lu-formula", dir: "ltr", tabIndex: 0, role: "group", "aria-label": t("Formula") });
    this.update(block);
  }

  update({ token }) {
    if (token.content === this.shown) return;
    this.shown = token.content;
    this.node.replaceChildren(formula(token.content, token.markup));
  }
}

class Line {
  node = el("hr");
  update() {}
}

class Deep {
  constructor(block) {
    this.node = el("div", { className: "lu-deep", dir: "auto" });
    this.update(block);
  }

  update({ token }) {
    if (this.node.textContent !== token.content) this.node.textContent = token.content;
  }
}

const KINDS = {
  paragraph: Words, heading: Words, th: Words, td: Words,
  footnotes: Notes, footnote: Note, math_block: Formula, hr: Line, deep: Deep, fence: Code, code_block: Code, diagram: Diagram,
};

const kindOf = (block, env) => (block.type === "fence" && isMermaid(block.token) && isFinished(block.token, env) ? "diagram" : block.type === "heading" ? tagOf(block) : block.type);

function made(kind, block, env, outer) {
  if (block.type === "table") return new Box(block, env, outer, tableShape());
  const cell = block.type === "td" || block.type === "th"; // each cell reads its own way, whatever the table does
  return new (KINDS[kind] ?? KINDS[block.type] ?? Box)(block, env, outer || cell);
}

/** Makes `parent` show `blocks`; `parts` is what it shows, in order, and is kept up to date. `after` stays before them. */
export function settle(parent, parts, blocks, env, outer = true, after = null) {
  blocks.forEach((block, i) => {
    const kind = kindOf(block, env);
    if (parts[i]?.kind === kind) return parts[i].update(block, env);
    const part = Object.assign(made(kind, block, env, outer), { kind });
    if (parts[i]) parts[i].node.replaceWith(part.node);
    else if (parts.length) parts.at(-1).node.after(part.node);
    else if (after) after.after(part.node);
    else parent.prepend(part.node);
    parts[i] = part;
  });
  for (const part of parts.splice(blocks.length)) part.node.remove();
}
