// A list above the composer to choose from: opened by a sign in the text ("/" or "@"), which filters while typing
// goes on, or by a button, and then it has a field of its own to filter with.

import { byId, el, icon } from "../core/dom.js";
import { beforeCaret, field, insert } from "./field.js";
import { t, tn } from "../core/i18n.js";

const MOST = 60; // characters of a filter

/**
 * One kind of list: `pattern` finds sign and filter at the end of the text before the caret, as groups `sign` and
 * `query`; `label()` names the list; `items(query)` gives `{id, label, detail, icon, group, pick}`, a row without
 * `pick` only says something; `whole` means that the text has to be nothing but the sign and the filter.
 */
export class Suggest {
  #source = null;
  #items = [];
  #at = 0;
  #dismissed = -1; // where the sign stands whose list was closed: it stays closed
  #filter = null; // the field of its own

  /** `box` is what it hangs on; `sources` are the kinds, the first that matches wins. */
  constructor(box, sources) {
    this.sources = sources;
    this.list = el("div", { id: "lu-options", role: "listbox" });
    this.panel = el("div", { className: "lu-suggest", hidden: true }, this.list);
    // Pressing a row must not take the focus from the text.
    this.panel.addEventListener("pointerdown", (e) => e.target.matches("input") || e.preventDefault());
    this.said = el("span", { className: "lu-sr", role: "status" });
    box.append(this.panel, this.said);
    field().addEventListener("blur", () => !this.#filter && this.close());
    document.addEventListener("pointerdown", (e) => this.#filter && !this.panel.contains(e.target) && this.close());
  }

  get open() {
    return !this.panel.hidden;
  }

  /** Looks whether the text before the caret asks for a list. */
  typed() {
    if (this.#filter) return;
    const before = beforeCaret(MOST);
    for (const source of before ? this.sources : []) {
      const found = source.pattern.exec(before.text);
      if (!found || (source.whole && found[0].length !== before.at)) continue;
      const start = before.at - found.groups.sign.length - found.groups.query.length;
      if (start === this.#dismissed) return this.close();
      return this.#show(source, found.groups.query, start);
    }
    this.#dismissed = -1;
    this.close();
  }

  /** Opens a list from a button; `source` filters through a field of its own. */
  browse(source) {
    this.close();
    const heading = source.label();
    this.#filter = el("input", { className: "lu-input", type: "text", role: "combobox", autocomplete: "off", placeholder: t("Filter…"), "aria-label": heading, "aria-controls": "lu-options", "aria-expanded": "true", "aria-autocomplete": "list" });
    this.#filter.addEventListener("input", () => this.#show(source, this.#filter.value.trim().toLowerCase(), -1));
    this.#filter.addEventListener("keydown", (e) => this.key(e));
    this.#filter.addEventListener("blur", () => setTimeout(() => this.#filter && !this.panel.contains(document.activeElement) && this.close()));
    this.panel.prepend(this.#filter);
    this.#show(source, "", -1);
    this.#filter.focus();
  }

  /** Draws the list again, because its items changed: what found nothing before may find something now. */
  redraw() {
    if (!this.open && document.activeElement !== field()) return;
    if (this.#filter) this.#show(this.#source, this.#filter.value.trim().toLowerCase(), -1);
    else this.typed();
  }

  #show(source, query, start) {
    const before = this.#source === source ? this.#items[this.#at]?.id : null;
    this.#items = source.items(query);
    Object.assign(this, { start, query });
    this.#source = source;
    const choices = this.#items.filter((i) => i.pick);
    // Nothing to choose: a text that only happens to begin like this is not disturbed.
    if (!this.#filter && query && !choices.length) return this.close();
    this.#at = Math.max(0, this.#items.findIndex((i) => i.id === before && i.pick));
    if (!this.#items[this.#at]?.pick) this.#at = this.#items.findIndex((i) => i.pick);
    this.panel.hidden = false;
    this.list.setAttribute("aria-label", source.label());
    this.#draw();
    this.said.textContent = tn("{n} suggestion", "{n} suggestions", choices.length);
  }

  #draw() {
    const nodes = [];
    let group = null;
    this.#items.forEach((item, i) => {
      if (item.group && item.group !== group) nodes.push(el("div", { className: "lu-group", role: "presentation" }, (group = item.group)));
      nodes.push(item.pick ? this.#row(item, i) : el("div", { className: "lu-note", role: "presentation" }, item.label));
    });
    this.list.replaceChildren(...nodes);
    this.#mark();
  }

  #row(item, i) {
    const node = el("div", { id: `lu-option-${i}`, className: "lu-option", role: "option", "aria-selected": "false" },
      item.picture ? el("span", { className: "lu-face", "aria-hidden": "true" }, item.picture) : icon(item.icon),
      el("span", { className: "lu-grow" }, el("b", { dir: "auto" }, item.label), item.detail && el("small", { dir: "auto" }, item.detail)));
    node.addEventListener("click", () => this.#pick(i));
    node.addEventListener("pointermove", () => this.#at !== i && ((this.#at = i), this.#mark()));
    return node;
  }

  #mark() {
    for (const row of this.list.querySelectorAll("[aria-selected=true]")) row.setAttribute("aria-selected", "false");
    const row = byId(`lu-option-${this.#at}`);
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    const owner = this.#filter ?? field();
    owner.setAttribute("aria-controls", "lu-options");
    if (row) owner.setAttribute("aria-activedescendant", row.id);
    else owner.removeAttribute("aria-activedescendant");
  }

  /** Takes a key press when the list is open; returns whether it was one for the list. */
  key(e) {
    if (!this.open || e.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) this.#move(step);
    else if (e.key === "Escape") this.#dismiss();
    else if ((e.key === "Enter" && !e.shiftKey) || (e.key === "Tab" && !e.shiftKey)) this.#pick(this.#at);
    else return false;
    e.preventDefault();
    e.stopPropagation();
    return true;
  }

  #move(step) {
    const n = this.#items.length;
    for (let i = 0, at = this.#at; i < n; i++) {
      at = (at + step + n) % n;
      if (!this.#items[at].pick) continue;
      this.#at = at;
      break;
    }
    this.#mark();
  }

  #dismiss() {
    this.#dismissed = this.start;
    const own = this.#filter;
    this.close();
    if (own) field().focus();
  }

  #pick(i) {
    const item = this.#items[i];
    if (!item?.pick) return;
    const { start, query } = this;
    const sign = start < 0 ? 0 : 1;
    this.close();
    if (sign) insert("", start, start + sign + query.length);
    else field().focus();
    item.pick();
  }

  close() {
    if (!this.open) return;
    this.panel.hidden = true;
    this.#filter?.remove();
    this.#filter = null;
    this.#source = null;
    field().removeAttribute("aria-activedescendant");
    field().removeAttribute("aria-controls");
    this.said.textContent = "";
  }
}
