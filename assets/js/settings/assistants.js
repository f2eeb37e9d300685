// Assistants: their page in the settings, and what can be done with one. The form is assistantform.js.

import { request } from "../core/api.js";
import { fresh } from "../conversation/chat.js";
import { button, el, icon, iconButton } from "../core/dom.js";
import { on, tell } from "../core/bus.js";
import { t } from "../core/i18n.js";
import { portrait } from "../conversation/portrait.js";
import { complain, toast } from "../core/toast.js";
import { refreshAssistants, workspace } from "../core/workspace.js";

let current = null; // {root, tools} of the page that is shown

const at = (id) => `assistants/${encodeURIComponent(id)}`;

/** Draws the page of the settings below `root`. */
export function draw(root, tools) {
  current = { root, tools };
  root.append(...(workspace.assistants ? content(tools) : [el("p", { className: "lu-note" }, t("Loading…"))]));
  if (!workspace.assistants) refreshAssistants({ quietly: true }).then(tools.redraw, (e) => root.replaceChildren(el("p", { role: "alert" }, e.message), button(t("Try again"), tools.redraw, { className: "lu-second" })));
  return () => (current = null);
}

function content(tools) {
  const add = button(t("New assistant"), () => edit(null), { className: "lu-send", "data-focus": "new-assistant" });
  const head = el("div", { className: "lu-row lu-page-head" }, el("p", { className: "lu-quiet lu-grow" }, t("An assistant has its own instructions, model and first questions. Start a chat with one, or call it into a chat with @.")), add);
  if (!workspace.assistants.length) return [head, el("div", { className: "lu-empty" }, icon("person"), el("p", {}, t("There are no assistants yet. Make one for a task you do often: a proofreader, a tutor, a translator.")))];
  return [head, el("ul", { className: "lu-cards" }, workspace.assistants.map((a) => card(a, tools)))];
}

function card(a, tools) {
  const facts = a.model ?? "";
  return el("li", { className: "lu-assistant" }, portrait(a),
    el("div", { className: "lu-grow" }, el("b", { dir: "auto" }, a.name), a.description && el("p", { className: "lu-quiet", dir: "auto" }, a.description), facts && el("small", {}, facts)),
    button(t("Start a chat"), () => start(a, tools), { className: "lu-second", "aria-label": t("Start a chat with {name}", { name: a.name }), "data-focus": `start-${a.id}` }),
    iconButton("pen", t("Change {name}", { name: a.name }), () => edit(a), { "data-focus": `edit-${a.id}` }),
    iconButton("bin", t("Delete {name}", { name: a.name }), () => remove(a), { "data-focus": `delete-${a.id}` }),
  );
}

function start(a, tools) {
  tools.close();
  fresh({ assistant: a.id });
  tell("focus-composer");
}

/** Opens the form for an assistant; null makes a new one. */
export async function edit(assistant) {
  (await import("./assistantform.js")).assistantForm(assistant, { save: (values) => save(assistant, values) });
}

// Throws ApiError, which the form shows beside what was written.
async function save(assistant, values) {
  const made = await request(assistant ? at(assistant.id) : "assistants", { method: assistant ? "PATCH" : "POST", body: values });
  await refreshAssistants();
  current?.tools.saved();
  return made;
}

async function remove(a) {
  try {
    await request(at(a.id), { method: "DELETE" });
    await refreshAssistants();
  } catch (e) {
    complain(e);
    return;
  }
  toast(t("Deleted “{name}”.", { name: a.name }), [t("Undo"), () => restore(a)]);
}

async function restore(a) {
  try {
    await request(`${at(a.id)}/restore`, { method: "POST" });
    await refreshAssistants();
  } catch (e) {
    complain(e);
  }
}

on("collections", () => current?.tools.redraw());
