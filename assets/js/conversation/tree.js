// A conversation is a tree of messages: an edit or another answer is a sibling. A path is one way through it.

const NONE = [];

/** The messages by id, with an index of what stands below what. A message never changes its parent. */
export class Tree extends Map {
  constructor(messages = []) {
    super();
    for (const m of messages) this.set(m.id, m);
  }

  set(id, message) {
    this.under ??= new Map(); // Map's own constructor has not run this far
    const beside = this.under.get(message.parent) ?? [];
    const at = this.has(id) ? beside.findIndex((m) => m.id === id) : -1;
    if (at < 0) beside.push(message);
    else beside[at] = message;
    this.under.set(message.parent, beside);
    return super.set(id, message);
  }

  delete(id) {
    const gone = this.get(id);
    if (!gone) return false;
    this.under.set(gone.parent, children(this, gone.parent).filter((m) => m.id !== id));
    return super.delete(id);
  }
}

/** The messages below `parent` (null: the first ones), oldest first. */
export const children = (messages, parent) => messages.under?.get(parent) ?? NONE;

/** Ids of a message and all its siblings, oldest first. */
export const siblings = (messages, message) => children(messages, message.parent).map((m) => m.id);

/** The messages from `parent` (null: the root) downwards; at each fork the chosen one, else the newest. */
export function path(messages, choices, parent = null) {
  const out = [];
  for (let next = children(messages, parent); next.length; next = children(messages, out.at(-1).id)) {
    out.push(chosen(next, choices));
  }
  return out;
}

function chosen(all, choices) {
  const wanted = all.length > 1 ? choices.get(all[0].parent) : null;
  return (wanted && all.find((m) => m.id === wanted)) ?? all.at(-1);
}

/** The messages from the root down to `id`, which is last; empty for null. */
export function lineage(messages, id) {
  const out = [];
  for (let m = messages.get(id); m; m = messages.get(m.parent)) out.push(m);
  return out.reverse();
}

/** A message and everything below it. */
export function branch(messages, id) {
  const out = [messages.get(id)];
  for (let i = 0; i < out.length; i++) out.push(...children(messages, out[i].id));
  return out;
}

/** Chooses at every fork so that the path leads through `id`. */
export function chooseThrough(messages, choices, id) {
  for (const m of lineage(messages, id)) choices.set(m.parent, m.id);
}
