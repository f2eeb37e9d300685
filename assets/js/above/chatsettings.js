// The settings of one chat: what it does otherwise than its assistant, its project and the settings say. An empty
// choice always names what applies then.

import { tell } from "../core/bus.js";
import { collectionsHere } from "../conversation/current.js";
import { collectionBoxes, ensureCollections, toLibrary } from "../library/chooser.js";
import { changeSetup, chat } from "../conversation/chat.js";
import { openDialog } from "../core/dialog.js";
import { button, el, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { modelSelect } from "../settings/assistantform.js";
import { answering, models } from "../topbar/models.js";
import { choose, preferences } from "../core/preferences.js";
import { isOn } from "../memory/facts.js";
import { field, paused, section, toggle } from "../settings/controls.js";
import { tokenHint } from "../settings/instructions.js";
import { presetRow } from "../settings/presets.js";
import { inWords, samplingForm } from "../settings/sampling.js";
import { found, refreshAssistants, refreshProjects, workspace } from "../core/workspace.js";

let shown = null; // {holder, keep}

/** Opens the dialog for the chat that is shown. */
export async function open() {
  const holder = el("div", { className: "lu-page" }, el("p", { className: "lu-note" }, t("Loading…")));
  const line = el("span", { className: "lu-saved", role: "status" });
  openDialog({ title: t("Settings of this chat"), content: [line, holder], onClose: () => {
    shown?.leave?.();
    shown = null;
  } });
  shown = { holder, line };
  await Promise.allSettled([workspace.assistants ?? refreshAssistants({ quietly: true }), workspace.projects ?? refreshProjects({ quietly: true }), ensureCollections()]);
  draw();
}

async function change(patch, again = true) {
  const done = await changeSetup(patch);
  if (!shown) return;
  shown.line.textContent = done ? t("Saved") : "";
  setTimeout(() => shown && (shown.line.textContent = ""), 1600);
  if (again || !done) draw();
}

function draw() {
  if (!shown) return;
  shown.leave?.();
  const { holder } = shown;
  keepingFocus(holder, () => holder.replaceChildren(...content()));
}

// Who says what, the nearest first: the assistant, the project, the settings.
function above(key) {
  const assistant = found("assistants", chat.setup.assistant);
  const project = found("projects", chat.setup.project);
  if (filled(assistant?.[key])) return { value: assistant[key], from: t("as the assistant says") };
  if (filled(project?.[key])) return { value: project[key], from: t("as the project says") };
  return null;
}

const filled = (v) => v !== null && v !== undefined && v !== "" && (typeof v !== "object" || Object.keys(v).length > 0);

function content() {
  const where = chat.temporary ? el("p", { className: "lu-quiet" }, t("This chat is temporary: these choices go with it.")) : null;
  return [where, belongs(), model(), documents(), instructions(), memory(), sampling()].filter(Boolean);
}

function select({ label, key, items, none, help }) {
  const control = el("select", { "data-focus": key }, el("option", { value: "" }, none), (items ?? []).map((i) => el("option", { value: i.id }, i.name)));
  control.value = chat.setup[key] ?? "";
  control.addEventListener("change", () => change({ [key]: control.value || null }));
  return field({ label, control, help });
}

function belongs() {
  const project = select({ label: t("Project"), key: "project", items: workspace.projects, none: t("None") });
  const assistant = select({ label: t("Assistant"), key: "assistant", items: workspace.assistants, none: t("None") });
  const make = workspace.assistants?.length ? null : button(t("Make an assistant…"), () => tell("settings", "assistants"), { className: "lu-quiet" });
  return el("div", { className: "lu-two" }, chat.temporary ? null : project, assistant, make);
}

function model() {
  const said = above("model");
  const title = (name) => models.items?.find((m) => m.name === name)?.title ?? name;
  const empty = said ? t("{model}, {from}", { model: title(said.value), from: said.from }) : t("As chosen at the top: {model}", { model: answering()?.title ?? "…" });
  const control = modelSelect({ value: chat.setup.model, empty, onChange: (name) => change({ model: name }) });
  control.dataset.focus = "model";
  return field({ label: t("Model"), control });
}

function documents() {
  const project = found("projects", chat.setup.project);
  const inherited = chat.setup.collections === null && project?.collections?.length;
  const boxes = collectionBoxes({ value: collectionsHere(), onChange: (ids) => change({ collections: ids.length || project?.collections?.length ? ids : null }) });
  return section(t("Documents"), inherited ? t("Answers rest on these, as the project says.") : t("Answers rest on the collections chosen here; without one, on what the model knows."), boxes, workspace.collections?.length ? null : toLibrary(() => document.querySelector("dialog[open]")?.close()));
}

function memory() {
  if (chat.temporary) return null;
  const off = !isOn();
  const help = off ? t("Memory is off in the settings.") : t("Off, this chat neither uses what is remembered nor adds to it.");
  const control = toggle({ label: t("Use memory in this chat"), help, checked: !off && chat.setup.memory !== false, focus: "memory", onChange: (on) => change({ memory: on ? null : false }) });
  control.querySelector("input").disabled = off;
  return section(t("Memory"), null, control);
}

function instructions() {
  const said = above("instructions") ?? (preferences.system_prompt ? { value: preferences.system_prompt, from: t("as your settings say") } : null);
  const control = el("textarea", { rows: 5, value: chat.setup.instructions ?? "", placeholder: said?.value ?? "", maxLength: 32_000, dir: "auto", "data-focus": "instructions" });
  const line = el("small", { className: "lu-tokens-said", role: "status" });
  const hint = tokenHint(line);
  const keep = paused((text) => change({ instructions: text.trim() ? text : null }, false), 700);
  control.addEventListener("input", () => {
    hint(control.value);
    keep(control.value);
  });
  control.addEventListener("change", () => keep.now());
  hint(control.value);
  shown.leave = () => keep.now();
  const help = said ? t("Empty, these apply, {from}: “{text}”", { from: said.from, text: said.value.slice(0, 160) }) : t("Empty, the usual instructions apply.");
  const node = field({ label: t("Instructions"), control, help });
  node.append(line);
  return node;
}

function sampling() {
  const said = above("sampling") ?? (filled(preferences.sampling) ? { value: preferences.sampling, from: t("as your settings say") } : null);
  const value = () => chat.setup.sampling ?? {};
  const keep = (s, again) => change({ sampling: Object.keys(s).length ? s : null }, again);
  const holder = el("div");
  const chips = () => keepingFocus(holder, () => holder.replaceChildren(presetRow({ value: value(), apply: (s) => keep(s, true), save: savePreferences, redraw: chips })));
  chips();
  const inherited = said ? t("Otherwise: {sampling}, {from}.", { sampling: inWords(said.value), from: said.from }) : t("Otherwise the model's own.");
  // The rows are drawn once: a number that is being written in another one stays.
  const form = samplingForm({ value: value(), inherited: said?.value ?? {}, onChange: (s) => keep(s, false).then(chips) });
  return section(t("Parameters"), inherited, holder, form);
}

async function savePreferences(values) {
  try {
    await choose(values);
    return true;
  } catch (e) {
    tell("complaint", e);
    return false;
  }
}
