// What is shown of a collection's documents: words of their names, a state, a kind, a tag.

import { el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { paused } from "../settings/controls.js";
import { library } from "./state.js";
import { states, TYPES, typeWords } from "./words.js";

/** The bar; `ask()` is called when something else is wanted. `update(collection)` of it draws what depends on that, `clear()` takes all filters away. */
export function filterBar(ask) {
  const set = (name, value) => {
    library.filters[name] = value;
    ask();
  };
  const typed = paused((value) => set("q", value), 200);
  const words = el("input", { className: "lu-input", type: "search", placeholder: t("Filter by name"), "aria-label": t("Filter by name"), dir: "auto", autocomplete: "off", spellcheck: false });
  words.addEventListener("input", () => typed(words.value.trim()));
  words.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown") {
      e.preventDefault();
      document.querySelector("#lu-lib-list [data-main]")?.focus();
    } else if (e.key === "Escape" && words.value) {
      e.stopPropagation();
      e.preventDefault();
      words.value = "";
      typed("");
      typed.now();
    }
  });
  const state = select(t("State"), [["", t("All states")], ...states()], (value) => set("state", value));
  const type = select(t("Kind"), kinds(), (value) => set("type", value));
  const tag = select(t("Tag"), [], (value) => set("tag", value));
  const node = el("div", { className: "lu-lib-filters", role: "search", "aria-label": t("Filter the documents") }, words, state, type, tag);
  const update = (c) => {
    offerTags(tag);
    node.hidden = !c.documents && !Object.values(library.filters).some(Boolean);
  };
  const clear = () => {
    words.value = "";
    typed("");
    typed.now();
    for (const each of [state, type, tag]) each.value = "";
    Object.assign(library.filters, { q: "", state: "", type: "", tag: "" });
    ask();
    words.focus();
  };
  return { node, update, clear };
}

// The tags that the documents have now, and the chosen one though no document has it any more.
function offerTags(node) {
  const { tags, filters } = library;
  const known = tags.some(({ tag }) => tag === filters.tag) || !filters.tag ? tags : [...tags, { tag: filters.tag, documents: 0 }];
  const items = [["", t("All tags")], ...known.map(({ tag, documents }) => [tag, t("{tag} ({n})", { tag, n: count(documents) })])];
  const wanted = JSON.stringify(items);
  node.hidden = items.length === 1;
  if (node.dataset.items === wanted) return;
  node.dataset.items = wanted;
  node.replaceChildren(...items.map(option));
  node.value = filters.tag;
}

/** The kinds to choose from, as [type, words]. */
export const kinds = () => [["", t("All kinds")], ...TYPES.map((each) => [each, typeWords(each)])];

const option = ([value, words]) => el("option", { value }, words);

/** A choice of one of `items`, as [value, words]; `change(value)`. */
export function select(label, items, change, props = {}) {
  const node = el("select", { className: "lu-lib-select", "aria-label": label, ...props }, items.map(option));
  node.addEventListener("change", () => change(node.value));
  return node;
}
