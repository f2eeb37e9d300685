// What goes along with the question, drawn above the text: attachments, mentions, and what could not be taken.

import { requestText } from "../core/api.js";
import { view } from "../conversation/attached.js";
import { dismissRefused, remove, send, tray } from "./attachments.js";
import { button, byId, el, icon, iconButton, keepingFocus } from "../core/dom.js";
import { field } from "./field.js";
import { bytes } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { mentionIcon, mentionWords } from "./mentions.js";
import { complain, toast } from "../core/toast.js";

const AS_TEXT = 100_000; // characters that the text field still takes without a pause

/** Draws them. `mentions` are those of the draft; `drop(mention)` takes one away, `asText(text)` puts text into the field. */
export function drawChips(mentions, { drop, asText }) {
  const root = byId("lu-chips");
  const nodes = [...mentions.map((m) => mention(m, drop)), ...tray.items.map((item, i) => attachment(item, i, asText))];
  root.hidden = !nodes.length;
  keepingFocus(root, () => root.replaceChildren(...nodes));
  const refused = byId("lu-refused");
  refused.hidden = !tray.refused.length;
  if (refused.childElementCount !== tray.refused.length + 1 || refused.hidden) refused.replaceChildren(...(tray.refused.length ? leftOut() : []));
}

function leftOut() {
  const close = iconButton("close", t("Dismiss"), () => {
    dismissRefused();
    field().focus();
  });
  return [...tray.refused.map((text) => el("p", { dir: "auto" }, text)), close];
}

function mention(m, drop) {
  const leave = () => {
    drop(m);
    field().focus();
  };
  return el("div", { className: "lu-chip lu-mention", role: "listitem", title: mentionWords(m) },
    icon(mentionIcon(m)), el("span", { className: "lu-chip-name", dir: "auto" }, m.title), el("span", { className: "lu-sr" }, mentionWords(m)),
    iconButton("close", t("Remove {name}", { name: m.title }), leave, { "data-focus": `mention-${m.kind}` }));
}

function attachment(item, i, asText) {
  const short = (item.text?.length ?? item.bytes) <= AS_TEXT;
  const turn = () => text(item).then((found) => {
    remove(item);
    asText(found);
  }).catch(complain);
  const face = button(el("span", { className: "lu-chip-face" }, el("span", { className: "lu-sr" }, t("Show")), icon(item.state === "failed" ? "warning" : "file"),
    el("span", { className: "lu-chip-name", dir: "auto" }, item.name), el("span", { className: "lu-chip-facts" }, words(item))),
  () => view(item), { className: "lu-chip-show", title: item.error ?? t("Show {name}", { name: item.name }), "data-focus": `show-${i}` });
  return el("div", { className: `lu-chip lu-${item.state}`, role: "listitem" }, face,
    item.state === "failed" && button(t("Try again"), () => send(item), { className: "lu-chip-act", "data-focus": `send-${i}` }),
    item.pasted && short && item.state !== "failed" && button(t("As text"), turn, { className: "lu-chip-act", title: t("Paste as text instead"), "data-focus": `text-${i}` }),
    iconButton("close", t("Remove {name}", { name: item.name }), () => takeAway(item), { "data-focus": `remove-${i}` }),
    item.state === "sending" && progress(item));
}

function words(item) {
  if (item.state === "failed") return t("not sent");
  return [item.lines ? tn("{n} line", "{n} lines", item.lines) : "", bytes(item.bytes)].filter(Boolean).join(" · ");
}

function progress(item) {
  const percent = Math.round(100 * item.share);
  const bar = el("span", { className: "lu-chip-bar", role: "progressbar", "aria-label": t("Sending {name}", { name: item.name }) });
  Object.entries({ valuemin: 0, valuemax: 100, valuenow: percent }).forEach(([k, v]) => bar.setAttribute(`aria-${k}`, v));
  bar.style.width = `${percent}%`;
  return bar;
}

const text = async (item) => item.text ?? requestText(`attachments/${encodeURIComponent(item.id)}`);

function takeAway(item) {
  const back = remove(item);
  field().focus();
  toast(t("Removed “{name}”.", { name: item.name }), [t("Undo"), back]);
}

/** What the attachments are, for the line of hints: the size of all, or that they are on their way. */
export function sendingWords(items) {
  const size = bytes(items.reduce((sum, i) => sum + i.bytes * (1 - i.share), 0));
  return tn("It is sent as soon as {n} attachment is ready: {size} to go. Esc takes it back.", "It is sent as soon as {n} attachments are ready: {size} to go. Esc takes it back.", items.length, { size });
}
