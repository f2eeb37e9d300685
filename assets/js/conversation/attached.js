// What was attached to a question: a chip each, and a dialog that shows the text, also when it has 20,000 lines.

import { requestText } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { button, copy, el, icon, iconButton } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { t, tn } from "../core/i18n.js";

const BLOCK = 200; // lines that are laid out together
const LINE = 4000; // characters; longer lines are cut into several
const LINE_PX = 19;

/** The words of a chip: name, lines, size. */
export const chipWords = (a) => [a.name, a.lines !== undefined && a.lines !== null && tn("{n} line", "{n} lines", a.lines), a.bytes && bytes(a.bytes)].filter(Boolean).join(" · ");

/** Chips that open what they name; `drop(attachment)` adds a button that takes one away. Null when there are none. */
export function chips(attachments, drop = null) {
  if (!attachments?.length) return null;
  return el("div", { className: "lu-files" }, attachments.map((a) => chip(a, drop)));
}

function chip(a, drop) {
  const open = button([icon("file"), el("span", { dir: "auto" }, chipWords(a))], () => view(a), { className: "lu-file", "aria-label": t("Show {name}", { name: chipWords(a) }) });
  return drop ? el("span", { className: "lu-file-row" }, open, iconButton("close", t("Remove {name}", { name: a.name }), () => drop(a))) : open;
}

/** Shows the text of an attachment; it is asked for now, unless the page has it. */
export async function view(a) {
  const place = el("div", { className: "lu-text", tabIndex: 0, role: "region", "aria-label": a.name }, el("p", { className: "lu-note" }, t("Opening…")));
  const leaving = new AbortController();
  const dialog = openDialog({ title: chipWords(a), className: "lu-large", content: [place], onClose: () => leaving.abort() });
  try {
    const text = a.text ?? (await fetchText(a.id, leaving.signal));
    place.replaceChildren(...blocks(text));
    dialog.body.append(el("div", { className: "lu-row lu-end" }, button(t("Copy"), (e) => copy(text, e.currentTarget), { className: "lu-second" })));
  } catch (e) {
    if (e.name === "AbortError") return;
    place.replaceChildren(el("p", { role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")));
  }
}

const fetchText = (id, signal) => requestText(`attachments/${encodeURIComponent(id)}`, { signal });

const cut = (line) => (line.length > LINE ? line.match(new RegExp(`[^]{1,${LINE}}`, "gu")) : [line]);

// Blocks out of sight are not laid out: their height is what their lines come to.
function blocks(text) {
  const lines = text.split("\n").flatMap(cut);
  const out = [];
  for (let i = 0; i < lines.length; i += BLOCK) {
    const some = lines.slice(i, i + BLOCK);
    const block = el("pre", { dir: "auto" }, some.join("\n"));
    block.style.containIntrinsicHeight = `auto ${some.length * LINE_PX}px`;
    out.push(block);
  }
  return out;
}
