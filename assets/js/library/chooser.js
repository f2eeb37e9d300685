// Which collections a chat or a project answers from: a panel with a box for each.

import { tell } from "../core/bus.js";
import { button, el } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { found, refreshCollections, workspace } from "../core/workspace.js";

/** The names of collections, as far as they are known. */
export const namesOf = (ids) => ids.map((id) => found("collections", id)?.name).filter(Boolean);

/** What the chosen ones are called in few words. */
export function chosenWords(ids) {
  const names = namesOf(ids);
  if (!ids.length) return t("No documents");
  return names.length === 1 ? names[0] : tn("{n} collection", "{n} collections", ids.length);
}

/** The boxes; `value` are the ids that are chosen, `onChange(ids)` hears of another choice. */
export function collectionBoxes({ value, onChange }) {
  const all = workspace.collections ?? [];
  const chosen = new Set(value);
  const box = (c) => {
    const input = el("input", { type: "checkbox", checked: chosen.has(c.id), "data-focus": `ask-${c.id}` });
    input.addEventListener("change", () => {
      if (input.checked) chosen.add(c.id);
      else chosen.delete(c.id);
      onChange(all.map((each) => each.id).filter((id) => chosen.has(id)));
    });
    return el("label", {}, input, el("span", {}, el("span", { dir: "auto" }, c.name), el("small", { dir: "auto" }, [tn("{n} document", "{n} documents", c.documents), c.description].filter(Boolean).join(" · "))));
  };
  if (!workspace.collections) return el("p", { className: "lu-note" }, t("Loading…"));
  if (!all.length) return el("div", {}, el("p", { className: "lu-quiet" }, t("There are no documents yet. Put some into the library, and answers can rest on them.")));
  return el("div", { className: "lu-choose-list", role: "group", "aria-label": t("Collections") }, all.map(box));
}

/** A button that goes to the library. */
export const toLibrary = (before = () => {}) => button(t("Open the library"), () => {
  before();
  tell("library");
}, { className: "lu-second" });

const FRESH_MS = 1500;
let asked = -FRESH_MS;

/** Asks for the collections again, unless that was just done; who shows them hears `collections`. */
export async function renewCollections() {
  if (performance.now() - asked < FRESH_MS) return;
  asked = performance.now();
  await refreshCollections({ quietly: true }).catch(() => {}); // what is known is shown meanwhile
}

/** Asks for the collections if they are not here yet; resolves when they are. */
export const ensureCollections = () => (workspace.collections ? Promise.resolve() : refreshCollections({ quietly: true }).catch(() => {})); // the list says that it is loading
