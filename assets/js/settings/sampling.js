// How a model picks its words: one row for each parameter, as a slider with a number beside it. What is not set is the
// model's own, or comes from what stands above it.

import { button, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";

/** The parameters; `least` and `most` are what the server takes, `to` is where the slider ends. */
export const PARAMETERS = [
  { name: "temperature", title: () => t("Temperature"), help: () => t("How daring the choice of words is. 0 always takes the likeliest word; above 1 it becomes wild."), least: 0, most: 5, to: 2, step: 0.05, usual: 0.7 },
  { name: "top_p", title: () => t("Top P"), help: () => t("Only the likeliest words that together reach this share are considered. Lower is narrower."), least: 0.01, most: 1, to: 1, step: 0.01, usual: 0.95 },
  { name: "top_k", title: () => t("Top K"), help: () => t("At most this many words are considered for each place; 0 sets no limit."), least: 0, most: Infinity, to: 200, step: 1, usual: 40 },
  { name: "min_p", title: () => t("Min P"), help: () => t("Words less likely than this share of the likeliest are left out."), least: 0, most: 1, to: 0.5, step: 0.01, usual: 0.05 },
  { name: "frequency_penalty", title: () => t("Frequency penalty"), help: () => t("Above 0, words lose weight the more often they were said. Helps against repetition."), least: -2, most: 2, from: -2, to: 2, step: 0.1, usual: 0 },
  { name: "presence_penalty", title: () => t("Presence penalty"), help: () => t("Above 0, words that were said at all lose weight: the model turns to new subjects."), least: -2, most: 2, from: -2, to: 2, step: 0.1, usual: 0 },
  { name: "max_tokens", title: () => t("Longest answer"), help: () => t("In tokens; a token is about three quarters of a word. The answer stops there and can be continued."), least: 1, most: Infinity, to: 8192, step: 64, from: 64, usual: 1024 },
  { name: "seed", title: () => t("Seed"), help: () => t("The same seed and question give the same answer, as far as the engine can. Empty is a new one each time."), least: -9007199254740991, most: 9007199254740991, step: 1 },
];

const round = (n) => Math.round(n * 1000) / 1000;

/** Whether two settings of the parameters say the same. */
export const same = (a, b) => PARAMETERS.every(({ name }) => (a?.[name] ?? null) === (b?.[name] ?? null));

/** Says the parameters that are set, such as "Temperature 0.2 · Top P 0.9". */
export function inWords(sampling) {
  const told = PARAMETERS.filter(({ name }) => typeof sampling?.[name] === "number").map((p) => `${p.title()} ${count(sampling[p.name])}`);
  return told.join(" · ") || t("the model's own");
}

/**
 * The rows. `value` is what is set, `inherited` what applies otherwise, as `{name: number}`; `onChange(value)` hears
 * each whole new setting. `only` names the parameters shown, all by default.
 */
export function samplingForm({ value = {}, inherited = {}, onChange, only = null }) {
  const now = { ...value };
  const change = (name, n) => {
    if (n === null) delete now[name];
    else now[name] = n;
    onChange({ ...now });
  };
  const rows = PARAMETERS.filter((p) => !only || only.includes(p.name)).map((p) => row(p, now, inherited, change));
  return el("div", { className: "lu-parameters" }, rows);
}

function row(p, now, inherited, change) {
  const ids = { help: `lu-p-${p.name}-help`, wrong: `lu-p-${p.name}-wrong` };
  const above = inherited[p.name] ?? null;
  const number = el("input", { type: "text", inputMode: "decimal", className: "lu-number", autocomplete: "off", "aria-label": p.title(), "aria-describedby": `${ids.help} ${ids.wrong}`, "data-focus": `${p.name}-number` });
  const slider = p.to !== undefined && el("input", { type: "range", min: p.from ?? p.least, max: p.to, step: p.step, "aria-label": p.title(), "aria-describedby": ids.help, "data-focus": `${p.name}-slider` });
  const wrong = el("small", { id: ids.wrong, className: "lu-wrong-text", role: "alert" });
  const own = button(above === null ? t("Model's own") : t("As inherited"), () => take(null), { className: "lu-quiet lu-unset-it", "aria-label": above === null ? t("{name}: the model's own", { name: p.title() }) : t("{name}: as inherited", { name: p.title() }) });
  const node = el("div", { className: "lu-parameter" }, el("b", {}, p.title()), el("small", { id: ids.help }, p.help()), el("div", { className: "lu-row" }, slider, number, own), wrong);

  function show() {
    const set = now[p.name] ?? null;
    const real = set ?? above ?? p.usual;
    node.classList.toggle("lu-unset", set === null);
    number.value = set === null ? "" : String(set);
    number.placeholder = above === null ? t("own") : String(above);
    own.disabled = set === null;
    if (!slider) return;
    slider.value = real;
    slider.setAttribute("aria-valuetext", set === null ? (above === null ? t("the model's own") : t("{n}, inherited", { n: count(above) })) : count(set));
  }
  function say(text) {
    wrong.textContent = text;
    number.toggleAttribute("aria-invalid", Boolean(text));
  }
  function take(n) {
    say("");
    change(p.name, n);
    if (n === null && document.activeElement === own) number.focus();
    show();
  }
  number.addEventListener("change", () => {
    const n = read(number.value, p);
    if (n instanceof Error) return say(n.message);
    return take(n);
  });
  slider?.addEventListener?.("input", () => {
    number.value = String(round(Number(slider.value)));
    node.classList.remove("lu-unset");
  });
  slider?.addEventListener?.("change", () => take(round(Number(slider.value))));
  show();
  return node;
}

// Empty is the model's own; a comma is a decimal point to half of Europe.
function read(text, { least, most, step }) {
  if (!text.trim()) return null;
  const n = Number(text.trim().replace(",", "."));
  if (Number.isNaN(n)) return new Error(t("This is not a number."));
  if (step >= 1 && !Number.isInteger(n)) return new Error(t("This has to be a whole number."));
  if (n < least || n > most) return new Error(most === Infinity ? t("The least is {least}.", { least: count(least) }) : t("Between {least} and {most}.", { least: count(least), most: count(most) }));
  return n;
}
