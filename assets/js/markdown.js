// Markdown to nodes. markdown-it without HTML makes the markup, DOMPurify checks it again, and only then does it
// become nodes. Nothing an answer says is fetched: pictures turn into links that say what they are.

import { button, copy, el, icon } from "./dom.js";

const ABSOLUTE = /^(https?:\/\/|mailto:)/i;
const TAGS =
  "p br hr strong em s del code pre blockquote ul ol li h3 h4 h5 h6 table thead tbody tr th td a span".split(" ");

const md = window.markdownit({ html: false, linkify: true });
md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
// Relative addresses would point into Lumora itself: an answer has no business there.
md.validateLink = (url) => ABSOLUTE.test(url);
md.renderer.rules.image = (tokens, i) => {
  const address = md.utils.escapeHtml(tokens[i].attrGet("src"));
  const name = md.utils.escapeHtml(tokens[i].content || "Picture");
  return `<a class="lu-picture" href="${address}">${name}</a>`;
};
md.core.ruler.push("lumora", ({ tokens }) => {
  for (const token of tokens) {
    if (token.type.startsWith("heading_")) token.tag = `h${Math.min(6, Number(token.tag[1]) + 2)}`; // the page has h1 and h2
    const style = token.attrGet("style");
    if (style) {
      token.attrs = token.attrs.filter(([name]) => name !== "style");
      if (style.includes("right")) token.attrSet("class", "lu-right");
    }
  }
});

const purify = window.DOMPurify;
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  if (!ABSOLUTE.test(node.getAttribute("href") ?? "")) node.removeAttribute("href");
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

function nodes(tokens, env) {
  const html = md.renderer.render(tokens, md.options, env);
  const fragment = purify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "title", "class", "start"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  fragment.querySelectorAll("pre").forEach(dressCode);
  fragment.querySelectorAll("table").forEach(dressTable);
  fragment.querySelectorAll("a.lu-picture").forEach(dressPicture);
  return fragment;
}

function dressCode(pre) {
  const code = pre.querySelector("code");
  const language = /language-([\w+#.-]{1,20})/.exec(code?.className ?? "")?.[1] ?? "";
  const bar = el("div", { className: "lu-code-bar" }, el("span", {}, language || "text"));
  bar.append(button("Copy", (e) => copy(pre.textContent, e.currentTarget), { "aria-label": "Copy code" }));
  const frame = el("div", { className: "lu-code" }, bar);
  pre.replaceWith(frame);
  frame.append(pre);
  pre.tabIndex = 0;
}

function dressTable(table) {
  const frame = el("div", { className: "lu-table", tabIndex: 0, role: "region", "aria-label": "Table" });
  table.replaceWith(frame);
  frame.append(table);
}

function dressPicture(link) {
  const address = link.getAttribute("href") ?? "";
  link.prepend(icon("picture"));
  link.append(el("span", {}, address.length > 60 ? `${address.slice(0, 57)}…` : address));
  link.title = `Not loaded: ${address}`;
}

/** The whole of a finished answer. */
export function render(text) {
  const env = {};
  return nodes(md.parse(text, env), env);
}

/**
 * An answer that is still coming. `paint(text)` renders only what stands after the last finished block: blocks
 * before the last one can no longer change, so they are appended once and never touched again.
 */
export class Growing {
  constructor(root) {
    this.done = el("div", { className: "lu-done" });
    this.tail = el("div", { className: "lu-tail" });
    root.replaceChildren(this.done, this.tail);
    this.offset = 0;
  }

  paint(text) {
    const rest = text.slice(this.offset);
    const env = {};
    const tokens = md.parse(rest, env);
    const starts = tokens.flatMap((t, i) => (t.level === 0 && t.nesting >= 0 && t.map ? [i] : []));
    const last = starts.at(-1) ?? 0;
    if (last > 0) {
      this.done.append(nodes(tokens.slice(0, last), env));
      this.offset += lineOffset(rest, tokens[last].map[0]);
    }
    this.tail.replaceChildren(nodes(tokens.slice(last), env));
  }
}

function lineOffset(text, line) {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf("\n", at) + 1;
  return at;
}
