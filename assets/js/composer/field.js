// The composer's text field: putting text into it, and growing with it.

import { byId } from "../core/dom.js";

const GROWS = CSS.supports("field-sizing", "content"); // then the browser grows it without being asked
const LONG = 20_000; // characters: surely taller than it may grow
const UNDONE = 5_000; // characters that are typed in, so that Ctrl+Z takes them back; more would take too long

export const field = () => byId("lu-text");

/** Grows with its text, in browsers that do not do it by themselves. */
export function size() {
  if (GROWS) return;
  const f = field();
  const most = innerHeight * 0.4;
  f.style.height = "auto";
  f.style.height = `${f.value.length > LONG ? most : Math.min(f.scrollHeight, most)}px`;
}

/** Replaces all of the text; the caret stands at its end. Nobody hears `input`. */
export function setText(text) {
  field().value = text;
  size();
}

/** Puts text in the place of [from, to), at the caret when they are not given; views hear `input`. */
export function insert(text, from = field().selectionStart, to = field().selectionEnd) {
  const f = field();
  f.focus();
  f.setSelectionRange(from, to);
  if (text.length <= UNDONE && document.execCommand(text ? "insertText" : "delete", false, text)) return;
  f.setRangeText(text, from, to, "end");
  f.dispatchEvent(new Event("input"));
}

/** Puts text at the caret as lines of their own, and the caret below them. */
export function insertLines(text) {
  const { value, selectionStart: at, selectionEnd: end } = field();
  const before = at === 0 || value[at - 1] === "\n" ? "" : "\n";
  insert(`${before}${text}\n\n`, at, end);
  field().scrollTop = field().scrollHeight;
}

/** The few characters before the caret, or null while something is selected. */
export function beforeCaret(most) {
  const { value, selectionStart: at, selectionEnd: end } = field();
  return at === end ? { text: value.slice(Math.max(0, at - most), at), at } : null;
}
