// A part of an answer that is selected can be quoted in the next question: a button floats beside the selection.

import { tell } from "../core/bus.js";
import { button, byId, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { placeAt } from "../core/popover.js";

let shown = null;

/** Quotes `text` in the composer. */
export function quote(text) {
  tell("quote", text.trim());
  tell("focus-composer");
}

function selected() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const body = range.commonAncestorContainer;
  const inside = (body.nodeType === Node.TEXT_NODE ? body.parentElement : body)?.closest("#lu-messages .lu-ans");
  const text = selection.toString().trim();
  return inside && text ? { range, text } : null;
}

function hide() {
  shown?.remove();
  shown = null;
}

function offer() {
  const found = selected();
  hide();
  if (!found) return;
  // A press would take the selection away before the click.
  shown = button([icon("quote"), t("Quote")], () => use(found.text), { className: "lu-quote-button" });
  shown.addEventListener("pointerdown", (e) => e.preventDefault());
  byId("app").append(shown);
  const rects = found.range.getClientRects();
  placeAt(shown, rects[rects.length - 1] ?? found.range.getBoundingClientRect());
}

function use(text) {
  getSelection().removeAllRanges();
  hide();
  quote(text);
}

let timer = 0;

/** Watches selections; `scroller` moves them away under the button. */
export function watchSelection(scroller) {
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, 150);
  });
  scroller.addEventListener("scroll", hide, { passive: true });
}
