// Draws a path of messages: only what changed, and a long one from where the reader is, a few milliseconds at a
// time, so that the page answers meanwhile.

import { holding } from "./reader.js";

const SLICE_MS = 8;
const FIRST = 6; // drawn at once, whatever it takes

const nextTask = (go) => (globalThis.scheduler?.postTask ? globalThis.scheduler.postTask(go, { priority: "user-visible" }) : setTimeout(go));

export class Thread {
  #nodes = new Map(); // id → {node, version}
  #all = [];
  #from = 0; // what is drawn of #all: [#from, #to)
  #to = 0;
  #tail = [];
  #slice = 0;

  /** `make(m)` gives a message's node, `version(m)` a text that changes when it has to be made anew. */
  constructor(column, { make, version }) {
    Object.assign(this, { column, make, version });
  }

  /** Forgets all nodes: another conversation comes. */
  reset() {
    this.#nodes.clear();
    this.#all = [];
    this.#from = this.#to = 0;
  }

  /** The node of a message, if it is drawn. */
  node(id) {
    return this.#nodes.get(id)?.node ?? null;
  }

  /** Shows the messages `all`, then the nodes `tail`. When none of them is here yet it begins at the index `at`. */
  show(all, at, tail) {
    this.#all = all;
    this.#tail = tail;
    const known = this.#firstNew();
    this.#from = this.#to = known ?? Math.max(0, Math.min(at, all.length - 1));
    const until = performance.now() + SLICE_MS;
    this.#down(until, FIRST);
    this.#up(known === null ? until : 0, known === null ? FIRST : 0);
    this.#place();
    this.#later();
  }

  // The index after the first stretch of messages that are on the page, or null when none is.
  #firstNew() {
    let i = this.#all.findIndex((m) => this.#here(m));
    if (i < 0) return null;
    while (i < this.#all.length && this.#here(this.#all[i])) i++;
    return i;
  }

  #here(m) {
    return this.node(m.id)?.isConnected ?? false;
  }

  get whole() {
    return this.#from === 0 && this.#to === this.#all.length;
  }

  #later() {
    const mine = ++this.#slice;
    this.column.toggleAttribute("data-drawing", !this.whole);
    if (!this.whole) nextTask(() => mine === this.#slice && this.#more());
  }

  // Downwards first: what is read stands below the message it begins with.
  #more() {
    const until = performance.now() + SLICE_MS;
    if (this.#to < this.#all.length) {
      this.#down(until, 1);
      this.#place();
    } else {
      holding(() => {
        this.#up(until, 1);
        this.#place();
      });
    }
    this.#later();
  }

  #down(until, least) {
    const may = this.#allowance(until, least);
    while (this.#to < this.#all.length && may(this.#all[this.#to])) this.#ready(this.#all[this.#to++]);
  }

  #up(until, least) {
    const may = this.#allowance(until, least);
    while (this.#from > 0 && may(this.#all[this.#from - 1])) this.#ready(this.#all[--this.#from]);
  }

  // What is on the page stays there whatever the time, or the reader would see it go and come back.
  #allowance(until, least) {
    let made = 0;
    return (m) => this.#here(m) || made++ < least || performance.now() < until;
  }

  #ready(m) {
    const version = this.version(m);
    const had = this.#nodes.get(m.id);
    if (had?.version === version) return;
    this.#nodes.set(m.id, { node: this.make(m, had?.node), version });
  }

  #place() {
    const wanted = this.#all.slice(this.#from, this.#to).map((m) => this.node(m.id));
    reconcile(this.column, [...wanted, ...this.#tail]);
  }
}

// Moves nothing that is in its place: a thousand nodes cost a comparison each.
function reconcile(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}
