// Files dropped anywhere on the conversation go along with the next question.

import { byId, el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";

const holdsFiles = (e) => [...(e.dataTransfer?.types ?? [])].includes("Files");

/** Watches the conversation; `take(files)` gets what was dropped. */
export function watchDrops(take) {
  const place = byId("talk");
  const veil = el("div", { className: "lu-drop", hidden: true }, el("div", {}, icon("attach"), el("b", {}, t("Drop files to attach them")), el("small", {}, t("Text, Markdown, CSV, JSON and code, up to 4 MB each"))));
  place.append(veil);
  let depth = 0; // of the nested elements the pointer has entered
  const over = (inside) => {
    depth = inside;
    veil.hidden = depth <= 0;
  };
  place.addEventListener("dragenter", (e) => holdsFiles(e) && over(depth + 1));
  place.addEventListener("dragleave", (e) => holdsFiles(e) && over(depth - 1));
  place.addEventListener("dragover", (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    e.dataTransfer.dropEffect = "copy";
  });
  place.addEventListener("drop", (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    over(0);
    take([...e.dataTransfer.files]);
  });
}

// A file dropped beside everything would take the place of the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (e) => {
  if (!holdsFiles(e) || e.defaultPrevented) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = "none";
});
