// Several documents at once: which are selected, and the bar of what can be done with them.

import { button, el, iconButton } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { moveMenu, removeDocuments, retryDocuments, tagDocuments } from "./documentacts.js";
import { library, redraw } from "./state.js";
import { complain } from "../core/toast.js";
import { workspace } from "../core/workspace.js";

let last = null; // the id that was selected last: Shift selects from there

/** Selects a document or takes it out; `on` says which. */
export function toggleSelected(d, on = !library.selected.has(d.id)) {
  if (on) library.selected.set(d.id, d);
  else library.selected.delete(d.id);
  last = d.id;
  redraw();
}

/** Selects everything between the one selected last and this one. */
export function selectTo(d) {
  const { items } = library.documents;
  const [a, b] = [items.findIndex((each) => each.id === last), items.findIndex((each) => each.id === d.id)].sort((x, y) => x - y);
  for (const each of a < 0 ? [d] : items.slice(a, b + 1)) library.selected.set(each.id, each);
  redraw();
}

/** Selects all that the filters leave. */
export async function selectAll() {
  await library.documents.reach(Infinity);
  if (library.documents.error) return complain(library.documents.error);
  for (const d of library.documents.items) library.selected.set(d.id, d);
  return redraw();
}

/** Draws the bar; it is there while something is selected. */
export function drawBulk(root) {
  const chosen = [...library.selected.values()];
  root.hidden = !chosen.length;
  if (!chosen.length) return root.replaceChildren();
  const act = (label, run, focus, more = {}) => button(label, run, { className: "lu-second", "data-focus": focus, ...more });
  const again = chosen.filter((d) => d.state === "failed" || d.state === "cancelled");
  return root.replaceChildren(
    el("b", { role: "status" }, tn("{n} selected", "{n} selected", chosen.length)),
    act(t("Select all"), selectAll, "select-all", { disabled: chosen.length >= (library.documents?.total ?? 0) }),
    act(t("Tag…"), () => tagDocuments(chosen), "bulk-tag"),
    (workspace.collections?.length ?? 0) > 1 ? act(t("Move to…"), (e) => moveMenu(chosen, e.currentTarget), "bulk-move", { "aria-haspopup": "menu" }) : "",
    again.length ? act(t("Read again"), () => retryDocuments(again), "bulk-again") : "",
    act(t("Delete"), () => removeDocuments(chosen), "bulk-delete", { className: "lu-second lu-danger" }),
    el("span", { className: "lu-grow" }),
    iconButton("close", t("Select nothing"), () => {
      library.selected.clear();
      redraw();
    }, { "data-focus": "bulk-close" }));
}
