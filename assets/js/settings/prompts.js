// Templates for the composer, which its own module shows.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** Draws the page. */
export function draw(root) {
  import("../composer/prompts.js")
    .then(({ promptsPage }) => root.append(promptsPage()))
    .catch((e) => root.append(el("p", { role: "alert" }, t("This page could not be loaded."), " ", e.message)));
}
