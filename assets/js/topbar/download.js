// How a download looks: a bar with size, speed and time left, or what went wrong and a way to try again.

import { button, el } from "../core/dom.js";
import { bytes, left } from "../core/format.js";
import { stepWords } from "../core/server.js";
import { t } from "../core/i18n.js";
import { cancelPull, models, pull } from "./models.js";

/** Nodes for the running or failed download of `model`; null when there is none. */
export function download(model) {
  const state = models.pulls.get(model.name);
  if (!state) return null;
  return state.error ? failed(model, state.error) : running(model, state);
}

function running(model, state) {
  const total = state.total ?? model.bytes;
  const share = total ? Math.min(100, Math.floor((100 * state.done) / total)) : 0;
  const bar = el("div", { className: "lu-progress", role: "progressbar", "aria-label": t("Download of {model}", { model: model.title }) });
  Object.entries({ valuemin: 0, valuemax: 100, valuenow: share }).forEach(([k, v]) => bar.setAttribute(`aria-${k}`, v));
  const fill = el("i");
  fill.style.width = `${share}%`;
  bar.append(fill);
  const line = el("span", { className: "lu-progress-text" }, words(state, total));
  const cancel = button(t("Cancel"), () => cancelPull(model.name), { className: "lu-quiet", "data-focus": `cancel-${model.name}` });
  cancel.disabled = !state.job;
  const note = state.note && el("small", {}, state.note);
  return el("div", { className: "lu-download" }, bar, el("div", { className: "lu-row" }, line, cancel), note);
}

function words({ step, done, rate, seconds, unit }, total) {
  if (unit !== "bytes" || !done) return stepWords(step);
  const parts = [total ? t("{done} of {total}", { done: bytes(done), total: bytes(total) }) : bytes(done)];
  if (rate) parts.push(t("{size}/s", { size: bytes(rate) }));
  if (seconds !== null && seconds !== undefined && done < total) parts.push(left(seconds));
  return parts.join(" · ");
}

function failed(model, error) {
  const again = button(t("Try again"), () => pull(model.name), { className: "lu-second", "data-focus": `again-${model.name}` });
  const text = el("div", {}, el("b", {}, error.message), error.hint && el("small", {}, error.hint));
  return el("div", { className: "lu-card lu-bad", role: "alert" }, text, again);
}
