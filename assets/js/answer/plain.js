// An answer without its markup, as a person would type it: for pasting where Markdown means nothing.

import { newId, parse, surroundings } from "./syntax.js";

const BREAKS = { softbreak: "\n", hardbreak: "\n" };

const words = (inline) => (inline?.children ?? []).map((t) => BREAKS[t.type] ?? t.content).join("");
const rows = (table) => table.children.flatMap((part) => part.children);
const indented = (text) => text.replace(/\n(?=.)/g, "\n  ");

const KINDS = {
  bullet_list: ({ children }) => children.map((item) => `- ${indented(ofItem(item))}`).join("\n"),
  ordered_list: ({ token, children }) => children.map((item, i) => `${Number(token.attrGet("start") ?? 1) + i}. ${indented(ofItem(item))}`).join("\n"),
  table: (table) => rows(table).map((row) => row.children.map((cell) => words(cell.inline)).join("\t")).join("\n"),
  hr: () => "",
};

const ofItem = ({ children }) => children.map(block).join("\n");

function block(one) {
  const kind = KINDS[one.type];
  if (kind) return kind(one);
  if (one.inline) return words(one.inline);
  return one.children ? all(one.children) : one.token.content.trimEnd();
}

const all = (blocks) => blocks.map(block).filter(Boolean).join("\n\n");

/** The text of an answer without markup. */
export const plain = (text) => all(parse(text, surroundings(newId())));
