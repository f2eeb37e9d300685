// The settings to try, the button that runs all questions with them, and how far that is.

import { button, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { field, section, toggle } from "../settings/controls.js";
import { models, refresh, usable } from "../topbar/models.js";

/** What is tried next; kept while the page is. */
export const tried = { kind: "hybrid", limit: 10, rerank: "", embedder: "", support: true, model: "extractive" };

const select = (name, options) => {
  const control = el("select", { "data-focus": `try-${name}`, on: { change: () => (tried[name] = control.value) } }, options.map(([value, words]) => el("option", { value }, words)));
  control.value = tried[name];
  return control;
};

/** Draws the form, or the run. */
export function tryingPart(state) {
  if (state.job) return section(t("Running"), null, running(state));
  if (!models.items) refresh();
  const limit = el("input", { type: "number", className: "lu-number", min: 1, max: 50, value: tried.limit, "data-focus": "try-limit", on: { change: () => (tried.limit = Math.min(50, Math.max(1, Number(limit.value) || 10))) } });
  const embedders = (models.items ?? []).filter((m) => m.task === "embedding" && m.installed).map((m) => [m.name, m.title]);
  const problem = el("p", { className: "lu-wrong-text", role: "alert" });
  const run = button(t("Run all questions"), async () => {
    run.disabled = true;
    problem.textContent = "";
    try {
      await state.run(asked());
    } catch (e) {
      run.disabled = false;
      problem.textContent = [e.message, e.hint].filter(Boolean).join(" ");
    }
  }, { className: "lu-send", "data-focus": "run-golden", disabled: !state.questions.length });
  return section(t("Try settings"), t("Nothing of the collection changes: these hold for the run alone."),
    el("div", { className: "lu-two" },
      field({ label: t("Search by"), control: select("kind", [["hybrid", t("Words and meaning")], ["vector", t("Meaning")], ["lexical", t("Words")]]) }),
      field({ label: t("Passages"), control: limit }),
      field({ label: t("Sort again by a reranking model"), control: select("rerank", [["", t("As in the settings")], ["yes", t("Yes, if there is one")], ["no", t("No")]]) }),
      field({ label: t("Model for meaning"), control: select("embedder", [["", t("That of the collection")], ...embedders]) })),
    toggle({ label: t("Answer them too"), help: t("And count which share of the sentences the passages support. It takes longer."), checked: tried.support, focus: "try-support", onChange: (value) => {
      tried.support = value;
      state.redraw();
    } }),
    tried.support ? field({ label: t("Answered by"), control: select("model", [["extractive", t("Quoting, without a model")], ...usable().map((m) => [m.name, m.title])]) }) : "",
    problem, state.failed ? el("p", { className: "lu-notice", role: "alert" }, state.failed.message) : "", state.note ? el("p", { className: "lu-notice", role: "note" }, state.note) : "", run);
}

const asked = () => ({ ...tried, rerank: { yes: true, no: false }[tried.rerank] ?? null, embedder: tried.embedder || null });

function running(state) {
  const { done = 0, total = null, step = "questions" } = state.progress ?? {};
  const words = step === "embedding" ? t("Making vectors: {done} of {total}", { done: count(done), total: count(total ?? 0) }) : total ? t("Asking: {done} of {total}", { done: count(done), total: count(total) }) : t("Asking…");
  const bar = el("div", { className: total ? "lu-progress" : "lu-progress lu-unknown", role: "progressbar", "aria-label": words, "aria-valuemin": 0, "aria-valuemax": 100 }, el("i"));
  if (total) {
    const percent = Math.floor((100 * done) / total);
    bar.setAttribute("aria-valuenow", percent);
    bar.firstChild.style.width = `${percent}%`;
  }
  return el("div", { className: "lu-job", role: "group", "aria-label": t("Running") }, el("div", { className: "lu-row" }, el("span", { className: "lu-job-words" }, words), button(t("Stop"), () => state.cancel(), { className: "lu-quiet", "data-focus": "stop-golden" })), bar);
}
