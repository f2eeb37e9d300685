// The titles of all chats, newest first, fetched page by page while the palette is searched and kept until one changes.

import { request } from "../core/api.js";

const PAGE = 200; // what the server gives at most

export class Titles {
  constructor() {
    this.forget();
  }

  /** What is known may be out of date. */
  forget() {
    Object.assign(this, { items: [], next: null, whole: false, going: null });
    this.generation = (this.generation ?? 0) + 1;
  }

  /** Calls `more(items)` with what is known and again with each page; only the first page unless `all`. Throws ApiError. */
  async find(more, all) {
    if (this.items.length) more(this.items);
    while (!this.whole && (all || !this.items.length)) {
      await this.#page();
      more(this.items);
    }
    if (!this.items.length) more([]);
  }

  // Two questions at once share a page on its way.
  #page() {
    this.going ??= this.#fetch().finally(() => (this.going = null));
    return this.going;
  }

  async #fetch() {
    const mine = this.generation;
    const from = this.next ? `&before=${encodeURIComponent(this.next)}` : "";
    const page = await request(`conversations?limit=${PAGE}${from}`);
    if (mine !== this.generation) return;
    this.items = [...this.items, ...page.items];
    this.next = page.next ?? null;
    this.whole = !page.next;
  }
}
