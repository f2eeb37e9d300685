// Files and folders dropped anywhere on the library go into the collection that is open.

import { byId, el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { place } from "./place.js";
import { collectionOf } from "./state.js";
import { complain } from "../core/toast.js";
import { dropped } from "./uploads.js";

const holdsFiles = (e) => [...(e.dataTransfer?.types ?? [])].includes("Files");

/** Watches `root`; `take(files)` gets what was dropped, as `{file, name}`. */
export function watchFileDrops(root, take) {
  const veil = byId("lu-lib-drop");
  let depth = 0; // of the nested elements the pointer has entered
  const over = (inside) => {
    depth = inside;
    if (depth === 1 && veil.hidden) veil.replaceChildren(el("div", {}, icon("upload"), el("b", {}, words()), el("small", {}, t("Files or whole folders, up to 100 MB each"))));
    veil.hidden = depth <= 0;
  };
  root.addEventListener("dragenter", (e) => holdsFiles(e) && over(depth + 1));
  root.addEventListener("dragleave", (e) => holdsFiles(e) && over(depth - 1));
  root.addEventListener("dragover", (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    e.dataTransfer.dropEffect = "copy";
  });
  root.addEventListener("drop", async (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    over(0);
    try {
      take(await dropped(e.dataTransfer));
    } catch (error) {
      complain({ message: t("What was dropped could not be read."), hint: error.message });
    }
  });
}

function words() {
  const collection = collectionOf(place.collection);
  return collection ? t("Drop to add to “{name}”", { name: collection.name }) : t("Drop to add to the library");
}
