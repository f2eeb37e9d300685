// The runs that are kept, and two of them side by side: each measure with its difference, and the questions that changed.

import { button, el, iconButton } from "../core/dom.js";
import { count, moment } from "../core/format.js";
import { locale, t, tn } from "../core/i18n.js";
import { complain } from "../core/toast.js";
import { section } from "../settings/controls.js";
import { settingsWords } from "./state.js";

const MEASURES = [["hit@1", "hit@1"], ["hit@3", "hit@3"], ["hit@5", "hit@5"], ["hit@10", "hit@10"], ["ndcg@10", "nDCG@10"], ["mrr", "MRR"]];
const SAME = 0.00005;
let digits = null;
const share = (value) => (value === null || value === undefined ? "–" : (digits ??= new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 })).format(value));

const measures = () => [...MEASURES, ["support", t("Answer support")]];

/** Draws them. */
export function resultsPart(state) {
  if (!state.runs.length) return "";
  const after = state.whole.get(state.after);
  const before = state.whole.get(state.before);
  return el("div", { className: "lu-page" }, section(t("Results"), state.runs.length > 1 ? t("Choose two runs to see them side by side.") : null, runs(state)), after && before ? compared(state, before, after) : "", after ? questions(after, before) : "");
}

function runs(state) {
  const head = el("tr", {}, el("th", { scope: "col" }, t("Before")), el("th", { scope: "col" }, t("After")), el("th", { scope: "col" }, t("Run")), measures().map(([, name]) => el("th", { scope: "col", className: "lu-right" }, name)), el("th", { scope: "col" }, el("span", { className: "lu-sr" }, t("Remove"))));
  return el("div", { className: "lu-table lu-stack lu-runs", role: "region", "aria-label": t("Results"), tabIndex: 0 }, el("table", {}, el("thead", {}, head), el("tbody", {}, state.runs.map((r) => run(state, r)))));
}

function run(state, r) {
  const when = moment(r.created_at);
  const choice = (which, words) => {
    const input = el("input", { type: "radio", name: `golden-${which}`, checked: state[which] === r.id, "aria-label": words, "data-focus": `${which}-${r.id}`, on: { change: () => (which === "before" ? state.compare(r.id, state.after) : state.compare(state.before, r.id)) } });
    if (state.runs.length === 1 && which === "before") return el("td");
    return el("td", { "data-column": which === "before" ? t("Before") : t("After") }, input);
  };
  return el("tr", {}, choice("before", t("Before: the run of {when}", { when })), choice("after", t("After: the run of {when}", { when })),
    el("td", { className: "lu-line" }, el("span", {}, when), el("small", {}, `${settingsWords(r.settings)} · ${tn("{n} question", "{n} questions", r.metrics.questions)}`)),
    measures().map(([key, name]) => el("td", { className: "lu-right", "data-column": name }, share(r.metrics[key]))),
    el("td", {}, iconButton("bin", t("Remove the run of {when}", { when }), () => state.forget(r.id).catch(complain), { "data-focus": `forget-run-${r.id}` })));
}

function compared(state, before, after) {
  const rows = measures().map(([key, name]) => {
    const [a, b] = [before.metrics[key], after.metrics[key]];
    return el("tr", {}, el("th", { scope: "row" }, name), el("td", { className: "lu-right" }, share(a)), el("td", { className: "lu-right" }, share(b)), el("td", { className: "lu-right" }, difference(a, b)));
  });
  const head = [t("Measure"), t("Before"), t("After"), t("Difference")].map((words, i) => el("th", { scope: "col", className: i ? "lu-right" : "" }, words));
  const swap = button(t("Swap"), () => state.compare(state.after, state.before), { className: "lu-quiet", "data-focus": "swap-runs" });
  return section(t("Side by side"), null, el("div", { className: "lu-table", role: "region", "aria-label": t("Side by side"), tabIndex: 0 }, el("table", { className: "lu-compared" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows))), swap);
}

function difference(a, b) {
  if (a === null || b === null || a === undefined || b === undefined) return "–";
  const by = b - a;
  if (Math.abs(by) < SAME) return el("span", { className: "lu-same" }, t("the same"));
  const words = by > 0 ? t("better by {n}", { n: share(by) }) : t("worse by {n}", { n: share(-by) });
  return el("span", { className: by > 0 ? "lu-better" : "lu-worse" }, el("span", { "aria-hidden": "true" }, by > 0 ? "▲ " : "▼ "), words);
}

const placeWords = (place) => (place === null ? t("not found") : t("place {n}", { n: count(place) }));

function questions(after, before) {
  const earlier = new Map((before?.questions ?? []).map((q) => [q.id, q]));
  const changed = after.questions.filter((q) => earlier.has(q.id) && earlier.get(q.id).place !== q.place);
  const shown = before ? changed : after.questions;
  const title = before ? t("Questions that changed") : t("Question by question");
  if (before && !changed.length) return section(title, null, el("p", { className: "lu-quiet" }, t("Every question finds its document at the same place as before.")));
  return section(title, null, el("ul", { className: "lu-golden", "aria-label": title }, shown.map((q) => question(q, earlier.get(q.id)))));
}

function question(q, earlier) {
  const better = earlier && (q.place ?? Infinity) < (earlier.place ?? Infinity);
  const moved = earlier ? t("{before} → {after}", { before: placeWords(earlier.place), after: placeWords(q.place) }) : placeWords(q.place);
  const found = q.found.slice(0, 3).map((f) => f.name).join(" · ");
  const support = q.claims ? t("{done} of {n} sentences supported", { done: count(q.supported), n: count(q.claims) }) : null;
  return el("li", {}, el("span", { className: "lu-grow" }, el("span", { dir: "auto" }, q.question), el("small", { dir: "auto" }, [found ? t("Found: {names}", { names: found }) : t("Nothing was found."), support].filter(Boolean).join(" · "))),
    el("b", { className: earlier ? (better ? "lu-better" : "lu-worse") : q.place === null ? "lu-worse" : "lu-place" }, moved));
}
