// What can be done with one message: a quiet bar with the usual, and a menu with the rest.

import { goOn, regenerate, remove, choose } from "./chat.js";
import { openCompare } from "./compare.js";
import { chat } from "./current.js";
import { button, copy, el, iconButton } from "../core/dom.js";
import { exportMenu } from "./exporting.js";
import { t } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { usable } from "../topbar/models.js";
import { plain } from "../answer/plain.js";
import { quote } from "./quote.js";
import { thumbs } from "./rating.js";
import { openReceipt } from "./receipt.js";
import { openTrace } from "../sources/trace.js";
import { tell } from "../core/bus.js";
import { toast } from "../core/toast.js";
import { siblings } from "./tree.js";

/** The bar below an answer. */
export function answerBar(m) {
  return el("div", { className: "lu-acts" },
    m.text && button(t("Copy"), (e) => copy(m.text, e.currentTarget)),
    m.sources && !chat.temporary && button(t("Trace"), () => openTrace(m.id), { "aria-haspopup": "dialog", "data-focus": `trace-${m.id}` }),
    button(t("Regenerate"), () => again(m), { className: "lu-idle", "data-focus": `again-${m.id}` }),
    ...thumbs(m),
    switcher(m),
    more(m, answerItems),
  );
}

/** The bar below a question. */
export function questionBar(m) {
  return el("div", { className: "lu-acts" },
    button(t("Edit"), () => tell("edit", m.id), { className: "lu-idle", "data-focus": `edit-${m.id}` }),
    m.text && button(t("Copy"), (e) => copy(m.text, e.currentTarget)),
    switcher(m),
    more(m, questionItems),
  );
}

// The menu's button outlives redraws of its message by name only: its items are made when it is pressed.
function more(m, items) {
  const open = (e) => openMenu(e.currentTarget, items(chat.messages.get(m.id) ?? m, e.currentTarget));
  return iconButton("dots", t("More"), open, { "aria-haspopup": "menu", "data-focus": `more-${m.id}` });
}

function answerItems(m, anchor) {
  const idle = chat.run === null;
  const done = m.text && !chat.temporary && (m.reason === "length" || m.state !== "complete");
  return [
    m.text && { label: t("Copy as plain text"), icon: "copy", run: () => copied(plain(m.text)) },
    m.text && { label: t("Quote"), icon: "quote", run: () => quote(m.text) },
    { label: t("Receipt"), icon: "receipt", run: () => openReceipt(m.id) },
    "-",
    done && { label: t("Continue"), icon: "right", run: () => goOn(m.id), disabled: !idle },
    { label: t("Regenerate with…"), icon: "again", run: () => withModel(m, anchor), disabled: !idle },
    ...shared(m, anchor),
  ];
}

function questionItems(m, anchor) {
  return shared(m, anchor);
}

function shared(m, anchor) {
  return [
    siblings(chat.messages, m).length > 1 && { label: t("Compare versions"), icon: "compare", run: () => openCompare(m.id) },
    { label: t("Export this chat…"), icon: "save", run: () => exportMenu(anchor) },
    "-",
    { label: t("Delete from here on"), icon: "bin", danger: true, run: () => remove(m.id) },
  ];
}

async function copied(text) {
  const said = el("span");
  await copy(text, said);
  toast(said.textContent);
}

/** Another answer by the model of this one, if it can still be asked. */
export function again(m) {
  regenerate(m.id, { model: usable().some((each) => each.name === m.model) ? m.model : null });
}

function withModel(m, anchor) {
  const items = usable().map((each) => ({ label: each.title, checked: each.name === m.model, run: () => regenerate(m.id, { model: each.name }) }));
  openMenu(anchor, items, { label: t("Regenerate with") });
}

function switcher(m) {
  const all = siblings(chat.messages, m);
  if (all.length < 2) return null;
  const at = all.indexOf(m.id);
  const step = (by, name, label) => iconButton(name, label, () => choose(all[at + by]), { disabled: !all[at + by], "data-focus": `${name}-${m.parent}-${m.role}` });
  return el("span", { className: "lu-branch", role: "group", "aria-label": t("Versions") },
    step(-1, "left", t("Previous version")), el("span", {}, t("{at} of {all}", { at: at + 1, all: all.length })), step(1, "right", t("Next version")));
}

/** Shows the version before (-1) or after (1) the message; whether there is one. */
export function stepVersion(m, by) {
  const all = siblings(chat.messages, m);
  const to = all[all.indexOf(m.id) + by];
  if (to) choose(to);
  return to ?? null;
}
