// The help sheet: every command that has a shortcut, by group.

import { tell } from "../core/bus.js";
import { commands, groups, keysOf, printed } from "../core/commands.js";
import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** Keys as they are printed, each in a box of its own. */
export function keycaps(keys) {
  return el("span", { className: "lu-keys" }, printed(keys).split(" ").flatMap((k, i) => [i > 0 && " ", el("kbd", {}, k)]));
}

let shown = null;

/** Opens the sheet; once more closes it. */
export function open() {
  if (shown) return shown.close();
  const part = ([group, title]) => {
    const rows = commands().filter((c) => c.group === group && keysOf(c.id));
    if (!rows.length) return null;
    return el("section", {}, el("h3", {}, title), el("dl", {}, rows.map((c) => el("div", {}, el("dt", {}, c.title()), el("dd", {}, keycaps(keysOf(c.id)))))));
  };
  const change = button(t("Change shortcuts…"), () => {
    shown.close();
    tell("settings", "shortcuts");
  }, { className: "lu-second" });
  shown = openDialog({ title: t("Keyboard shortcuts"), className: "lu-sheet", content: [el("div", { className: "lu-sheet-groups" }, groups().map(part).filter(Boolean)), el("div", { className: "lu-row lu-end" }, change)], onClose: () => (shown = null) });
  return undefined;
}
