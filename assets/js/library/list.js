// The documents of a collection as a dense list: thousands of rows, of which those in sight are in the page.

import { tell } from "../core/bus.js";
import { pickFiles } from "./adding.js";
import { toggleSelected, selectAll, selectTo } from "./bulk.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { bytes, count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { documentMenu, removeDocuments, renameDocument, retryDocuments } from "./documentacts.js";
import { Heights, plainHeight } from "./heights.js";
import { library } from "./state.js";
import { VirtualList } from "../sidebar/chatlist.js";
import { isBusy, nameOf, noteWords, shareOfWork, states, stateWords, typeWords } from "./words.js";

const entryOf = new WeakMap(); // node → entry

export class DocumentList {
  /** `here()` gives the collection it belongs to; `clear()` takes all filters away. */
  constructor(here, clear) {
    Object.assign(this, { here, clear, width: 0 });
    this.root = el("div", { className: "lu-lib-list", id: "lu-lib-list", tabIndex: -1 });
    this.columns = el("div", { className: "lu-lib-columns", "aria-hidden": "true" }, el("span"), el("span", {}, t("Name")), el("span", {}, t("Kind")), el("span", {}, t("Pages")), el("span", {}, t("Size")), el("span", {}, t("State")), el("span"));
    this.sight = { first: 0, last: 0 };
    this.list = new VirtualList(this.root, { make, patch, seen: (first, last) => this.#seen(first, last), label: t("Documents"), reusable: "document" });
    this.root.addEventListener("keydown", (e) => this.#pressed(e));
    this.root.addEventListener("contextmenu", (e) => this.#menu(e));
    this.root.append(this.list.body);
    this.heights = new Heights(this.root);
    new ResizeObserver(() => this.root.clientWidth !== this.width && library.documents && this.draw()).observe(this.root);
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
    this.width = this.root.clientWidth;
    this.columns.hidden = !items?.length;
    const say = message(documents, this.here(), this.clear);
    if (say) {
      if (this.said !== say.key) this.root.replaceChildren(say.node);
      this.said = say.key;
      return;
    }
    this.said = "";
    if (this.list.body.parentNode !== this.root || this.root.childNodes.length > 1) this.root.replaceChildren(this.list.body);
    const rows = items.map((d) => ({ key: d.id, kind: "document", height: this.heights.of(noteWords(d), d.state === "failed"), focus: true, document: d }));
    const gap = documents.missing * plainHeight();
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

// What stands in the place of the rows when there are none.
function message(documents, c, clear) {
  if (documents?.error && !documents.items) return { key: `error ${documents.error.message}`, node: el("div", { className: "lu-nothing", role: "alert" }, el("p", {}, [documents.error.message, documents.error.hint].filter(Boolean).join(" ")), button(t("Try again"), () => documents.refresh(), { className: "lu-second" })) };
  if (!documents?.items) return { key: "loading", node: el("p", { className: "lu-note" }, t("Loading…")) };
  if (documents.items.length) return null;
  const none = unmatched(library.filters);
  if (none) return { key: none, node: el("div", { className: "lu-nothing", role: "status" }, el("p", {}, none), button(t("Show all documents"), clear, { className: "lu-second" })) };
  return { key: "empty", node: el("div", { className: "lu-lib-empty" }, icon("upload"), el("b", {}, t("Drop files or folders here")), el("p", { className: "lu-quiet" }, t("Lumora reads them in the background. As soon as the first is ready you can ask about it.")), button(t("Choose files"), () => pickFiles(c.id), { className: "lu-second" })) };
}

const NONE = {
  q: (words) => t("No document has “{words}” in its name.", { words }),
  state: (state) => t("No document here is in this state: {state}.", { state: states().find(([name]) => name === state)?.[1] ?? state }),
  type: (type) => t("No document here is of this kind: {kind}.", { kind: typeWords(type) }),
  tag: (tag) => t("No document here has the tag “{tag}”.", { tag }),
};

// Why a list with filters is empty; nothing when there are none.
function unmatched(filters) {
  const set = Object.entries(filters).filter(([, value]) => value);
  if (!set.length) return "";
  return set.length === 1 ? NONE[set[0][0]](set[0][1]) : t("No document here fits all of these filters.");
}

const make = (entry) => (entry.kind === "gap" ? el("div", { className: "lu-gap", "aria-hidden": "true" }) : row());

function row() {
  const node = el("div", { className: "lu-doc" });
  const now = () => entryOf.get(node).document;
  const tick = el("input", { type: "checkbox", className: "lu-doc-tick", on: { click: (e) => (e.shiftKey ? selectTo(now()) : toggleSelected(now())) } });
  const open = button([icon("file"), el("span", { className: "lu-doc-name", dir: "auto" }), el("span", { className: "lu-doc-tags" })], () => tell("source", { document: now().id, collection: now().collection, library: true }), { className: "lu-doc-open", "data-main": "" });
  const cell = (name) => el("span", { className: `lu-doc-${name}` });
  const again = button(t("Try again"), () => retryDocuments([now()]), { className: "lu-doc-again" });
  node.append(tick, open, el("span", { className: "lu-doc-type" }, el("span"), el("span", { className: "lu-doc-tagline", dir: "auto" })), cell("pages"), cell("size"), el("span", { className: "lu-doc-state" }, el("i", { "aria-hidden": "true" }), el("span")), iconButton("dots", "", (e) => documentMenu(now(), e.currentTarget), { className: "lu-icon lu-more", "aria-haspopup": "menu" }), el("div", { className: "lu-doc-why" }, el("span", { dir: "auto" }), again), el("i", { className: "lu-doc-share", "aria-hidden": "true" }));
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
  text(find("type").firstChild, typeWords(d.type));
  text(find("pages"), d.pages ? count(d.pages) : "");
  text(find("size"), d.bytes ? bytes(d.bytes) : "");
  text(find("tagline"), (d.tags ?? []).join(", "));
  const work = isBusy(d) ? library.working.get(d.id) : null;
  const share = shareOfWork(d, work);
  text(find("state").lastChild, stateWords(d, work));
  find("share").hidden = share === null;
  find("share").style.inlineSize = `${Math.round(100 * (share ?? 0))}%`;
  const note = noteWords(d);
  find("why").hidden = !note;
  text(find("why").firstChild, note);
  find("again").hidden = d.state !== "failed";
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
