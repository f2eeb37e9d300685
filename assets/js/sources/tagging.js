// The tags of a document: each with a button that takes it away, and a field for more.

import { request } from "../core/api.js";
import { tell, tellTabs } from "../core/bus.js";
import { button, el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { complain, toast } from "../core/toast.js";
import { library } from "../library/state.js";

const LONGEST = 80;

/** The part of the view of `d` that shows and changes them. */
export function tagEditor(d) {
  const chips = el("ul", { className: "lu-tag-chips", "aria-label": t("Tags") });
  const known = el("datalist", { id: "lu-known-tags" });
  const words = el("input", { className: "lu-input", type: "text", placeholder: t("Add a tag"), "aria-label": t("Add a tag"), maxLength: LONGEST, dir: "auto", autocomplete: "off", "data-focus": "tag-more" });
  words.setAttribute("list", known.id);
  const form = el("form", { className: "lu-row", novalidate: true }, words, known, el("button", { type: "submit", className: "lu-second" }, t("Add")));
  const draw = () => {
    chips.replaceChildren(...d.tags.map((tag) => el("li", { className: "lu-tag" }, el("span", { dir: "auto" }, tag), button(icon("close"), () => take(tag), { "aria-label": t("Take the tag “{tag}” away", { tag }), title: t("Take away"), "data-focus": `tag-${tag}` }))));
    chips.hidden = !d.tags.length;
    const mine = library.documents?.collection === d.collection ? library.tags : [];
    known.replaceChildren(...mine.filter(({ tag }) => !d.tags.includes(tag)).map(({ tag }) => el("option", { value: tag })));
  };
  const save = async (tags) => {
    try {
      d.tags = (await request(`documents/${encodeURIComponent(d.id)}`, { method: "PATCH", body: { tags } })).tags;
    } catch (e) {
      complain(e);
      return false;
    }
    draw();
    tell("library-refresh");
    tellTabs("library");
    return true;
  };
  const take = async (tag) => {
    const before = d.tags;
    if (!(await save(before.filter((each) => each !== tag)))) return;
    words.focus();
    toast(t("Took the tag “{tag}” away.", { tag }), [t("Undo"), () => save(before).then(() => words.focus())]);
  };
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const named = words.value.split(",").map((tag) => tag.trim()).filter(Boolean);
    if (named.length && !(await save([...new Set([...d.tags, ...named])]))) return;
    words.value = "";
    words.focus();
  });
  draw();
  return el("section", { className: "lu-tagging" }, el("h4", {}, t("Tags")), chips, form);
}
