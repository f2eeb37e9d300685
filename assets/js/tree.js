// A conversation is a tree of messages: an edit or another answer is a sibling. A path is one way through it.

/** The messages below `parent` (null: the first ones), oldest first. */
export const children = (messages, parent) => [...messages.values()].filter((m) => m.parent === parent);

/** Ids of a message and all its siblings, oldest first. */
export const siblings = (messages, message) => children(messages, message.parent).map((m) => m.id);

/** The messages from the first to the last one; at each fork the chosen one, else the newest. */
export function path(messages, choices) {
  const below = new Map();
  for (const m of messages.values()) below.set(m.parent, [...(below.get(m.parent) ?? []), m]);
  const out = [];
  for (let next = below.get(null); next; next = below.get(out.at(-1).id)) {
    out.push(next.find((m) => m.id === choices.get(m.parent)) ?? next.at(-1));
  }
  return out;
}

/** Chooses at every fork so that the path leads through `id`. */
export function chooseThrough(messages, choices, id) {
  for (let m = messages.get(id); m; m = messages.get(m.parent)) choices.set(m.parent, m.id);
}
