// Shows an attachment's text in a dialog, a piece at a time, so that megabytes do not freeze the page.

import { on } from "./bus.js";
import { openDialog } from "./dialog.js";
import { button, copy, el } from "./dom.js";
import { bytes } from "./format.js";
import { t, tn } from "./i18n.js";
import { textOf } from "./upload.js";

const PIECE = 40_000; // characters drawn at once

/** Lines and size of an attachment in words. */
export const facts = ({ lines, bytes: size }) => [lines ? tn("{n} line", "{n} lines", lines) : "", bytes(size)].filter(Boolean).join(" · ");

/**
 * Opens it: {id, name, bytes, lines, text?}; without `text` the server is asked. `asText(text)` offers to turn it
 * into plain text of the question.
 */
export async function showAttachment(item, { asText = null } = {}) {
  const page = el("pre", { className: "lu-file", tabIndex: 0, dir: "auto", "aria-label": item.name });
  const foot = el("div", { className: "lu-row lu-end" });
  const dialog = openDialog({ title: item.name, className: "lu-large", content: [el("p", { className: "lu-file-facts" }, facts(item)), page, foot] });
  page.textContent = t("Opening…");
  try {
    const text = item.text ?? (item.text = await textOf(`attachments/${encodeURIComponent(item.id)}`));
    page.textContent = "";
    more(page, foot, text, 0, actions(text, asText, dialog));
  } catch (e) {
    page.replaceChildren(el("span", { role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")));
  }
}

function actions(text, asText, dialog) {
  const use = () => {
    dialog.close();
    asText(text);
  };
  const copied = button(t("Copy"), (e) => copy(text, e.currentTarget), { className: "lu-second" });
  return [asText && button(t("Paste as text instead"), use, { className: "lu-second" }), copied].filter(Boolean);
}

function more(page, foot, text, from, acts) {
  // A piece ends where a line does, unless the line is endless.
  const cut = text.indexOf("\n", from + PIECE);
  const to = cut < 0 || cut > from + 2 * PIECE ? Math.min(from + PIECE, text.length) : cut + 1;
  page.append(el("span", {}, text.slice(from, to)));
  const rest = to < text.length;
  const shown = el("small", { className: "lu-grow" }, t("{percent}% shown", { percent: Math.floor((100 * to) / text.length) }));
  const next = button(t("Show more"), () => {
    more(page, foot, text, to, acts);
    foot.querySelector("button").focus({ preventScroll: true });
  }, { className: "lu-second" });
  foot.replaceChildren(...(rest ? [shown, next] : []), ...acts);
}

on("show-attachment", (item) => showAttachment(item));
