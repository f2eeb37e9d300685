// Everything a person can do from the keyboard: panes register commands here, the palette lists them, and the
// shortcuts a person chose call them. `Mod` is Ctrl, on a Mac the command key.

import { t } from "./i18n.js";
import { preferences } from "./preferences.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const registered = new Map(); // id → command

/**
 * Registers a command. `title()` gives its words, `keys` its shortcut (such as "Mod+Shift+O"; "" for none),
 * `when()` says whether it can be done now, `group` is "chat", "answer", "page" or "settings".
 */
export function command({ id, title, keys = "", run, when = () => true, group = "page", icon = "" }) {
  registered.set(id, { id, title, keys, run, when, group, icon });
}

/** All commands, those that cannot be done now included. */
export const commands = () => [...registered.values()];

/** The groups of commands in the order they are shown, as [id, words]. */
export const groups = () => [["chat", t("Chats")], ["answer", t("Question and answer")], ["page", t("Page")], ["settings", t("Settings")]];

/** The shortcut of a command: the person's own, else the built-in one. */
export const keysOf = (id) => preferences.shortcuts?.[id] ?? registered.get(id)?.keys ?? "";

/** The commands other than `id` that have the shortcut `keys`. */
export const holdersOf = (keys, id) => (keys ? commands().filter((c) => c.id !== id && keysOf(c.id) === keys) : []);

/** A shortcut as it is printed on keys, such as "Ctrl Shift O". */
export const printed = (keys) => parts(keys).map((k) => NAMES[k] ?? k).join(" ");

const NAMES = { Mod: MAC ? "⌘" : "Ctrl", Alt: MAC ? "⌥" : "Alt", Shift: MAC ? "⇧" : "Shift", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
const parts = (keys) => keys.replace(/\+\+$/, "+\u0000").split("+").filter(Boolean).map((k) => k.replace("\u0000", "+"));

/** The shortcut that a key press is, in the form of `keys`; "" for a bare modifier. */
export function pressedKeys(e) {
  if (["Control", "Shift", "Alt", "AltGraph", "Meta", "Dead", "Process", "Unidentified"].includes(e.key)) return "";
  const key = keyOf(e);
  const typed = e.getModifierState?.("AltGraph"); // it is Ctrl and Alt in one, and writes signs
  const mod = !typed && (MAC ? e.metaKey : e.ctrlKey);
  // Shift is part of a sign such as "?" already.
  const shift = e.shiftKey && (key.length > 1 || /[a-z]/i.test(key));
  return [mod && "Mod", !typed && e.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

// Where the layout writes Cyrillic, Arabic or Greek (and for ⌥ on a Mac) the place of the key says which it is.
function keyOf(e) {
  if (e.key === " ") return "Space";
  const placed = /^(?:Key|Digit)(\w)$/.exec(e.code)?.[1] ?? { Slash: "/", Comma: ",", Period: "." }[e.code];
  if (e.key.length === 1 && e.key.charCodeAt(0) > 127 && placed) return placed;
  return e.key.length === 1 ? e.key.toUpperCase() : e.key;
}

/** Does a command by its id, if it can be done now. */
export function run(id) {
  const found = registered.get(id);
  if (found?.when()) found.run();
}

const typing = (node) => node?.matches?.("input, textarea, select, [contenteditable=true]");

addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.isComposing || document.querySelector("dialog[open]:not([data-keys])")) return;
  const keys = pressedKeys(e);
  // Signs without a modifier are text wherever text is typed.
  if (!keys || (typing(e.target) && !/^(Mod|Alt)\+/.test(keys) && !/^F\d+$/.test(keys))) return;
  const found = commands().find((c) => keysOf(c.id) === keys && c.when());
  if (!found) return;
  e.preventDefault();
  found.run();
});
