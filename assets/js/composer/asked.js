// The pill in the composer that says from which documents the answer comes, and lets a person choose them.

import { on } from "../core/bus.js";
import { changeSetup, chat } from "../conversation/chat.js";
import { chosenWords, collectionBoxes, ensureCollections, renewCollections, toLibrary } from "../library/chooser.js";
import { command } from "../core/commands.js";
import { collectionsHere, projectHere } from "../conversation/current.js";
import { byId, el, icon, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { closePopover, openPopover } from "../core/popover.js";
import { workspace } from "../core/workspace.js";

let panel = null;

const face = () => byId("lu-asked");

/** Wires the pill. */
export function mountAsked() {
  face().addEventListener("click", open);
  draw();
}

// A collection that was deleted is not asked any more.
const here = () => collectionsHere().filter((id) => !workspace.collections || workspace.collections.some((c) => c.id === id));

function draw() {
  if (!face()) return;
  const ids = here();
  const words = ids.length ? chosenWords(ids) : t("Documents");
  const said = ids.length ? t("Answers rest on these documents") : t("Answers rest on no documents");
  face().replaceChildren(icon("book"), el("span", { dir: "auto" }, words), el("span", { className: "lu-sr" }, said));
  face().toggleAttribute("data-on", ids.length > 0);
  face().title = said;
}

async function open() {
  const again = panel?.isConnected;
  closePopover(false);
  if (again) return;
  panel = openPopover(face(), t("Answer from documents"), content());
  await renewCollections();
  if (panel?.isConnected && !workspace.collections?.length) fill();
}

function fill() {
  keepingFocus(panel, () => panel.replaceChildren(...content()));
  if (!panel.contains(document.activeElement)) panel.querySelector("input, button")?.focus({ preventScroll: true });
}

function content() {
  const inherited = chat.setup.collections === null && projectHere()?.collections?.length ? el("small", {}, t("As the project says. A choice here is for this chat alone.")) : null;
  return [el("b", {}, t("Answer from documents")), inherited, collectionBoxes({ value: here(), onChange: change }), el("div", { className: "lu-row lu-end" }, toLibrary(() => closePopover(false)))].filter(Boolean);
}

function change(ids) {
  changeSetup({ collections: ids.length || projectHere()?.collections?.length ? ids : null });
}

for (const name of ["conversation", "collections"]) on(name, draw);
on("collections", (kind) => kind === "collections" && panel?.isConnected && fill());
on("setup", changeSetup);
on("ready", () => ensureCollections().then(draw));

command({ id: "choose-collections", title: () => t("Choose documents to answer from"), group: "chat", icon: "book", run: () => face().click() });
