// The controls of the settings' pages and of the dialogs beside them: each with its label, and what it means below.

import { el } from "../core/dom.js";

let made = 0;
const id = () => `lu-c${++made}`;

/** A part of a page: a heading, what it is about, its controls. */
export function section(title, text, ...content) {
  const heading = el("h4", { id: id() }, title);
  return el("section", { className: "lu-set", "aria-labelledby": heading.id }, heading, text && el("p", { className: "lu-quiet" }, text), ...content);
}

/** One of a few: `options` are `{value, label, note, lang}`; `onChange(value)`. */
export function choices({ label, value, options, onChange, name = id(), hidden = true }) {
  const boxes = options.map((o) => {
    const input = el("input", { type: "radio", name, value: String(o.value), checked: o.value === value, "data-focus": `${name}-${o.value}`, on: { change: () => onChange(o.value) } });
    return el("label", { className: "lu-choice" }, input, el("span", { lang: o.lang, dir: o.lang && "auto" }, o.label, o.note && el("small", {}, o.note)));
  });
  const legend = el("legend", { className: hidden ? "lu-sr" : "" }, label);
  return el("fieldset", { className: "lu-choices" }, legend, boxes);
}

/** On or off. */
export function toggle({ label, help, checked, onChange, focus = id() }) {
  const note = help && el("small", { id: id() }, help);
  const name = el("span", { id: id() }, label);
  const input = el("input", { type: "checkbox", role: "switch", checked, "aria-labelledby": name.id, "aria-describedby": note?.id, "data-focus": focus, on: { change: () => onChange(input.checked) } });
  return el("label", { className: "lu-switch" }, el("span", {}, name, note), input);
}

/**
 * A labelled control with help below it and room for what is wrong. `wrong(text)` of the returned node says it;
 * an empty text takes it back.
 */
export function field({ label, help, control }) {
  const note = help && el("small", { id: id() }, help);
  const problem = el("small", { className: "lu-wrong-text", id: id(), role: "alert" });
  control.setAttribute("aria-describedby", [note?.id, problem.id].filter(Boolean).join(" "));
  control.id ||= id();
  const node = el("div", { className: "lu-field" }, el("label", { htmlFor: control.id }, label), control, note, problem);
  node.wrong = (text) => {
    problem.textContent = text;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  return node;
}

/** Calls `act` once writing has paused; `now()` calls it at once if it is due. */
export function paused(act, ms = 500) {
  let timer = 0;
  let due = null;
  const now = () => {
    clearTimeout(timer);
    const args = due;
    due = null;
    if (args) act(...args);
  };
  const later = (...args) => {
    due = args;
    clearTimeout(timer);
    timer = setTimeout(now, ms);
  };
  return Object.assign(later, { now });
}
