// Presets of the parameters: three that come with Lumora, and a person's own, kept in the preferences.

import { button, el, icon } from "../core/dom.js";
import { openDialog } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { preferences } from "../core/preferences.js";
import { toast } from "../core/toast.js";
import { field } from "./controls.js";
import { same } from "./sampling.js";

const LONGEST = 60;

/** The built-in ones. */
export const builtIn = () => [
  { name: t("Precise"), sampling: { temperature: 0.2, top_p: 0.9 } },
  { name: t("Balanced"), sampling: { temperature: 0.7, top_p: 0.95 } },
  { name: t("Creative"), sampling: { temperature: 1.1, top_p: 0.98, min_p: 0.05 } },
];

const own = () => preferences.presets ?? [];

/** All presets as `{name, sampling}`. */
export const presets = () => [...builtIn(), ...own()];

/**
 * The row of presets above the parameters. `value` is what is set now, `apply(sampling)` takes one; `save(values)`
 * keeps preferences and `redraw` draws the row's surroundings anew.
 */
export function presetRow({ value, apply, save, redraw }) {
  const chip = (preset) => {
    const node = button(preset.name, () => apply({ ...preset.sampling }), { className: "lu-preset", "data-focus": `preset-${preset.name}` });
    node.setAttribute("aria-pressed", String(same(value, preset.sampling)));
    return node;
  };
  const keep = async (list) => (await save({ presets: list })) && redraw();
  const mine = own().map((preset) => {
    const label = t("Change the preset “{name}”", { name: preset.name });
    const more = button(icon("dots"), () => openMenu(more, changes(preset, keep), { label }), { className: "lu-icon", "aria-label": label, "aria-haspopup": "menu", "data-focus": `preset-more-${preset.name}` });
    return el("span", { className: "lu-preset-own" }, chip(preset), more);
  });
  const add = Object.keys(value ?? {}).length > 0 && button(t("Save as preset…"), () => ask({ title: t("Save as preset"), take: (name) => keep([...own(), { name, sampling: { ...value } }]) }), { className: "lu-quiet" });
  return el("div", { className: "lu-presets", role: "group", "aria-label": t("Presets") }, builtIn().map(chip), mine, add);
}

const changes = (preset, keep) => [
  { label: t("Rename…"), icon: "pen", run: () => ask({ title: t("Rename the preset"), name: preset.name, take: (name) => keep(own().map((p) => (p.name === preset.name ? { ...p, name } : p))) }) },
  { label: t("Delete"), icon: "bin", danger: true, run: () => remove(preset, keep) },
];

async function remove(preset, keep) {
  const at = own().findIndex((p) => p.name === preset.name);
  await keep(own().filter((p) => p.name !== preset.name));
  toast(t("Deleted the preset “{name}”.", { name: preset.name }), [t("Undo"), () => keep(own().toSpliced(at, 0, preset))]);
}

function ask({ title, name = "", take }) {
  const input = el("input", { type: "text", value: name, maxLength: LONGEST, autocomplete: "off" });
  const row = field({ label: t("Name"), control: input });
  const form = el("form", { className: "lu-fields" }, row, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), el("button", { type: "submit", className: "lu-send" }, t("Save"))));
  const dialog = openDialog({ title, className: "lu-small", content: [form] });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const said = input.value.trim();
    const taken = presets().some((p) => p.name !== name && p.name.toLowerCase() === said.toLowerCase());
    if (!said) return row.wrong(t("Give it a name."));
    if (taken) return row.wrong(t("There is a preset of this name already."));
    dialog.close();
    return take(said);
  });
  input.focus();
  input.select();
}
