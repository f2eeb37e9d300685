// What the open library shows, as plain values. library.js draws it, the modules beside it change it and call `redraw`.

import { tell } from "../core/bus.js";
import { workspace } from "../core/workspace.js";

export const library = {
  documents: null, // the Documents of the chosen collection
  filters: { q: "", state: "", type: "", tag: "" },
  selected: new Map(), // id → document
  tags: [], // {tag, documents} of the chosen collection
  folders: [], // kept in sync with the chosen collection
  passages: null, // {query, found, error, going}: a search within documents is shown
  working: new Map(), // document id → {step, done, total} of what is being read
  progress: null, // {done, total} of the job of the collection
  note: "", // what else it said
};

/** The chosen collection, or null. */
export const collectionOf = (id) => workspace.collections?.find((c) => c.id === id) ?? null;

/** Has the library drawn again soon. */
export const redraw = () => tell("library-changed");

/** Below /api/v1. */
export const at = (...parts) => parts.map(encodeURIComponent).join("/");
