// Asks for the places of a prompt template, inside the composer: one field each, in the order of the text.

import { button, byId, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { filled, placesOf } from "./templates.js";

/** Fills a prompt and hands its text to `use`; at once when there is nothing to ask. `leave` is called on Cancel. */
export function fillIn(prompt, use, leave) {
  const places = placesOf(prompt.text);
  close();
  if (!places.length) return use(prompt.text);
  const fields = places.map(({ name, value }) => el("textarea", { rows: 1, value, "data-place": name, autocomplete: "off" }));
  const done = () => {
    close();
    use(filled(prompt.text, Object.fromEntries(fields.map((f) => [f.dataset.place, f.value.trim()]))));
  };
  const stop = () => {
    close();
    leave();
  };
  const form = el("div", { id: "lu-places", className: "lu-places", role: "group", "aria-label": t("Fill in “{name}”", { name: prompt.name }), on: { keydown: (e) => pressed(e, fields, done, stop) } },
    el("b", {}, prompt.name),
    el("div", { className: "lu-places-fields" }, fields.map((f) => el("label", { className: "lu-field" }, el("span", { dir: "auto" }, f.dataset.place), f))),
    el("div", { className: "lu-row lu-end" }, button(t("Cancel"), stop, { className: "lu-quiet" }), button(t("Insert"), done, { className: "lu-second" })));
  byId("lu-box").prepend(form);
  fields[0].focus();
  fields[0].select();
}

// Enter goes on to the next field and from the last one into the text; Shift+Enter is a new line as ever.
function pressed(e, fields, done, stop) {
  if (e.isComposing) return;
  if (e.key === "Escape") {
    e.preventDefault();
    e.stopPropagation();
    stop();
  } else if (e.key === "Enter" && !e.shiftKey && fields.includes(e.target)) {
    e.preventDefault();
    const next = fields[fields.indexOf(e.target) + 1];
    if (!next) return done();
    next.focus();
    next.select();
  }
}

function close() {
  byId("lu-places")?.remove();
}
