// All commands with their shortcuts. A press on one takes the next keys; a conflict is told before anything changes.

import { commands, groups, holdersOf, keysOf, pressedKeys, printed } from "../core/commands.js";
import { confirm } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { keycaps } from "../above/shortcuts.js";

// Keys that browsers keep for themselves: a page never hears of them.
const TAKEN = ["Mod+N", "Mod+T", "Mod+W", "Mod+Shift+N", "Mod+Shift+T", "Mod+Shift+W", "Mod+Tab", "F11"];
let listening = null; // id of the command whose keys are awaited
let wrong = null; // {id, text}

/** Draws the page. */
export function draw(root, tools) {
  const changed = Object.keys(preferences.shortcuts ?? {}).length > 0;
  const reset = button(t("Reset all"), () => resetAll(tools), { className: "lu-second", disabled: !changed, "data-focus": "reset-all" });
  root.append(el("div", { className: "lu-row lu-page-head" }, el("p", { className: "lu-quiet lu-grow" }, t("Press a shortcut to change it, then the new keys. Esc leaves it as it is, Backspace takes it away.")), reset));
  for (const [group, title] of groups()) {
    const rows = commands().filter((c) => c.group === group);
    if (rows.length) root.append(el("section", { className: "lu-set" }, el("h4", {}, title), el("ul", { className: "lu-bindings" }, rows.map((c) => row(c, tools)))));
  }
  return (again) => {
    if (!again) listening = wrong = null;
  };
}

function row(c, tools) {
  const keys = keysOf(c.id);
  const mine = listening === c.id;
  const words = mine ? t("Press the keys…") : keys ? keycaps(keys) : t("none");
  const bind = button(words, () => listen(mine ? null : c.id, tools), { className: "lu-binding", "data-focus": `bind-${c.id}`, "aria-label": mine ? t("Press the keys for “{command}”", { command: c.title() }) : t("Change the shortcut of “{command}”, now {keys}", { command: c.title(), keys: keys ? printed(keys) : t("none") }) });
  bind.setAttribute("aria-pressed", String(mine));
  if (mine) bind.addEventListener("keydown", (e) => heard(e, c, tools));
  if (mine) bind.addEventListener("blur", () => setTimeout(() => listening === c.id && bind.isConnected && document.hasFocus() && listen(null, tools)));
  const own = preferences.shortcuts && c.id in preferences.shortcuts;
  const reset = own && button(t("Reset"), () => keep(c.id, null, tools), { className: "lu-quiet", "aria-label": t("Reset the shortcut of “{command}”", { command: c.title() }), "data-focus": `reset-${c.id}` });
  const problem = wrong?.id === c.id && el("small", { className: "lu-wrong-text", role: "alert" }, wrong.text);
  return el("li", {}, el("span", { className: "lu-grow" }, c.title(), problem), reset, bind);
}

function listen(id, { redraw }, problem = null) {
  listening = id;
  wrong = problem;
  redraw();
}

function heard(e, c, tools) {
  e.preventDefault();
  e.stopPropagation();
  if (e.key === "Escape") return listen(null, tools);
  if (e.key === "Backspace" || e.key === "Delete") return keep(c.id, "", tools);
  const keys = pressedKeys(e);
  if (!keys) return undefined;
  const problem = refusal(keys);
  if (problem) return listen(c.id, tools, { id: c.id, text: problem });
  return bindTo(c, keys, tools);
}

function refusal(keys) {
  if (TAKEN.includes(keys)) return t("The browser keeps {keys} for itself. Choose others.", { keys: printed(keys) });
  if (keys === "Tab" || keys === "Shift+Tab" || keys === "Enter" || keys === "Space") return t("{keys} is needed for moving about. Choose others.", { keys: printed(keys) });
  return "";
}

async function bindTo(c, keys, tools) {
  const [holder] = holdersOf(keys, c.id);
  listening = null;
  if (holder) {
    const text = t("{keys} is the shortcut of “{command}”, which would have none.", { keys: printed(keys), command: holder.title() });
    if (!(await confirm({ title: t("Take this shortcut?"), text, action: t("Take it"), danger: false }))) return listen(null, tools);
  }
  const taken = holder ? { [holder.id]: "" } : {};
  return store({ ...preferences.shortcuts, ...taken, [c.id]: keys }, tools);
}

function keep(id, keys, tools) {
  const { [id]: was, ...rest } = preferences.shortcuts ?? {};
  return store(keys === null ? rest : { ...rest, [id]: keys }, tools);
}

async function store(shortcuts, tools) {
  listening = wrong = null;
  if (await tools.save({ shortcuts: Object.keys(shortcuts).length ? shortcuts : null })) tools.redraw();
}

async function resetAll(tools) {
  const agreed = await confirm({ title: t("Reset all shortcuts?"), text: t("Every command gets the shortcut it came with."), action: t("Reset all"), danger: false });
  if (agreed) await store({}, tools);
}
