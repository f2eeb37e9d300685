// The head of an open collection: its name, what it holds, how documents get into it, and what else can be done.

import { tell } from "../core/bus.js";
import { fresh } from "../conversation/chat.js";
import { addMenu } from "./adding.js";
import { editCollection, removeCollection } from "./collections.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { indexAnew } from "./meaning.js";
import { openMenu } from "../core/menu.js";
import { EVALUATION, goLibrary } from "./place.js";

const narrow = matchMedia("(max-width: 720px)");

/** Draws it. On a wide screen the collections stand beside it, unless a document is open on the right. */
export function drawHead(root, c) {
  const facts = [tn("{n} document", "{n} documents", c.documents), c.bytes > 0 && bytes(c.bytes), c.waiting > 0 && tn("{n} waiting", "{n} waiting", c.waiting), c.failed > 0 && tn("{n} failed", "{n} failed", c.failed)].filter(Boolean).join(" · ");
  root.replaceChildren(
    iconButton("left", t("All collections"), () => (narrow.matches ? goLibrary() : tell("close-source")), { className: "lu-icon lu-lib-back", "data-focus": "lib-back" }),
    el("div", { className: "lu-grow" }, el("h2", { dir: "auto" }, c.name), el("small", {}, facts), c.description && el("p", { className: "lu-quiet", dir: "auto" }, c.description)),
    button(t("Ask"), () => askHere(c), { className: "lu-second", title: t("A new chat that answers from this collection"), "aria-label": t("Ask “{name}”", { name: c.name }), "data-focus": "ask-collection", disabled: !c.ready }),
    button([icon("plus"), el("span", { className: "lu-lib-add-word" }, t("Add"))], (e) => addMenu(c, e.currentTarget), { className: "lu-send lu-lib-add", "aria-haspopup": "menu", "aria-label": t("Add documents"), "data-focus": "add-documents" }),
    iconButton("dots", t("More"), (e) => more(c, e.currentTarget), { "aria-haspopup": "menu", "data-focus": "collection-more" }));
}

function askHere(c) {
  fresh();
  tell("setup", { collections: [c.id] });
  tell("focus-composer");
}

function more(c, anchor) {
  openMenu(anchor, [
    { label: t("Rename and describe…"), icon: "pen", run: () => editCollection(c) },
    { label: t("Index anew…"), icon: "again", run: () => indexAnew(c), disabled: !c.documents },
    { label: t("Evaluate…"), icon: "check", run: () => goLibrary({ collection: c.id, document: EVALUATION }) },
    "-",
    { label: t("Delete collection"), icon: "bin", danger: true, run: () => removeCollection(c) },
  ]);
}
