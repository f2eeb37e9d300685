// The documents of one collection, fetched page by page as they come into sight.

import { request } from "../core/api.js";

const PAGE = 100;

/** `{id, name, …}` rows in the server's order. A page is `{before, items, next}`; `before` is its cursor. */
export class Documents {
  /** `filters` are `{q, state, type, tag}`; `changed()` is called when there is something new to show. */
  constructor(collection, filters, changed) {
    Object.assign(this, { collection, filters, changed, pages: null, total: 0, error: null, closed: false, going: null });
  }

  /** All rows that are here, in order. */
  get items() {
    return this.pages ? this.pages.flatMap((page) => page.items) : null;
  }

  /** How many rows are known to be there but not here yet. */
  get missing() {
    if (!this.pages?.at(-1)?.next) return 0;
    return Math.max(1, this.total - this.pages.reduce((n, page) => n + page.items.length, 0));
  }

  async #fetch(before) {
    const asked = Object.entries({ limit: PAGE, before, ...this.filters }).filter(([, value]) => value);
    const answer = await request(`collections/${encodeURIComponent(this.collection)}/documents?${new URLSearchParams(asked)}`);
    this.total = answer.total;
    return { before, items: answer.items, next: answer.next ?? null };
  }

  // One question at a time: all of them go by the cursors of the pages before.
  #turn(work) {
    const mine = (this.going ?? Promise.resolve()).then(() => this.closed || work()).then(() => (this.error = null), (e) => (this.error = e));
    this.going = mine;
    return mine.then(() => this.closed || this.changed());
  }

  /** Asks for everything that is here again. */
  refresh() {
    return this.#turn(async () => {
      const wanted = this.pages?.length ?? 1;
      const pages = [await this.#fetch(null)];
      while (pages.length < wanted && pages.at(-1).next && !this.closed) pages.push(await this.#fetch(pages.at(-1).next));
      this.pages = pages;
    });
  }

  /** Asks again for the pages that hold the rows from `first` to `last`. */
  renew(first, last) {
    return this.#turn(async () => {
      let at = 0;
      const due = (this.pages ?? []).filter(({ items }) => {
        at += items.length;
        return at > first && at - items.length <= last;
      });
      for (const page of due) await this.#again(page);
      this.#once();
    });
  }

  // New documents push others out of a page: those stand between it and the next one.
  async #again(page) {
    const i = this.pages.indexOf(page);
    let fresh = await this.#fetch(page.before);
    const between = [fresh];
    const following = this.pages[i + 1];
    while (following && fresh.next && fresh.next !== following.before && !fresh.items.some((d) => d.id === following.items[0]?.id)) between.push((fresh = await this.#fetch(fresh.next)));
    this.pages.splice(i, 1, ...between);
  }

  /** Fetches until `count` rows are here, or all. */
  reach(count) {
    if (!this.missing || this.pages.reduce((n, page) => n + page.items.length, 0) >= count) return this.going;
    return this.#turn(async () => {
      while (!this.closed && this.pages.at(-1).next && this.items.length < count) {
        this.pages.push(await this.#fetch(this.pages.at(-1).next));
        if (count < Infinity) continue;
        this.changed();
      }
      this.#once();
    });
  }

  // What moved from one page to another while they were asked for stands in both.
  #once() {
    const seen = new Set();
    for (const page of this.pages ?? []) page.items = page.items.filter((d) => !seen.has(d.id) && seen.add(d.id));
  }

  /** The row of this id, if it is here. */
  get(id) {
    return this.items?.find((d) => d.id === id) ?? null;
  }

  /** Puts a newer state of a row in its place. */
  put(document) {
    for (const page of this.pages ?? []) page.items = page.items.map((d) => (d.id === document.id ? document : d));
    this.changed();
  }

  /** Takes rows out at once, before the server is asked. */
  forget(ids) {
    for (const page of this.pages ?? []) {
      const left = page.items.filter((d) => !ids.has(d.id));
      this.total -= page.items.length - left.length;
      page.items = left;
    }
    this.changed();
  }
}
