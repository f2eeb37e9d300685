// What is shown of a collection's documents: words of their names, a state, a kind, a tag.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { paused } from "../settings/controls.js";
import { library } from "./state.js";
import { states, TYPES, typeWords } from "./words.js";

/** The bar; `ask()` is called when something else is wanted. `update(collection)` of it draws what depends on that. */
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
  const type = select(t("Kind"), [["", t("All kinds")], ...TYPES.map((each) => [each, typeWords(each)])], (value) => set("type", value));
  const tag = el("span", { className: "lu-lib-tagged" });
  const node = el("div", { className: "lu-lib-filters", role: "search", "aria-label": t("Filter the documents") }, words, state, type, tag);
  const update = (c) => {
    const { tag: chosen } = library.filters;
    const wanted = chosen ? t("Tag: {tag}", { tag: chosen }) : "";
    if (tag.textContent !== wanted) tag.replaceChildren(...(chosen ? [el("button", { type: "button", className: "lu-tag lu-on", "aria-label": t("Show all tags, not only {tag}", { tag: chosen }), on: { click: () => set("tag", "") } }, wanted, " ×")] : []));
    node.hidden = !c.documents && !Object.values(library.filters).some(Boolean);
  };
  return { node, update };
}

function select(label, items, change) {
  const node = el("select", { className: "lu-lib-select", "aria-label": label }, items.map(([value, words]) => el("option", { value }, words)));
  node.addEventListener("change", () => change(node.value));
  return node;
}
