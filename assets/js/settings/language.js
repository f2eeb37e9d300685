// The language of the interface. The page loads anew in it; what is being written is kept.

import { el } from "../core/dom.js";
import { chosenLanguage, languages, nameOf, t, useLanguage } from "../core/i18n.js";
import { choices, section } from "./controls.js";

/** Draws the page. */
export function draw(root) {
  const named = languages.map((code) => ({ value: code, label: nameOf(code), lang: code }));
  root.append(
    section(t("Language of the interface"), t("Models answer in the language of the question, whatever is chosen here."), choices({
      label: t("Language of the interface"), name: "language", value: chosenLanguage(), onChange: useLanguage,
      options: [{ value: null, label: t("As the browser says") }, ...named],
    })),
    el("p", { className: "lu-quiet" }, t("The page loads anew when this changes. What is being written stays.")),
  );
}
