// Conversations of one section (pinned, of a project, loose), fetched page by page as they are needed.

import { request } from "../core/api.js";

const PAGE = 100; // the first page, asked again on every change
const MORE = 200; // what the server gives at most

export class Source {
  /** `query` is the filter of `GET /conversations`; `changed()` is called whenever there is something new to show. */
  constructor(query, changed) {
    Object.assign(this, { query, changed, items: null, next: null, total: 0, error: null, wanted: PAGE, closed: false });
    this.queue = Promise.resolve();
    this.refreshing = null;
    this.reaching = false;
  }

  /** Rows known to be there but not fetched yet. */
  get missing() {
    return this.next ? Math.max(1, this.total - this.items.length) : 0;
  }

  #page(limit, before) {
    const from = before ? `&before=${encodeURIComponent(before)}` : "";
    return request(`conversations?limit=${limit}&${this.query}${from}`);
  }

  /** Asks what changed. One question at a time: a change meanwhile is asked for once more. */
  refresh() {
    if (this.refreshing) {
      this.stale = true;
      return this.refreshing;
    }
    this.refreshing = this.#turn(() => this.#renew()).finally(() => {
      this.refreshing = null;
      if (this.stale) {
        this.stale = false;
        return this.refresh();
      }
    });
    return this.refreshing;
  }

  // Renewing and reaching never overlap: both go by the cursor.
  #turn(work) {
    const mine = this.queue.then(work).catch((e) => (this.error = e)).then(() => this.closed || this.changed());
    this.queue = mine;
    return mine;
  }

  async #renew() {
    const page = await this.#page(PAGE);
    if (!this.#merge(page)) await this.#again(page);
    this.error = null;
  }

  // The new first page before what was fetched earlier. Only when the two together make up the new total is the
  // rest still true; otherwise it has to be fetched anew.
  #merge({ items, next, total }) {
    if (!this.items || !next) return this.#take(items, next ?? null, total);
    const last = items.at(-1);
    const fresh = new Set(items.map((c) => c.id));
    const rest = this.items.filter((c) => !fresh.has(c.id) && later(last, c));
    const known = items.length + rest.length;
    if (known - this.items.length !== total - this.total) return false;
    return this.#take([...items, ...rest], rest.length ? this.next : next, total);
  }

  #take(items, next, total) {
    Object.assign(this, { items, next, total });
    return true;
  }

  async #again({ items, next, total }) {
    const all = [...items];
    while (next && all.length < Math.min(this.wanted, this.items.length)) {
      const page = await this.#page(MORE, next);
      all.push(...page.items);
      next = page.next;
      total = page.total;
    }
    this.#take(all, next ?? null, total);
  }

  /** Fetches until `count` rows are here, or all. */
  reach(count) {
    this.wanted = Math.max(PAGE, count);
    if (this.reaching || !this.next || this.items.length >= count) return this.queue;
    this.reaching = true;
    return this.#turn(() => this.#fetch()).finally(() => (this.reaching = false));
  }

  async #fetch() {
    let drawn = 0;
    while (this.next && this.items.length < this.wanted && !this.closed) {
      const page = await this.#page(MORE, this.next);
      const known = new Set(this.items.map((c) => c.id));
      this.items.push(...page.items.filter((c) => !known.has(c.id)));
      Object.assign(this, { next: page.next ?? null, total: page.total, error: null });
      if (performance.now() - drawn > 120) {
        this.changed();
        drawn = performance.now();
      }
    }
  }

  /** Fetches all. */
  async all() {
    await this.queue;
    await this.reach(Infinity);
    if (this.error) throw this.error;
  }

  /** Takes rows out at once, before the server is asked. */
  forget(ids) {
    if (!this.items) return;
    const left = this.items.filter((c) => !ids.has(c.id));
    this.total -= this.items.length - left.length;
    this.items = left;
  }
}

const later = (a, b) => a.updated_at > b.updated_at || (a.updated_at === b.updated_at && a.id > b.id);
