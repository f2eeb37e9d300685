// The models that search by meaning: the offer to download one while there is none, and the dialog in which a
// collection is indexed anew, perhaps with another.

import { request } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { button, el, icon, keepingFocus } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { t } from "../core/i18n.js";
import { on } from "../core/bus.js";
import { mayManage } from "../core/status.js";
import { download } from "../topbar/download.js";
import { models, pull } from "../topbar/models.js";
import { field } from "../settings/controls.js";
import { at } from "./state.js";
import { toast } from "../core/toast.js";
import { refreshCollections } from "../core/workspace.js";

const embedders = () => (models.items ?? []).filter((m) => m.task === "embedding").sort((a, b) => a.bytes - b.bytes);

/** A card that offers the smallest model while there is none, or null. */
export function meaningOffer() {
  const all = embedders();
  if (!all.length || all.some((m) => m.installed)) return null;
  const [model] = all;
  const going = download(model);
  const words = el("div", { className: "lu-grow" }, el("b", {}, t("Searching goes by words alone so far")), el("small", {}, t("With a small model Lumora also finds what says the same in other words.")), going);
  const act = going || !mayManage() ? null : button(t("Download {size}", { size: bytes(model.bytes) }), () => pull(model.name), { className: "lu-second", "data-focus": "get-embedder" });
  return el("div", { className: "lu-job lu-lib-meaning" }, el("div", { className: "lu-row" }, icon("info"), words, act));
}

let drawn = null; // draws the open dialog's list again

/** Asks how a collection is to be indexed anew. */
export function indexAnew(c) {
  const all = embedders();
  const select = el("select", {}, el("option", { value: "" }, t("As it is: {model}", { model: titleOf(c.embedder) })), all.filter((m) => m.installed && m.name !== c.embedder).map((m) => el("option", { value: m.name }, m.title)));
  const others = el("div", { className: "lu-lib-models" });
  const row = field({ label: t("Model that searches by meaning"), control: select, help: t("Without another model every document is read again from its file.") });
  const go = el("button", { type: "submit", className: "lu-send" }, t("Index anew"));
  const form = el("form", { className: "lu-form", novalidate: true }, el("p", {}, t("It goes on in the background; searches use the old index until the new one is whole.")), row, others,
    el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), go));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    go.disabled = true;
    try {
      await request(at("collections", c.id, "reindex"), { method: "POST", body: select.value ? { embedder: select.value } : {} });
      await refreshCollections();
      dialog.close();
      toast(t("“{name}” is being indexed anew.", { name: c.name }));
    } catch (error) {
      row.wrong([error.message, error.hint].filter(Boolean).join(" "));
    }
    go.disabled = false;
  });
  drawn = () => {
    for (const m of embedders()) if (m.installed && m.name !== c.embedder && ![...select.options].some((o) => o.value === m.name)) select.append(el("option", { value: m.name }, m.title));
    keepingFocus(others, () => others.replaceChildren(...missing()));
  };
  const dialog = openDialog({ title: t("Index “{name}” anew?", { name: c.name }), content: [form], className: "lu-small", onClose: () => (drawn = null) });
  drawn();
  select.focus();
}

const titleOf = (name) => embedders().find((m) => (name ? m.name === name : m.installed))?.title ?? name ?? t("None");

function missing() {
  if (!mayManage()) return [];
  return embedders().filter((m) => !m.installed).map((m) => {
    const going = download(m);
    const facts = [bytes(m.bytes), m.fits === false && m.fit_reason].filter(Boolean).join(" · ");
    return el("div", { className: "lu-row" }, el("span", { className: "lu-grow" }, el("b", {}, m.title), el("small", {}, facts), going), going ? null : button(t("Download"), () => pull(m.name), { className: "lu-second", "aria-label": t("Download {model}", { model: m.title }), "data-focus": `get-${m.name}` }));
  });
}

on("models", () => drawn?.());
