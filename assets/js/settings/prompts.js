// Templates for the composer, which its own module shows.

import { el } from "../dom.js";
import { t } from "../i18n.js";

/** Draws the page. */
export function draw(root) {
  import("../prompts.js")
    .then(({ promptsPage }) => root.append(promptsPage()))
    .catch((e) => root.append(el("p", { role: "alert" }, t("This page could not be loaded."), " ", e.message)));
}
