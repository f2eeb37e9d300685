// How models answer unless a chat or an assistant says otherwise.

import { el, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { section } from "./controls.js";
import { presetRow } from "./presets.js";
import { samplingForm } from "./sampling.js";

/** Draws the page. */
export function draw(root, { save, redraw }) {
  const holder = el("div");
  const value = () => preferences.sampling ?? {};
  const keep = (sampling) => save({ sampling: Object.keys(sampling).length ? sampling : null });
  const chips = () => keepingFocus(holder, () => holder.replaceChildren(presetRow({ value: value(), apply: async (sampling) => (await keep(sampling)) && redraw(), save, redraw: chips })));
  chips();
  root.append(
    section(t("Presets"), t("A preset sets all parameters at once. Change them below and save the result as your own."), holder),
    // Drawn once: a number that is being written in another row stays.
    section(t("Parameters"), t("They apply to every chat that has none of its own. What is not set here is left to what the model's makers recommend."), samplingForm({ value: value(), onChange: async (sampling) => (await keep(sampling)) && chips() })),
    el("p", { className: "lu-quiet" }, t("Which model answers is chosen at the top of a chat.")),
  );
}
