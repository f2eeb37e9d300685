// How the page looks.

import { el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { choices, field, paused, section, toggle } from "./controls.js";

const SIZE = { least: 13, most: 24, usual: 16 };

/** Draws the page. */
export function draw(root, { save }) {
  root.append(
    section(t("Theme"), null, choices({
      label: t("Theme"), name: "theme", value: preferences.theme ?? "system", onChange: (theme) => save({ theme }),
      options: [{ value: "system", label: t("As the system") }, { value: "light", label: t("Light") }, { value: "dark", label: t("Dark") }],
    })),
    section(t("Contrast"), t("“More” draws stronger lines and darker text. The system's wish for more contrast is always followed."), choices({
      label: t("Contrast"), name: "contrast", value: preferences.contrast ?? "normal", onChange: (contrast) => save({ contrast }),
      options: [{ value: "normal", label: t("Normal") }, { value: "more", label: t("More") }],
    })),
    section(t("Answers"), null, ...answers(save)),
    section(t("Code and long texts"), null,
      toggle({ label: t("Wrap long lines of code"), help: t("Otherwise code scrolls sideways."), checked: preferences.wrap_code === true, focus: "wrap", onChange: (on) => save({ wrap_code: on }) }),
      toggle({ label: t("Fold long messages and code"), help: t("A button shows the rest."), checked: preferences.collapse_long !== false, focus: "fold", onChange: (on) => save({ collapse_long: on }) }),
    ),
    el("p", { className: "lu-quiet" }, t("Motion follows the system: where it asks for less, nothing moves here.")),
  );
}

function answers(save) {
  const size = preferences.text_size ?? SIZE.usual;
  const words = (n) => t("{n} pixels", { n: count(n) });
  const shown = el("output", {}, words(size));
  const keep = paused((n) => save({ text_size: n === SIZE.usual ? null : n }), 300);
  const slider = el("input", { type: "range", min: SIZE.least, max: SIZE.most, step: 1, value: size, "data-focus": "size", "aria-valuetext": words(size) });
  slider.addEventListener("input", () => {
    const n = Number(slider.value);
    shown.textContent = words(n);
    slider.setAttribute("aria-valuetext", words(n));
    window.lumoraTheme.apply({ ...preferences, text_size: n });
    keep(n);
  });
  slider.addEventListener("change", () => keep.now());
  const row = field({ label: t("Text size"), control: slider });
  row.querySelector("label").append(" ", shown);
  return [
    choices({
      label: t("Typeface of answers"), name: "reading", value: preferences.reading ?? "serif", onChange: (reading) => save({ reading }),
      options: [{ value: "serif", label: el("span", { className: "lu-face-serif" }, t("With serifs")) }, { value: "sans", label: t("Without serifs") }],
    }),
    row,
    el("p", { className: "lu-ans lu-sample" }, t("A heat pump moves warmth from outside to inside: it takes a little electricity to move a lot of heat.")),
  ];
}
