// What a search within documents is kept to: a collection, a kind, a tag, a date.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { kinds, select } from "./filters.js";
import { library } from "./state.js";

const DAY_MS = 864e5;
const chosen = { everywhere: true, type: "", tag: "", days: "" };

/** The part of a search's body that narrows it; `here` is the open collection's id, or null. */
export function narrowing(here) {
  const { everywhere, type, tag, days } = chosen;
  return {
    collections: !everywhere && here ? [here] : [],
    types: type ? [type] : [],
    tags: tag ? [tag] : [],
    ...(days ? { after: new Date(Date.now() - days * DAY_MS).toISOString() } : {}),
  };
}

/** Whether a search is kept to more than a collection. */
export const isNarrowed = () => Boolean(chosen.type || chosen.tag || chosen.days);

/** Searches among all there is. */
export function widen() {
  Object.assign(chosen, { type: "", tag: "", days: "" });
}

/** The choices; `here` is the open collection or null, `again()` is called after another choice. */
export function narrowingBar(here, again) {
  const set = (name, read = (value) => value) => (value) => {
    chosen[name] = read(value);
    again();
  };
  const where = here && select(t("Where to search"), [["all", t("In all collections")], ["here", t("Only in “{name}”", { name: here.name })]], set("everywhere", (value) => value === "all"), { "data-focus": "scope" });
  const type = select(t("Kind"), kinds(), set("type"), { "data-focus": "scope-type" });
  const named = [...new Set([...library.tags.map(({ tag }) => tag), chosen.tag].filter(Boolean))];
  const tag = named.length > 0 && select(t("Tag"), [["", t("All tags")], ...named.map((each) => [each, each])], set("tag"), { "data-focus": "scope-tag" });
  const days = select(t("Date"), [["", t("Any date")], ["7", t("The last week")], ["31", t("The last month")], ["366", t("The last year")]], set("days"), { "data-focus": "scope-days" });
  if (where) where.value = chosen.everywhere ? "all" : "here";
  for (const [node, value] of [[type, chosen.type], [tag, chosen.tag], [days, chosen.days]]) if (node) node.value = value;
  return el("div", { className: "lu-lib-filters", role: "group", "aria-label": t("Narrow the search") }, [where, type, tag, days].filter(Boolean));
}
