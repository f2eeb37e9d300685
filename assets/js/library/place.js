// The library's place in the middle of the page: whether it is shown, and what of it the address names. What stands
// in it is library.js, which is loaded when it is first opened.

import { on, tell } from "../core/bus.js";
import { chatAddress } from "../conversation/chat.js";
import { command } from "../core/commands.js";
import { byId, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { complain } from "../core/toast.js";

const NAMED = /^#library(?:\/([^/?&]*))?(?:\/([^/?&]*))?/;

/** In the address it stands where a document's id would. */
export const EVALUATION = "evaluation";

/** `{open, collection, document}`: what the library shows; the ids are null when none is chosen. */
export const place = { open: false, collection: null, document: null };

let drawn = null; // the module that draws it

function named() {
  const found = NAMED.exec(location.hash);
  return found && { collection: decode(found[1]), document: decode(found[2]) };
}

const decode = (part) => (part ? decodeURIComponent(part) : null);

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (byId("lu-library").dataset.ready) return;
  byId("lu-library").dataset.ready = "1";
  byId("lu-lib-menu").append(icon("menu"));
  byId("lu-lib-menu").addEventListener("click", () => tell("drawer", "lu-library-open"));
  byId("lu-lib-close").append(icon("close"));
  byId("lu-lib-close").addEventListener("click", leaveLibrary);
  if (named()) enter(named());
  else inert();
}

/** Shows the library, perhaps at a collection and one of its documents. */
export function goLibrary({ collection = null, document = null } = {}) {
  const parts = [collection, document].filter(Boolean).map(encodeURIComponent);
  const hash = `#${["library", ...parts].join("/")}`;
  if (location.hash !== hash) history.pushState(history.state, "", location.pathname + location.search + hash);
  enter({ collection, document });
}

/** Names another part of the library in the address without a step to go back to. */
export function nameHere({ collection, document = null }) {
  Object.assign(place, { collection, document });
  if (!place.open) return;
  const parts = [collection, document].filter(Boolean).map(encodeURIComponent);
  history.replaceState(history.state, "", `${location.pathname}${location.search}#${["library", ...parts].join("/")}`);
}

async function enter(wanted) {
  const opened = !place.open;
  Object.assign(place, wanted, { open: true });
  byId("app").dataset.place = "library";
  inert();
  tell("place");
  try {
    drawn ??= await import("./library.js");
  } catch (e) {
    complain({ message: t("This part of the page could not be loaded."), hint: e.message });
    return;
  }
  if (place.open) drawn.show(opened);
}

/** Goes back to the chat. */
export function leaveLibrary() {
  if (!place.open) return;
  history.pushState(history.state, "", location.pathname + location.search + chatAddress());
  left();
  tell("focus-composer");
}

function left() {
  if (!place.open) return;
  Object.assign(place, { open: false, collection: null, document: null });
  delete byId("app").dataset.place;
  inert();
  drawn?.hide();
  tell("place");
}

// Only one of the two in the middle is there; the other keeps its place but nothing in it can be reached.
function inert() {
  byId("talk").toggleAttribute("data-behind", place.open);
  byId("talk").inert = place.open;
  byId("library").inert = !place.open;
}

on("library", (detail) => goLibrary(detail ?? {}));
on("talk", leaveLibrary);
on("conversation", (detail) => detail?.opened && left());
addEventListener("popstate", () => byId("lu-library")?.dataset.ready && (named() ? enter(named()) : left()));

command({ id: "library", title: () => t("Library"), keys: "Alt+Shift+L", icon: "book", run: () => goLibrary() });
