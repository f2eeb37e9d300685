// A list of any length of which only what is in sight is in the document. Entries have known heights; nodes are kept
// by key and patched, so that the focus, a hover and a running menu survive every change.

import { el } from "../core/dom.js";

const OVERSCAN = 360; // px drawn above and below what is seen

export class VirtualList {
  /**
   * `root` scrolls. `make(entry)` builds a node, `patch(node, entry)` brings it up to date; `seen(first, last)`
   * hears which entries are in sight. An entry: `{key, kind, height, focus}`; `focus` says that it can have the focus, on
   * the element marked `data-main`. Nodes of the kind `reusable` are all alike but for their patch.
   */
  constructor(root, { make, patch, seen, label, reusable }) {
    Object.assign(this, { root, make, patch, seen, entries: [], tops: [0], height: 0, bottom: 0, nodes: new Map(), at: new Map(), active: null });
    this.body = el("div", { className: "lu-rows", role: "list", "aria-label": label });
    Object.assign(this, { frame: 0, reusable, spare: [], kinds: new WeakMap(), fresh: new WeakSet() });
    root.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(([{ contentRect }]) => {
      this.height = contentRect.height;
      this.#soon();
    }).observe(root);
    this.body.addEventListener("focusin", (e) => this.#focused(e));
  }

  #soon() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** Shows these entries; what is in sight stays where it is when rows above it come or go. */
  show(entries) {
    const held = this.#held();
    const seen = this.root.scrollTop > 0 ? this.#inSight() : [];
    const was = seen.map((i) => [this.entries[i].key, this.tops[i]]);
    const index = held ? this.at.get(held) : -1;
    Object.assign(this, { entries, tops: [0], at: new Map(), fresh: new WeakSet() });
    entries.forEach((entry, i) => {
      this.at.set(entry.key, i);
      this.tops.push(this.tops[i] + entry.height);
    });
    this.body.style.height = `${this.tops.at(-1)}px`;
    this.#settle(was);
    this.draw();
    if (held && !this.at.has(held)) this.focus(this.#nearest(index));
  }

  // The middle of several shifts: one row may have moved by itself.
  #settle(was) {
    const shifts = was.filter(([key]) => this.at.has(key)).map(([key, top]) => this.tops[this.at.get(key)] - top);
    const shift = shifts.sort((a, b) => a - b)[Math.floor(shifts.length / 2)];
    if (shift) this.root.scrollTop += shift;
  }

  #inSight() {
    const first = this.#index(this.root.scrollTop);
    return [0, 1, 2, 3, 4].map((i) => first + i).filter((i) => i < this.entries.length);
  }

  // The last entry that begins at or above `y`.
  #index(y) {
    let low = 0;
    let high = this.entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Brings the document up to date with what is in sight; `bottom` is where that ends, in px. */
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.body.isConnected || !this.entries.length) return this.body.replaceChildren();
    // Read once and before anything is changed: reading afterwards would lay out the page in between.
    const top = this.root.scrollTop;
    this.bottom = top + this.height;
    const end = this.#index(this.bottom + OVERSCAN);
    const wanted = new Set();
    for (let i = this.#index(top - OVERSCAN); i <= end; i++) wanted.add(i);
    // The row that has the focus stays, however far it was scrolled away.
    const held = this.at.get(this.#held());
    if (held !== undefined) wanted.add(held);
    this.#place([...wanted].sort((a, b) => a - b));
    this.seen(this.#index(top), this.#index(this.bottom));
  }

  #place(indexes) {
    this.#drop(new Set(indexes.map((i) => this.entries[i].key)));
    let after = null;
    for (const i of indexes) {
      const node = this.#node(i);
      const place = after ? after.nextSibling : this.body.firstChild;
      if (place !== node) this.body.insertBefore(node, place);
      after = node;
    }
    this.#setStop(this.nodes.get(this.#tabStop(indexes)));
  }

  // Nodes of rows that went out of sight are used again: patching is cheaper than making.
  #drop(keep) {
    for (const [key, node] of this.nodes) {
      if (keep.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
      if (this.kinds.get(node) === this.reusable) this.spare.push(node);
    }
  }

  #node(i) {
    const entry = this.entries[i];
    let node = this.nodes.get(entry.key);
    // While it only scrolls, what is in sight is as it should be.
    if (node && this.fresh.has(node)) return node;
    node ??= this.#made(entry);
    this.fresh.add(node);
    this.patch(node, entry);
    node.style.top = `${this.tops[i]}px`;
    if (node.style.height !== `${entry.height}px`) node.style.height = `${entry.height}px`;
    node.setAttribute("aria-posinset", i + 1);
    node.setAttribute("aria-setsize", this.entries.length);
    return node;
  }

  #made(entry) {
    const node = (entry.kind === this.reusable && this.spare.pop()) || this.make(entry);
    node.setAttribute("role", "listitem");
    node.dataset.key = entry.key;
    this.kinds.set(node, entry.kind);
    this.nodes.set(entry.key, node);
    return node;
  }

  #setStop(node) {
    const all = [...this.body.querySelectorAll(":is(button, input)[tabindex='0'], :is(button, input):not([tabindex])")];
    for (const each of all) if (!node?.contains(each)) each.tabIndex = -1;
    for (const each of node?.querySelectorAll("button, input") ?? []) if (each.tabIndex !== 0) each.tabIndex = 0;
  }

  // One row at a time is in the order of Tab: the last that had the focus, else the first in sight.
  #tabStop(indexes) {
    const drawn = indexes.map((i) => this.entries[i]).filter((e) => e.focus);
    return (drawn.find((e) => e.key === this.active) ?? drawn.find((e) => e.preferred) ?? drawn[0])?.key;
  }

  #held() {
    return this.body.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  }

  #focused(e) {
    const key = e.target.closest("[data-key]")?.dataset.key;
    if (!key || key === this.active) return;
    this.active = key;
    this.#soon();
  }

  #nearest(index) {
    const can = (i) => this.entries[i]?.focus;
    for (let d = 0; d < this.entries.length; d++) {
      if (can(index + d)) return index + d;
      if (can(index - 1 - d)) return index - 1 - d;
    }
    return -1;
  }

  /** The entry an element stands in. */
  entryOf(node) {
    return this.entries[this.at.get(node?.closest?.("[data-key]")?.dataset.key)] ?? null;
  }

  /** Scrolls just as far as needed. */
  reveal(index) {
    const top = this.tops[index];
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + this.entries[index].height > scrollTop + clientHeight) this.root.scrollTop = top + this.entries[index].height - clientHeight;
  }

  /** Focuses the entry at `index`, scrolled into sight. */
  focus(index) {
    const entry = this.entries[index];
    if (!entry) return;
    this.active = entry.key;
    this.reveal(index);
    this.draw();
    const main = this.nodes.get(entry.key);
    (main?.matches("[data-main]") ? main : main?.querySelector("[data-main]"))?.focus({ preventScroll: true });
  }

  /** Moves the focus by `step` entries from the one that has it. */
  move(step) {
    for (let i = (this.at.get(this.#held()) ?? -1) + step; i >= 0 && i < this.entries.length; i += step) {
      if (this.entries[i].focus) return this.focus(i);
    }
  }

  /** Focuses the first entry that can have it, or the last. */
  jump(toEnd) {
    const indexes = this.entries.map((e, i) => (e.focus ? i : -1)).filter((i) => i >= 0);
    this.focus(toEnd ? indexes.at(-1) : indexes[0]);
  }
}
