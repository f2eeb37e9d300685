// The form of an assistant. What is written stays until it is saved or thrown away, also when the server refuses.

import { confirm, openDialog } from "../core/dialog.js";
import { button, el, iconButton } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { models, refresh, usable } from "../topbar/models.js";
import { shrunk } from "./picture.js";
import { portrait } from "../conversation/portrait.js";
import { field, section } from "./controls.js";
import { tokenHint } from "./instructions.js";
import { samplingForm } from "./sampling.js";

const STARTERS = 6;
const PICTURES = ["🙂", "📝", "📚", "🧑‍🏫", "🌍", "🧮", "🔧", "🍲", "🌱", "⚖️", "🎨", "🧭"];
const EMPTY = { name: "", picture: "", description: "", instructions: "", model: null, sampling: null, starters: [] };

/** Opens the form; `save(values)` stores them, or throws ApiError. */
export function assistantForm(assistant, { save }) {
  const values = { ...EMPTY, ...(assistant && Object.fromEntries(Object.keys(EMPTY).map((k) => [k, assistant[k] ?? EMPTY[k]]))) };
  const before = JSON.stringify(values);
  const problem = el("div", { role: "alert", className: "lu-wrong-text" });
  const name = textField({ label: t("Name"), values, key: "name", most: 80 });
  const submit = el("button", { type: "submit", className: "lu-send" }, assistant ? t("Save") : t("Create"));
  const form = el("form", { className: "lu-fields", noValidate: true },
    el("div", { className: "lu-row lu-top-row" }, pictureField(values), el("div", { className: "lu-grow lu-fields" }, name, textField({ label: t("Description"), values, key: "description", most: 300, help: t("One line, shown where it is chosen.") }))),
    instructions(values), modelField(values), starters(values),
    el("details", { className: "lu-fold-away" }, el("summary", {}, t("Parameters")), samplingForm({ value: values.sampling ?? {}, onChange: (s) => (values.sampling = Object.keys(s).length ? s : null) })),
    problem, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => leave(), { className: "lu-second" }), submit));
  const dialog = openDialog({ title: assistant ? t("Change the assistant") : t("New assistant"), content: [form], guard: () => leave() });
  const leave = async () => {
    const keep = JSON.stringify(values) !== before && !(await confirm({ title: t("Throw away what you wrote?"), text: t("The assistant is not saved yet."), action: t("Throw away") }));
    if (!keep) dialog.close();
  };
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    name.wrong(values.name.trim() ? "" : t("Give it a name."));
    if (!values.name.trim()) return name.querySelector("input").focus();
    submit.disabled = true;
    try {
      await save({ ...values, name: values.name.trim(), starters: values.starters.map((s) => s.trim()).filter(Boolean) });
      return dialog.close();
    } catch (cause) {
      submit.disabled = false;
      submit.focus();
      problem.textContent = [cause.message, cause.hint].filter(Boolean).join(" ");
      return undefined;
    }
  });
  name.querySelector("input").addEventListener("input", () => name.wrong(""));
  name.querySelector("input").focus();
}

function textField({ label, values, key, most, help }) {
  const control = el("input", { type: "text", value: values[key], maxLength: most, autocomplete: "off", dir: "auto" });
  control.addEventListener("input", () => (values[key] = control.value));
  return field({ label, help, control });
}

function pictureField(values) {
  const box = el("div", { className: "lu-picture-field" });
  const wrong = el("small", { className: "lu-wrong-text", role: "alert" });
  const file = el("input", { type: "file", accept: "image/png,image/jpeg,image/webp", className: "lu-sr", tabIndex: -1, "aria-label": t("Picture from a file") });
  const set = (picture) => {
    values.picture = picture;
    wrong.textContent = "";
    draw();
  };
  file.addEventListener("change", async () => {
    try {
      if (file.files[0]) set(await shrunk(file.files[0]));
    } catch (e) {
      wrong.textContent = e.message;
    }
    file.value = "";
  });
  const emoji = el("div", { className: "lu-emoji", role: "group", "aria-label": t("Emoji") }, PICTURES.map((p) => button(p, () => set(p), { "aria-label": t("Picture {emoji}", { emoji: p }) })));
  const own = el("input", { type: "text", className: "lu-number", maxLength: 16, "aria-label": t("Another emoji"), placeholder: t("other") });
  own.addEventListener("input", () => own.value.trim() && set(first(own.value.trim())));
  const holder = el("div");
  const draw = () => holder.replaceChildren(portrait({ name: values.name, picture: values.picture }, { big: true }));
  box.append(el("div", { className: "lu-row" }, holder, el("div", { className: "lu-grow" }, button(t("From a file…"), () => file.click(), { className: "lu-second" }), " ", button(t("None"), () => set(""), { className: "lu-quiet" }))), file,
    el("details", { className: "lu-fold-away" }, el("summary", {}, t("Emoji")), emoji, own), wrong);
  draw();
  return el("fieldset", { className: "lu-picture-set" }, el("legend", {}, t("Picture")), box);
}

// An emoji may be several characters, such as a person with a tool.
const first = (text) => ("Segmenter" in Intl ? [...new Intl.Segmenter().segment(text)][0].segment : [...text][0]);

function instructions(values) {
  const control = el("textarea", { rows: 6, value: values.instructions ?? "", maxLength: 32_000, dir: "auto" });
  const line = el("small", { className: "lu-tokens-said", role: "status" });
  const hint = tokenHint(line);
  control.addEventListener("input", () => {
    values.instructions = control.value;
    hint(control.value);
  });
  hint(control.value);
  const node = field({ label: t("Instructions"), help: t("Who it is and how it answers. They stand before every chat with it."), control });
  node.append(line);
  return node;
}

/** A choice of models with what an empty choice means; the value is a name or null. */
export function modelSelect({ value, empty, onChange }) {
  const control = el("select", {});
  const names = usable().map((m) => [m.name, m.title]);
  // A model that was removed is still named: choosing nothing must not change it.
  if (value && !names.some(([n]) => n === value)) names.push([value, t("{name} (not here)", { name: value })]);
  control.append(el("option", { value: "" }, empty), ...names.map(([n, title]) => el("option", { value: n }, title)));
  control.value = value ?? "";
  control.addEventListener("change", () => onChange(control.value || null));
  if (!models.items) refresh();
  return control;
}

function modelField(values) {
  const control = modelSelect({ value: values.model, empty: t("Whichever is chosen for the chat"), onChange: (m) => (values.model = m) });
  return field({ label: t("Model"), control });
}

function starters(values) {
  const list = el("ol", { className: "lu-starters" });
  const add = button(t("Add a first question"), () => {
    values.starters.push("");
    draw();
    list.lastElementChild.querySelector("input").focus();
  }, { className: "lu-second" });
  values.starters = [...values.starters];
  const row = (text, i) => {
    const control = el("input", { type: "text", className: "lu-input", value: text, maxLength: 500, dir: "auto", "aria-label": t("First question {n}", { n: i + 1 }) });
    control.addEventListener("input", () => (values.starters[i] = control.value));
    return el("li", { className: "lu-row" }, control, iconButton("close", t("Remove first question {n}", { n: i + 1 }), () => {
      values.starters.splice(i, 1);
      draw();
      add.focus();
    }));
  };
  const draw = () => {
    list.replaceChildren(...values.starters.map(row));
    add.hidden = values.starters.length >= STARTERS;
  };
  draw();
  return section(t("First questions"), t("Up to six, offered in a new chat with it."), list, add);
}
