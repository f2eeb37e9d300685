// Formulas as nodes. KaTeX comes with the first one; until then, and when it does not understand one, the source stands
// there. KaTeX makes the nodes itself, with MathML for screen readers; no markup of an answer is parsed.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { load } from "../core/ondemand.js";
import { soon, whenNear } from "../core/slices.js";

const LONGEST = 4000;
const REMEMBERED = 400;
const LIMITS = { throwOnError: true, trust: false, strict: "ignore", maxSize: 30, maxExpand: 500, output: "htmlAndMathml" };
const CLOSERS = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" };
const known = new Map(); // display and source → node; a paragraph that grows is drawn many times

const ready = () => Promise.all([load("katex/katex.min.js"), load("katex/katex.min.css")]);

/** The node of a formula: `mark` is what opened it, and says whether it stands on a line of its own. */
export function formula(tex, mark) {
  const display = mark === "$$" || mark === "\\[";
  const source = `${mark}${tex}${CLOSERS[mark]}`;
  const node = el("span", { className: display ? "lu-math lu-display" : "lu-math", dir: "ltr" });
  const had = known.get(keyOf(tex, display));
  if (had) fill(node, had, source);
  else wait(node, tex, display, source);
  return node;
}

const keyOf = (tex, display) => `${display ? "d" : "i"}${tex}`;

function wait(node, tex, display, source) {
  node.append(el("code", {}, source));
  whenNear(node, () => {
    ready().then(
      () => soon(() => fill(node, drawn(tex, display), source)),
      () => fill(node, { fault: t("The formula cannot be drawn: its script cannot be read.") }, source),
    );
  });
}

function drawn(tex, display) {
  const key = keyOf(tex, display);
  if (!known.has(key)) {
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value);
    known.set(key, attempt(tex, display));
  }
  return known.get(key);
}

function attempt(tex, displayMode) {
  if (tex.length > LONGEST) return { fault: t("This formula is too long to draw.") };
  const node = document.createElement("span");
  try {
    window.katex.render(tex, node, { ...LIMITS, displayMode });
    return { node: node.firstChild };
  } catch (e) {
    // Whatever stops it, also a nesting too deep for its parser: the source is shown, with the reason.
    return { fault: t("This formula cannot be read: {reason}", { reason: String(e.message).replace(/^KaTeX parse error: /, "") }) };
  }
}

function fill(node, { node: drawing, fault }, source) {
  if (drawing) return node.replaceChildren(drawing.cloneNode(true));
  node.classList.add("lu-unread");
  node.title = fault;
  node.replaceChildren(el("code", {}, source));
}
