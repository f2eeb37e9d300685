// How an answer came about, in plain words: what was searched for, what was found and how it was ranked, what was left
// out and why, and where the time went.

import { request } from "../core/api.js";
import { chat } from "../conversation/current.js";
import { openDialog } from "../core/dialog.js";
import { button, copy, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { locale, t, tn } from "../core/i18n.js";

const share = (n) => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(n);

/** Opens the trace of an answer. */
export async function openTrace(id) {
  const place = el("div", { className: "lu-page lu-trace" }, el("p", { className: "lu-note" }, t("Loading…")));
  const leaving = new AbortController();
  const dialog = openDialog({ title: t("How this answer came about"), className: "lu-large", content: [place], onClose: () => leaving.abort() });
  try {
    const trace = await request(`messages/${encodeURIComponent(id)}/trace`, { signal: leaving.signal });
    place.replaceChildren(...content(trace, chat.messages.get(id)));
    dialog.body.append(el("div", { className: "lu-row lu-end" }, button(t("Copy as JSON"), (e) => copy(JSON.stringify(trace, null, 2), e.currentTarget), { className: "lu-second" })));
  } catch (e) {
    if (e.name === "AbortError") return;
    place.replaceChildren(el("p", { role: "alert" }, e.status === 404 ? t("This answer has no trace: it was not answered from documents.") : [e.message, e.hint].filter(Boolean).join(" ")));
  }
}

const part = (title, ...nodes) => el("section", { "aria-label": title }, el("h3", {}, title), nodes);

function content(trace, m) {
  return [asked(trace), evidence(trace), passages(trace, m), steps(trace)].filter(Boolean);
}

function asked({ question, query, rewritten, kind, search }) {
  const how = { hybrid: t("by meaning and by words, and one list made of both"), vector: t("by meaning"), lexical: t("by words") }[kind] ?? kind;
  const lines = [
    el("p", {}, t("Searched for: “{query}”", { query: query ?? question ?? "" })),
    rewritten && el("small", {}, t("The question was “{question}”; words of the conversation were added, because it follows on others.", { question })),
    how && el("small", {}, t("How: {how}", { how })),
    search?.notice && kind === "lexical" && el("small", {}, t("The model that searches by meaning was not there, or still being loaded.")),
  ];
  return part(t("What was searched for"), ...lines.filter(Boolean));
}

function evidence({ evidence: found, budget, tokens }) {
  if (!found) return null;
  const lines = [
    el("p", {}, found.enough ? t("The passages hold enough about the question.") : t("The passages hold too little about the question, and the answer was told so.")),
    el("small", {}, [typeof found.words === "number" && t("{share}% of the question's words are in them", { share: count(Math.round(found.words * 100)) }), typeof found.cosine === "number" && t("likeness of the best one in meaning: {likeness} of 1", { likeness: share(found.cosine) })].filter(Boolean).join(" · ")),
    budget && el("small", {}, tn("{used} of {n} token that can be read in time", "{used} of {n} tokens that can be read in time", budget, { used: count(tokens ?? 0) })),
  ];
  return part(t("Whether it is enough"), ...lines.filter(Boolean));
}

const WHY = {
  budget: () => t("no room: it could not be read in time"),
  alike: () => t("it says the same as another passage"),
  neighbour: () => t("it was joined with its neighbour"),
  deleted: () => t("it was deleted meanwhile"),
};

const whyWords = (why) => WHY[why]?.() ?? why ?? "";

// Passages that were used, then those that were found and left out, each with its place in either ranking.
function passages(trace, m) {
  const ranks = ranking(trace.search ?? {});
  const placed = (s) => `${s.name}${s.page ? `, ${t("p. {n}", { n: count(s.page) })}` : ""}`;
  const names = new Map((m?.sources ?? []).map((s) => [s.chunk, placed(s)]));
  const used = (trace.used ?? []).map((u) => ({ ...u, what: t("used as source {n}", { n: count(u.number) }) }));
  const left = [...(trace.dropped ?? []), ...(trace.search?.dropped ?? [])].map((d) => ({ ...d, what: t("left out: {why}", { why: whyWords(d.why) }), out: true }));
  if (!used.length && !left.length) return part(t("What was found"), el("p", {}, t("Nothing in the chosen documents fits.")));
  const cell = (column, value) => el("td", { className: "lu-figure", "data-column": head[column] }, value === undefined || value === null ? "–" : typeof value === "number" ? count(value) : value);
  const row = (p) => el("tr", { className: p.out ? "lu-dropped" : "" }, el("td", { dir: "auto", className: "lu-line" }, names.get(p.chunk) ?? (p.name ? placed(p) : t("A passage"))), cell(1, ranks.get(p.chunk)?.lexical), cell(2, ranks.get(p.chunk)?.vector), cell(3, ranks.get(p.chunk)?.fused), cell(4, p.tokens), el("td", { className: "lu-line" }, p.what));
  const head = [t("Passage"), t("Rank by words"), t("Rank by meaning"), t("Rank in the end"), t("Length in tokens"), t("What became of it")];
  return part(t("What was found"), el("div", { className: "lu-table lu-stack", tabIndex: 0, role: "region", "aria-label": t("What was found") }, el("table", {}, el("thead", {}, el("tr", {}, head.map((words, i) => el("th", { scope: "col", className: i > 0 && i < 5 ? "lu-figure" : "" }, words)))), el("tbody", {}, [...used, ...left].map(row)))));
}

// chunk → {lexical, vector, fused}: ranks counted from 1.
function ranking(search) {
  const ranks = new Map();
  for (const name of ["lexical", "vector", "fused"]) {
    const list = search[name] ?? search.ranks?.[name];
    if (!Array.isArray(list)) continue;
    list.forEach((entry, i) => {
      const chunk = typeof entry === "string" ? entry : entry[0];
      ranks.set(chunk, { ...ranks.get(chunk), [name]: i + 1 });
    });
  }
  return ranks;
}

const STEPS = {
  rewrite: () => t("Putting the question into words to search for"),
  search: () => t("Searching"),
  scope: () => t("Finding out which documents may be searched"),
  embed: () => t("Working out what the question means"),
  lexical: () => t("Searching by words"),
  vector: () => t("Searching by meaning"),
  fuse: () => t("Making one list of both"),
  rerank: () => t("Comparing the best again, more closely"),
  join: () => t("Joining passages that stand side by side"),
  judge: () => t("Judging whether it is enough"),
  trim: () => t("Choosing what can be read in time"),
  check: () => t("Checking each sentence"),
};

function steps({ milliseconds, search }) {
  const all = Object.entries({ ...(milliseconds ?? {}) }).filter(([name]) => name !== "total");
  const inner = Object.entries(search?.milliseconds ?? {}).filter(([name]) => name !== "total");
  if (!all.length) return null;
  const most = Math.max(...all.map(([, ms]) => ms), 0.01);
  const line = ([name, ms], within) => {
    const bar = el("i");
    bar.style.width = `${Math.max(1, (100 * ms) / most)}%`;
    return [el("span", { className: within ? "lu-step-part" : "" }, STEPS[name]?.() ?? t("Another step")), bar, el("span", {}, t("{n} ms", { n: share(ms) }))];
  };
  const rows = all.flatMap((step) => [...line(step), ...(step[0] === "search" ? inner.flatMap((each) => line(each, true)) : [])]);
  return part(t("Where the time went"), el("div", { className: "lu-steps" }, rows));
}
