// One collection as it is open: its head, what is going on in it, its filters, and its documents as a list that holds
// thousands.

import { el, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { drawActivity } from "./activity.js";
import { drawBulk } from "./bulk.js";
import { Documents } from "./documents.js";
import { filterBar } from "./filters.js";
import { loadFolders } from "./folders.js";
import { drawHead } from "./head.js";
import { DocumentList } from "./list.js";
import { library, redraw } from "./state.js";
import { loadTags } from "./tags.js";
import { forget, watch } from "./watching.js";
import { refreshCollections } from "../core/workspace.js";

const counted = (c) => [c.documents, c.ready, c.failed, c.waiting].join(" ");

export class Collection {
  /** `collection` is the row of the API. */
  constructor(collection) {
    this.id = collection.id;
    this.collection = collection;
    this.counted = counted(collection);
    Object.assign(library, { filters: { q: "", state: "", type: "", tag: "" }, tags: [], folders: [] });
    library.selected.clear();
    this.head = el("header", { className: "lu-lib-head" });
    this.activity = el("div", { className: "lu-lib-activity" });
    this.filters = filterBar(() => this.#ask());
    this.bulk = el("div", { className: "lu-lib-bulk", hidden: true, role: "toolbar", "aria-label": t("Selected documents") });
    this.list = new DocumentList(() => this.collection, () => this.filters.clear());
    this.node = el("section", { className: "lu-lib-open", "aria-label": collection.name }, this.head, this.activity, this.filters.node, this.bulk, this.list.columns, this.list.root);
    this.#ask();
    loadFolders(this.id);
    loadTags(this.id);
  }

  // Other filters are another list.
  #ask() {
    if (library.documents) library.documents.closed = true;
    const asked = Object.fromEntries(Object.entries(library.filters).filter(([, value]) => value));
    library.documents = new Documents(this.id, asked, redraw);
    this.list.reset();
    redraw();
    library.documents.refresh();
  }

  /** Draws what is known now. */
  update(collection) {
    this.collection = collection;
    this.node.setAttribute("aria-label", collection.name);
    keepingFocus(this.head, () => drawHead(this.head, collection));
    keepingFocus(this.activity, () => drawActivity(this.activity, collection));
    this.filters.update(collection);
    keepingFocus(this.bulk, () => drawBulk(this.bulk, collection));
    this.list.draw();
    this.#recount(collection);
    watch(collection.job, { renew: () => this.#renew(), over: () => this.refresh() });
  }

  // A short job may be over before its name came here: then only the counts tell that the list is of before.
  #recount(collection) {
    if (collection.job || counted(collection) === this.counted) return;
    this.counted = counted(collection);
    library.documents.refresh();
  }

  async #renew() {
    const { first, last } = this.list.sight;
    await Promise.allSettled([library.documents.pages ? library.documents.renew(first, last) : library.documents.refresh(), refreshCollections({ quietly: true })]);
    redraw();
  }

  /** Asks for all of it again. */
  async refresh() {
    await Promise.allSettled([library.documents.refresh(), refreshCollections({ quietly: true })]);
    loadFolders(this.id);
    loadTags(this.id);
    redraw();
  }

  /** It is not shown any more. */
  close() {
    forget();
    if (library.documents) library.documents.closed = true;
    library.documents = null;
    library.selected.clear();
  }
}
