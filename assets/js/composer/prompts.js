// The settings page of the prompt templates: make, change and delete them.

import { request } from "../core/api.js";
import { on } from "../core/bus.js";
import { button, el, icon, iconButton, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { ensurePrompts, firstLine, placesOf, starters } from "./templates.js";
import { complain, toast } from "../core/toast.js";
import { refreshPrompts, workspace } from "../core/workspace.js";

const NAME = /^[\p{Ll}\p{Lo}\p{N}-]{1,40}$/u;
const LONGEST = 100_000; // characters

let editing = null; // {id (null: a new one), name, text, error}; kept when the page is left, so that nothing is lost
let root = null;

/** The page as a node. */
export function promptsPage() {
  root = el("div", { className: "lu-prompts", tabIndex: -1 });
  draw();
  ensurePrompts().then(draw);
  return root;
}

function draw() {
  if (!root) return;
  keepingFocus(root, () => root.replaceChildren(...content()));
}

function content() {
  const about = el("p", { className: "lu-prompts-about" }, t("A prompt is a text you use again: type / at the start of a message. Places such as {{language}} or {{tone=friendly}} are asked for each time."));
  const add = button([icon("plus"), t("New prompt")], () => edit({ id: null, name: "", text: "" }), { className: "lu-second lu-with-icon", "data-focus": "add" });
  const head = [about, editing?.id === null ? form() : el("div", {}, add)];
  if (!workspace.prompts) return [...head, el("p", { className: "lu-note", role: "status" }, t("Loading…"))];
  if (!workspace.prompts.length) return [...head, ...toBegin()];
  return [...head, el("ul", { className: "lu-prompt-list", "aria-label": t("Prompts") }, workspace.prompts.map((p) => el("li", {}, editing?.id === p.id ? form() : row(p))))];
}

const words = (p) => el("div", { className: "lu-grow" }, el("b", { dir: "auto" }, `/${p.name}`), el("small", { dir: "auto" }, firstLine(p.text)));

function row(p) {
  return el("div", { className: "lu-row" }, words(p),
    iconButton("pen", t("Edit {name}", { name: p.name }), () => edit({ ...p }), { "data-focus": `edit-${p.id}` }),
    iconButton("bin", t("Delete {name}", { name: p.name }), () => remove(p), { "data-focus": `delete-${p.id}` }));
}

function toBegin() {
  const rows = starters().map((p) => el("li", {}, el("div", { className: "lu-row" }, words(p),
    button(t("Copy to my prompts"), () => copy(p), { className: "lu-second", "aria-label": t("Copy to my prompts: {name}", { name: p.name }), "data-focus": p.id }))));
  return [el("p", { className: "lu-note" }, t("You have no prompts of your own yet. These can be used as they are, or copied and changed.")), el("ul", { className: "lu-prompt-list", "aria-label": t("Prompts to begin with") }, rows)];
}

function edit(prompt) {
  editing = { ...prompt, error: null };
  draw();
  root.querySelector("input").focus();
}

function form() {
  const name = el("input", { type: "text", value: editing.name, maxLength: 40, autocomplete: "off", spellcheck: false, "data-focus": "name", "aria-describedby": "lu-prompt-rule" });
  const text = el("textarea", { rows: 7, value: editing.text, maxLength: LONGEST, dir: "auto", "data-focus": "text", placeholder: t("Translate into {{language=English}}:") });
  const found = el("small", { role: "status" }, placeWords(editing.text));
  name.addEventListener("input", () => (editing.name = name.value));
  text.addEventListener("input", () => {
    editing.text = text.value;
    found.textContent = placeWords(text.value);
  });
  const leave = () => {
    const back = editing.id ? `edit-${editing.id}` : "add";
    editing = null;
    draw();
    root.querySelector(`[data-focus="${CSS.escape(back)}"]`)?.focus();
  };
  const keys = (e) => {
    if (e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      leave();
    } else if (e.key === "Enter" && !e.isComposing && (e.target === name || e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      save();
    }
  };
  return el("div", { className: "lu-prompt-form", role: "group", "aria-label": editing.id ? t("Edit prompt") : t("New prompt"), on: { keydown: keys } },
    el("label", { className: "lu-field" }, el("span", {}, t("Name")), name, el("small", { id: "lu-prompt-rule" }, t("Small letters, digits and hyphens; at most 40."))),
    el("label", { className: "lu-field" }, el("span", {}, t("Text")), text), found,
    editing.error && el("p", { className: "lu-wrong-text", role: "alert" }, editing.error),
    el("div", { className: "lu-row lu-end" }, button(t("Cancel"), leave, { className: "lu-second" }), button(t("Save"), save, { className: "lu-send", "data-focus": "save" })));
}

function placeWords(text) {
  const places = placesOf(text).map((p) => (p.value ? `${p.name} (${p.value})` : p.name));
  return places.length ? t("Asks for: {names}", { names: places.join(", ") }) : "";
}

/** What is wrong with a prompt, or an empty string. */
function fault({ id, name, text }) {
  if (!NAME.test(name)) return t("A name is made of small letters, digits and hyphens, such as “weekly-report”.");
  if (workspace.prompts?.some((p) => p.name === name && p.id !== id)) return t("There is a prompt called “{name}” already. Choose another name.", { name });
  return text.trim() ? "" : t("Write the text of the prompt.");
}

async function save() {
  const wanted = { id: editing.id, name: editing.name.trim(), text: editing.text };
  editing.error = fault(wanted);
  if (!editing.error && !(await store(wanted))) return;
  if (editing.error) {
    draw();
    root.querySelector(`[data-focus=${NAME.test(wanted.name) && !wanted.text.trim() ? "text" : "name"}]`)?.focus();
    return;
  }
  editing = null;
  draw();
  root.querySelector(wanted.id ? `[data-focus="edit-${CSS.escape(wanted.id)}"]` : "[data-focus=add]")?.focus();
}

// Says what went wrong below the fields, where everything typed still stands.
async function store({ id, name, text }) {
  try {
    if (id) await request(`prompts/${encodeURIComponent(id)}`, { method: "PATCH", body: { name, text } });
    else await request("prompts", { method: "POST", body: { name, text } });
  } catch (e) {
    editing.error = [e.message, e.hint].filter(Boolean).join(" ");
    draw();
    root.querySelector("[data-focus=name]")?.focus();
    return false;
  }
  await refreshPrompts().catch(complain);
  return true;
}

async function copy({ name, text }) {
  const free = NAME.test(name) ? name : "";
  if (!free) return edit({ id: null, name: "", text });
  try {
    await request("prompts", { method: "POST", body: { name, text } });
    await refreshPrompts();
  } catch (e) {
    return complain(e);
  }
  toast(t("Copied “{name}” to your prompts.", { name }));
  root.querySelector("[data-focus^=edit-]")?.focus();
}

async function remove(p) {
  const at = `prompts/${encodeURIComponent(p.id)}`;
  try {
    await request(at, { method: "DELETE" });
    await refreshPrompts();
  } catch (e) {
    return complain(e);
  }
  const back = () => request(`${at}/restore`, { method: "POST" }).then(() => refreshPrompts()).catch(complain);
  toast(t("Deleted “{name}”.", { name: p.name }), [t("Undo"), back]);
}

on("collections", () => root?.isConnected && draw());
