// Where everything lies and how much it is, taking it along, bringing it in, and deleting it.

import { request } from "../core/api.js";
import { tellTabs } from "../core/bus.js";
import { confirm } from "../core/dialog.js";
import { button, copy, el } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { t } from "../core/i18n.js";
import { mayManage } from "../core/status.js";
import { section, toggle } from "./controls.js";

const ERASED = "lumora.erased";

/** Draws the page. */
export function draw(root, tools) {
  const place = el("div");
  root.append(...(mayManage() ? [section(t("Where it lies"), t("Everything Lumora knows is in one folder on this machine."), place)] : []), take(tools), bring(tools), erase(tools));
  if (mayManage()) storage(place);
}

async function storage(place) {
  place.replaceChildren(el("p", { className: "lu-note" }, t("Measuring…")));
  try {
    place.replaceChildren(...measured(await request("storage")));
  } catch (e) {
    place.replaceChildren(el("p", { role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")), button(t("Try again"), () => storage(place), { className: "lu-second" }));
  }
}

function measured(told) {
  const parts = [[t("Chats and settings"), told.database], [t("Models"), told.models], [t("Documents and attachments"), told.files], [t("Index of the documents"), told.index], [t("Logs"), told.logs], [t("Backups"), told.backups]];
  const most = Math.max(1, ...parts.map(([, n]) => n));
  const rows = parts.map(([label, n]) => {
    const bar = el("i", { "aria-hidden": "true" });
    bar.style.inlineSize = `${Math.max(n ? 1 : 0, (100 * n) / most)}%`;
    return el("div", {}, el("dt", {}, label), el("dd", {}, el("span", { className: "lu-measure" }, bar), el("span", { className: "lu-amount" }, n ? bytes(n) : t("nothing"))));
  });
  const path = el("code", { dir: "ltr" }, told.path);
  const by = button(t("Copy"), () => copy(told.path, by), { className: "lu-quiet" });
  return [el("p", { className: "lu-row lu-path" }, path, by), el("dl", { className: "lu-storage" }, rows), el("p", { className: "lu-quiet" }, t("{free} are free on this disk.", { free: bytes(told.free) }))];
}

function take(tools) {
  const formats = [
    ["json", t("JSON"), t("Everything, to bring into another Lumora.")],
    ["markdown", t("Markdown"), t("One text file for each chat.")],
    ["pdf", t("PDF"), t("One document for each chat.")],
    ["sqlite", t("SQLite"), t("The database, for programs.")],
  ];
  const row = ([format, name, help]) => el("li", {}, el("span", { className: "lu-grow" }, el("b", {}, name), el("small", {}, help)),
    button(t("Export"), () => out(format, tools), { className: "lu-second", "aria-label": t("Export everything as {format}", { format: name }), "data-focus": `export-${format}` }));
  return section(t("Export everything"), t("A download to this machine. It holds all your chats."), el("ul", { className: "lu-bindings" }, formats.map(row)));
}

async function out(format, tools) {
  try {
    await (await import("../sidebar/exporter.js")).exportAll(format);
  } catch (e) {
    tools.fail({ message: e.message, hint: e.hint ?? "" });
  }
}

function bring(tools) {
  const file = el("input", { type: "file", accept: ".json,.zip,application/json,application/zip", className: "lu-sr", tabIndex: -1, "aria-label": t("File to import") });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      const importer = await import("../sidebar/importer.js");
      tools.close();
      await importer.importFiles([chosen]);
    } catch (e) {
      tools.fail({ message: e.message, hint: e.hint ?? "" });
    }
  });
  return section(t("Import"), t("Chats exported from ChatGPT, Open WebUI or Lumora. Nothing that is here is changed, and an import can be undone."), button(t("Choose a file…"), () => file.click(), { className: "lu-second", "data-focus": "import" }), file);
}

function erase(tools) {
  const wish = { models: false };
  const models = toggle({ label: t("Remove the models too"), help: t("Otherwise they stay, and need not be downloaded again."), checked: false, focus: "erase-models", onChange: (on) => (wish.models = on) });
  const go = button(t("Delete everything…"), () => ask(wish, tools), { className: "lu-second lu-danger", "data-focus": "erase" });
  return section(t("Delete everything"), t("All chats, projects, assistants, prompts, attachments and settings of yours. This cannot be undone: export first what you want to keep."), mayManage() ? models : null, el("div", {}, go));
}

async function ask(wish, tools) {
  const text = wish.models ? t("All your chats, settings and the models are deleted from this machine. There is no undo.") : t("All your chats and settings are deleted from this machine. There is no undo.");
  // The phrase is what the server wants to hear, so it is the same in every language.
  if (!(await confirm({ title: t("Delete everything?"), text, action: t("Delete everything"), typed: "delete everything" }))) return;
  try {
    await request("erase", { method: "POST", body: { confirm: "delete everything", models: wish.models } });
  } catch (e) {
    tools.fail(e);
    return;
  }
  forgetHere();
  tellTabs("erased");
  location.replace(location.pathname + location.search);
}

/** Takes away what this browser keeps for Lumora; the next page says that everything is gone. */
export function forgetHere() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith("lumora.")).forEach((key) => localStorage.removeItem(key));
    sessionStorage.clear();
    sessionStorage.setItem(ERASED, "1");
  } catch {
    return; // storage switched off: there is nothing
  }
}
