// The documents of a collection as a dense list: thousands of rows, of which those in sight are in the page.

import { tell } from "../core/bus.js";
import { pickFiles } from "./adding.js";
import { toggleSelected, selectAll, selectTo } from "./bulk.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { bytes, count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { documentMenu, removeDocuments, renameDocument, retryDocuments } from "./documentacts.js";
import { library } from "./state.js";
import { VirtualList } from "../sidebar/chatlist.js";
import { isBusy, nameOf, stateWords, typeWords, whyWords } from "./words.js";

const ROW = 40;
const WITH_REASON = 62;
const PHONE = 58;
const PHONE_WITH_REASON = 92;
const narrow = matchMedia("(max-width: 720px)");
const entryOf = new WeakMap(); // node → entry

export class DocumentList {
  /** `here()` gives the collection it belongs to. */
  constructor(here) {
    this.here = here;
    this.root = el("div", { className: "lu-lib-list", id: "lu-lib-list", tabIndex: -1 });
    this.columns = el("div", { className: "lu-lib-columns", "aria-hidden": "true" }, el("span"), el("span", {}, t("Name")), el("span", {}, t("Kind")), el("span", {}, t("Pages")), el("span", {}, t("Size")), el("span", {}, t("State")), el("span"));
    this.sight = { first: 0, last: 0 };
    this.list = new VirtualList(this.root, { make, patch, seen: (first, last) => this.#seen(first, last), label: t("Documents"), reusable: "document" });
    this.root.addEventListener("keydown", (e) => this.#pressed(e));
    this.root.addEventListener("contextmenu", (e) => this.#menu(e));
    this.root.append(this.list.body);
  }

  /** Other documents come: begins at the top. */
  reset() {
    this.root.scrollTop = 0;
  }

  #seen(first, last) {
    this.sight = { first, last };
    if (library.documents?.missing && last >= library.documents.items.length - 30) library.documents.reach(last + 60);
  }

  /** Draws what is known. */
  draw() {
    const { documents } = library;
    const items = documents?.items;
    this.columns.hidden = !items?.length;
    const say = message(documents, this.here());
    if (say) {
      if (this.said !== say.key) this.root.replaceChildren(say.node);
      this.said = say.key;
      return;
    }
    this.said = "";
    if (this.list.body.parentNode !== this.root || this.root.childNodes.length > 1) this.root.replaceChildren(this.list.body);
    const rows = items.map((d) => ({ key: d.id, kind: "document", height: heightOf(d), focus: true, document: d }));
    const gap = documents.missing * (narrow.matches ? PHONE : ROW);
    this.list.show(gap ? [...rows, { key: "gap", kind: "gap", height: gap }] : rows);
  }

  #pressed(e) {
    const entry = this.list.entryOf(e.target);
    if (!entry?.document) return;
    const mod = e.ctrlKey || e.metaKey;
    const act = mod ? { a: () => selectAll() }[e.key.toLowerCase()] : e.shiftKey && ["ArrowDown", "ArrowUp"].includes(e.key) ? () => this.#extend(entry, e.key) : !e.altKey && this.#keys(entry)[e.key];
    if (!act || (e.target.matches("input") && e.key === " ")) return;
    e.preventDefault();
    e.stopPropagation();
    act();
  }

  #keys({ document: d }) {
    const chosen = () => (library.selected.size ? [...library.selected.values()] : [d]);
    return {
      ArrowDown: () => this.list.move(1), ArrowUp: () => this.list.move(-1), Home: () => this.list.jump(false), End: () => this.#toEnd(),
      " ": () => toggleSelected(d), F2: () => renameDocument(d), Delete: () => removeDocuments(chosen()),
      ...(library.selected.size ? { Escape: () => (library.selected.clear(), tell("library-changed")) } : {}),
    };
  }

  #extend({ document: d }, key) {
    toggleSelected(d, true);
    this.list.move(key === "ArrowDown" ? 1 : -1);
    const next = this.list.entryOf(document.activeElement)?.document;
    if (next) toggleSelected(next, true);
  }

  async #toEnd() {
    await library.documents.reach(Infinity);
    this.draw();
    this.list.jump(true);
  }

  #menu(e) {
    const entry = this.list.entryOf(e.target);
    const anchor = e.target.closest("[data-key]")?.querySelector(".lu-more");
    if (!entry?.document || !anchor) return;
    e.preventDefault();
    documentMenu(entry.document, anchor);
  }
}

const heightOf = (d) => (narrow.matches ? (d.error ? PHONE_WITH_REASON : PHONE) : d.error ? WITH_REASON : ROW);

// What stands in the place of the rows when there are none.
function message(documents, c) {
  if (documents?.error && !documents.items) return { key: `error ${documents.error.message}`, node: el("div", { className: "lu-nothing", role: "alert" }, el("p", {}, [documents.error.message, documents.error.hint].filter(Boolean).join(" ")), button(t("Try again"), () => documents.refresh(), { className: "lu-second" })) };
  if (!documents?.items) return { key: "loading", node: el("p", { className: "lu-note" }, t("Loading…")) };
  if (documents.items.length) return null;
  const filtered = Object.values(library.filters).some(Boolean);
  if (filtered) return { key: "filtered", node: el("p", { className: "lu-note", role: "status" }, t("No document here matches the filters.")) };
  return { key: "empty", node: el("div", { className: "lu-lib-empty" }, icon("upload"), el("b", {}, t("Drop files or folders here")), el("p", { className: "lu-quiet" }, t("Lumora reads them in the background. As soon as the first is ready you can ask about it.")), button(t("Choose files"), () => pickFiles(c.id), { className: "lu-second" })) };
}

const make = (entry) => (entry.kind === "gap" ? el("div", { className: "lu-gap", "aria-hidden": "true" }) : row());

function row() {
  const node = el("div", { className: "lu-doc" });
  const now = () => entryOf.get(node).document;
  const tick = el("input", { type: "checkbox", className: "lu-doc-tick", on: { click: (e) => (e.shiftKey ? selectTo(now()) : toggleSelected(now())) } });
  const open = button([icon("file"), el("span", { className: "lu-doc-name", dir: "auto" }), el("span", { className: "lu-doc-tags" })], () => tell("source", { document: now().id, collection: now().collection, library: true }), { className: "lu-doc-open", "data-main": "" });
  const cell = (name) => el("span", { className: `lu-doc-${name}` });
  const again = button(t("Try again"), () => retryDocuments([now()]), { className: "lu-doc-again" });
  node.append(tick, open, cell("type"), cell("pages"), cell("size"), el("span", { className: "lu-doc-state" }, el("i", { "aria-hidden": "true" }), el("span")), iconButton("dots", "", (e) => documentMenu(now(), e.currentTarget), { className: "lu-icon lu-more", "aria-haspopup": "menu" }), el("div", { className: "lu-doc-why" }, el("span", { dir: "auto" }), again));
  return node;
}

const text = (node, value) => node.textContent !== value && (node.textContent = value);

function patch(node, entry) {
  entryOf.set(node, entry);
  if (entry.kind !== "document") return;
  const d = entry.document;
  const find = (name) => node.querySelector(`.lu-doc-${name}`);
  const chosen = library.selected.has(d.id);
  node.classList.toggle("lu-picked", chosen);
  node.dataset.state = d.state;
  Object.assign(find("tick"), { checked: chosen });
  find("tick").setAttribute("aria-label", t("Select {name}", { name: nameOf(d) }));
  find("tick").dataset.focus = `tick-${d.id}`;
  find("open").dataset.focus = `open-${d.id}`;
  find("open").title = nameOf(d);
  text(find("name"), nameOf(d));
  tags(find("tags"), d.tags ?? []);
  text(find("type"), typeWords(d.type));
  text(find("pages"), d.pages ? count(d.pages) : "");
  text(find("size"), d.bytes ? bytes(d.bytes) : "");
  text(find("state").lastChild, stateWords(d, isBusy(d) ? library.working.get(d.id) : null));
  find("why").hidden = !d.error && d.state !== "cancelled";
  text(find("why").firstChild, whyWords(d));
  const menu = node.querySelector(".lu-more");
  menu.setAttribute("aria-label", t("More about {name}", { name: nameOf(d) }));
  menu.dataset.focus = `more-${d.id}`;
}

function tags(root, all) {
  const wanted = all.join("\n");
  if (root.dataset.tags === wanted) return;
  root.dataset.tags = wanted;
  root.replaceChildren(...all.slice(0, 3).map((tag) => el("span", { className: "lu-tag", dir: "auto" }, tag)), ...(all.length > 3 ? [el("span", { className: "lu-tag" }, `+${count(all.length - 3)}`)] : []));
}
