// Below an answer: how much of it is supported, and the sources it was given.

import { tell } from "../core/bus.js";
import { button, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { signOf, sourceOf, tally } from "./cited.js";

const SHOWN = 5;

/** The line that says how many sentences have which mark, or null. */
export function verdict(m) {
  const { supported, weak, unsupported } = tally(m);
  const all = supported + weak + unsupported;
  if (!all) return null;
  const part = (mark, words) => el("span", { className: `lu-v-${mark}` }, signOf(mark), words);
  return el("div", { className: "lu-verdict", role: "group", "aria-label": t("What was checked") },
    part("supported", tn("{done} of {n} sentence supported", "{done} of {n} sentences supported", all, { done: count(supported) })),
    weak > 0 && part("weak", tn("{n} weak", "{n} weak", weak)), unsupported > 0 && part("unsupported", tn("{n} not found in your documents", "{n} not found in your documents", unsupported)));
}

/** The sources of an answer as buttons, or null: those it names first, at most a handful. */
export function sourceList(m) {
  const all = m.sources ?? [];
  if (!all.length) return null;
  const named = new Set([...[...m.text.matchAll(/\[(\d{1,3})\]/g)].map((found) => Number(found[1])), ...(m.checks ?? []).map((c) => c.source)]);
  const used = all.filter((s) => named.has(s.number));
  const shown = (used.length ? used : all).slice(0, SHOWN);
  const rest = all.length - shown.length;
  const open = (s) => tell("source", { ...sourceOf(s), all });
  return el("ul", { className: "lu-sources", "aria-label": t("Sources of this answer") },
    shown.map((s) => el("li", {}, button([el("b", {}, count(s.number)), el("span", { className: "lu-cutoff", dir: "auto" }, s.name), s.page ? el("small", {}, t("p. {n}", { n: count(s.page) })) : null].filter(Boolean), () => open(s), { className: "lu-source", title: s.context || s.name, "data-focus": `source-${m.id}-${s.number}` }))),
    rest > 0 && el("li", {}, button(tn("{n} more", "{n} more", rest), () => open(all.find((s) => !shown.includes(s))), { className: "lu-source", "aria-label": tn("{n} more source that was found", "{n} more sources that were found", rest), "data-focus": `source-${m.id}-more` })));
}

/** Says that the documents hold too little, or null. */
export function tooLittle(m) {
  if (m.enough !== false) return null;
  return el("p", { className: "lu-notice", role: "note" }, t("There is too little about this in the chosen documents. What follows may not rest on them."));
}
