// The tags in the open collection: what its documents can be narrowed to, and what is offered when one is tagged.

import { request } from "../core/api.js";
import { at, library, redraw } from "./state.js";

/** Asks for them; what was known stays when that fails. */
export async function loadTags(collection) {
  const { items } = await request(`${at("collections", collection)}/tags`).catch(() => ({ items: null })); // the list itself says what is wrong
  if (!items || library.documents?.collection !== collection) return;
  library.tags = items;
  redraw();
}
