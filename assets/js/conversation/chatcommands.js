// What can be done with the conversation from the keyboard.

import { again, stepVersion } from "./actions.js";
import { tell } from "../core/bus.js";
import { remove, stop } from "./chat.js";
import { removeChats } from "../sidebar/chatactions.js";
import { command } from "../core/commands.js";
import { openCompare } from "./compare.js";
import { chat } from "./current.js";
import { copy, byId, el } from "../core/dom.js";
import { exportMenu } from "./exporting.js";
import { direction, t } from "../core/i18n.js";
import { following } from "./reader.js";
import { toast } from "../core/toast.js";
import { path, siblings } from "./tree.js";

const shown = () => path(chat.messages, chat.choices);
const lastOf = (role) => shown().findLast((m) => m.role === role);
const idle = () => chat.run === null;
const forked = (m) => siblings(chat.messages, m).length > 1;

/** The message that has the focus, or null. */
function focused() {
  const node = document.activeElement?.closest?.("#lu-messages article");
  return (node && chat.messages.get(node.dataset.id)) ?? null;
}

// The fork compared: at the message with the focus, else the last one there is.
function fork() {
  const here = focused();
  return here && forked(here) ? here : shown().findLast(forked);
}

/** Registers them; `column()` is the list of messages, `latest()` goes to its end. */
export function registerCommands({ column, latest }) {
  const add = (id, title, keys, run, when, icon) => command({ id, title, keys, run, when, icon, group: "answer" });
  add("copy-last", () => t("Copy the last answer"), "Mod+Shift+C", copyLast, () => Boolean(lastOf("assistant")?.text), "copy");
  add("regenerate", () => t("Regenerate the last answer"), "Mod+Shift+Enter", () => again(lastOf("assistant")), () => idle() && Boolean(lastOf("assistant")), "again");
  add("edit-last", () => t("Edit the last question"), "", () => tell("edit-last"), () => idle() && Boolean(lastOf("user")), "pen");
  add("stop", () => t("Stop the answer"), "", stop, () => !idle(), "close");
  add("latest", () => t("Jump to the latest"), "Alt+End", latest, () => !following(), "down");
  add("compare", () => t("Compare versions"), "", () => openCompare(fork().id), () => Boolean(fork()), "compare");
  add("message-before", () => t("Go to the message before"), "Alt+ArrowUp", () => step(column(), -1), () => chat.messages.size > 0, "up");
  add("message-after", () => t("Go to the next message"), "Alt+ArrowDown", () => step(column(), 1), () => chat.messages.size > 0, "down");
  // In a script that runs to the left, left is forwards.
  const left = direction === "rtl" ? 1 : -1;
  const turnable = () => Boolean(focused() && forked(focused()));
  add("version-before", () => t("Show the version before"), "Alt+ArrowLeft", () => turn(left), turnable, "left");
  add("version-after", () => t("Show the next version"), "Alt+ArrowRight", () => turn(-left), turnable, "right");
  const here = (id, title, run, icon, when) => command({ id, title, run, when, icon, group: "chat" });
  here("export-chat", () => t("Export this chat…"), () => exportMenu(byId("lu-more") ?? column()), "save", () => chat.messages.size > 0);
  here("delete-chat", () => t("Delete this chat"), () => removeChats([{ id: chat.id, title: chat.title }]), "bin", () => chat.id !== null);
  here("delete-message", () => t("Delete the message with the focus and what came after"), () => remove(focused().id), "bin", () => focused() !== null);
}

async function copyLast() {
  const said = el("span");
  await copy(lastOf("assistant").text, said);
  toast(said.textContent);
}

// From wherever the focus is: in the composer, "before" means the last one.
function step(column, by) {
  const all = [...column.querySelectorAll("article")];
  const at = all.indexOf(document.activeElement?.closest?.("article"));
  if (at === all.length - 1 && by > 0) {
    byId("lu-text")?.focus();
    return;
  }
  const to = at < 0 ? all.at(-1) : all[Math.max(0, at + by)];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}

function turn(by) {
  const to = stepVersion(focused(), by);
  if (to) document.querySelector(`#lu-messages article[data-id="${CSS.escape(to)}"]`)?.focus({ preventScroll: true });
}
