// Projects: made, changed and deleted. Loaded when first needed.

import { request } from "../core/api.js";
import { tell, tellTabs } from "../core/bus.js";
import { isolated } from "./chatrow.js";
import { fold, refreshChats } from "./chats.js";
import { collectionBoxes, ensureCollections } from "../library/chooser.js";
import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { usable } from "../topbar/models.js";
import { complain, toast } from "../core/toast.js";
import { refreshProjects } from "../core/workspace.js";

const path = (project) => `projects/${encodeURIComponent(project.id)}`;

/** The dialog of a project; null makes one. `saved(project)` hears of it; `first` names the field to begin with. */
export function editProject(project = null, saved = () => {}, first = "name") {
  const fields = form(project);
  const wrong = el("p", { className: "lu-wrong-text", role: "alert", hidden: true });
  const save = el("button", { type: "submit", className: "lu-send" }, project ? t("Save") : t("Create project"));
  const content = el("form", { className: "lu-form", novalidate: true },
    labelled(t("Name"), fields.name), labelled(t("Instructions"), fields.instructions, t("Every chat in this project begins with them.")),
    labelled(t("Model"), fields.model, t("New chats in this project ask this model.")), documents(fields), wrong,
    el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), save));
  const dialog = openDialog({ title: project ? t("Project settings") : t("New project"), content: [content], className: "lu-small" });
  content.addEventListener("submit", async (e) => {
    e.preventDefault();
    save.disabled = true;
    try {
      const kept = await keep(project, fields);
      dialog.close();
      saved(kept);
    } catch (error) {
      wrong.textContent = [error.message, error.hint].filter(Boolean).join(" ");
      wrong.hidden = false;
      fields.name.focus();
    }
    save.disabled = false;
  });
  fields[first].focus();
  if (first === "name") fields.name.select();
}

async function keep(project, { name, instructions, model, chosen }) {
  const wanted = { name: name.value.trim(), instructions: instructions.value.trim(), model: model.value || null, collections: chosen.length ? chosen : null };
  if (!wanted.name) throw Object.assign(new Error(t("A project needs a name.")), { hint: "" });
  const kept = project
    ? await request(path(project), { method: "PATCH", body: wanted })
    : await request("projects", { method: "POST", body: wanted });
  if (!project) fold(kept.id, true);
  await refreshProjects();
  return kept;
}

function labelled(label, field, hint = "") {
  return el("label", { className: "lu-field" }, el("span", {}, label), field, hint && el("small", {}, hint));
}

// Which collections the chats of the project answer from.
function documents(fields) {
  const place = el("div", { className: "lu-field" }, el("span", {}, t("Documents")));
  ensureCollections().then(() => place.append(collectionBoxes({ value: fields.chosen, onChange: (ids) => (fields.chosen = ids) }), el("small", {}, t("Chats in this project answer from these."))));
  return place;
}

function form(project) {
  return {
    chosen: project?.collections ?? [],
    name: el("input", { type: "text", value: project?.name ?? "", maxLength: 200, dir: "auto", autocomplete: "off" }),
    instructions: el("textarea", { value: project?.instructions ?? "", rows: 6, dir: "auto", placeholder: t("For example: answer briefly, and name the page a figure comes from.") }),
    model: el("select", {}, choices(project?.model ?? "")),
  };
}

// A model that is not here any more stays chosen until another is.
function choices(chosen) {
  const here = usable().map((m) => [m.name, m.title]);
  const gone = chosen && !here.some(([name]) => name === chosen) ? [[chosen, chosen]] : [];
  return [["", t("Lumora chooses")], ...gone, ...here].map(([value, words]) => el("option", { value, selected: value === chosen }, words));
}

/** Deletes a project; its chats stay, and come back into it with Undo. */
export async function removeProject(project) {
  try {
    await request(path(project), { method: "DELETE" });
  } catch (e) {
    complain(e);
    return;
  }
  await settle();
  toast(t("Deleted the project {name}. Its chats stay.", { name: isolated(project.name) }), [t("Undo"), () => restore(project)]);
}

async function restore(project) {
  try {
    await request(`${path(project)}/restore`, { method: "POST" });
  } catch (e) {
    complain(e);
    return;
  }
  await settle();
}

async function settle() {
  tellTabs("conversations");
  await refreshProjects().catch(complain);
  await refreshChats();
  tell("collections", "projects");
}
