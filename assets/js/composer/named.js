// Documents whose name begins like what is typed after "@": asked of the server, shown as soon as they are here.

import { request } from "../core/api.js";
import { tell } from "../core/bus.js";
import { collectionsHere } from "../conversation/current.js";
import { workspace } from "../core/workspace.js";

const MOST = 6; // of each collection
const ASKED = 4; // collections
const KEPT = 40; // queries
const found = new Map(); // query and collections → documents

/** What is known of the documents that fit; more come later, told as `collections`. */
export function documentsLike(query) {
  const all = workspace.collections ?? [];
  const chosen = collectionsHere();
  const some = (chosen.length ? all.filter((c) => chosen.includes(c.id)) : all).filter((c) => c.documents).slice(0, ASKED);
  const key = JSON.stringify([query, some.map((c) => [c.id, c.documents])]);
  if (!found.has(key)) {
    found.set(key, []);
    if (found.size > KEPT) found.delete(found.keys().next().value);
    ask(key, query, some);
  }
  return found.get(key);
}

async function ask(key, query, collections) {
  const lists = await Promise.allSettled(collections.map((c) => request(`collections/${encodeURIComponent(c.id)}/documents?${new URLSearchParams({ limit: MOST, state: "ready", ...(query ? { q: query } : {}) })}`)));
  const documents = lists.flatMap((list, i) => (list.status === "fulfilled" ? list.value.items.map((d) => ({ ...d, collectionName: collections[i].name })) : []));
  if (!documents.length || !found.has(key)) return;
  found.set(key, documents);
  tell("collections", "documents");
}
