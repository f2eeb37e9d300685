// The receipt of an answer: what it took and whom it contacted, in a line, and all of it in a dialog.

import { chat } from "./current.js";
import { openDialog } from "../core/dialog.js";
import { button, copy, el } from "../core/dom.js";
import { count, moment } from "../core/format.js";
import { locale, t, tn } from "../core/i18n.js";
import { models } from "../topbar/models.js";
import { lineage } from "./tree.js";

/** The name a person knows a model by. */
export const modelTitle = (name) => name === "extractive" ? t("Quoted from your documents") : models.items?.find((m) => m.name === name)?.title ?? name ?? "";

const seconds = (ms) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ms / 1000);
const hosts = (m) => (m.hosts?.length ? t("contacted {hosts}", { hosts: m.hosts.join(", ") }) : t("no host contacted"));

// An imported answer came without a receipt: nothing is claimed of it.
const unknown = (m) => !m.model && !m.usage && !m.hosts?.length && !m.turn && !chat.temporary;

/** The line under an answer; a press opens the whole receipt. Null when nothing is known. */
export function usageLine(m) {
  if (unknown(m)) return null;
  const u = m.usage;
  const parts = [el("span", { className: "lu-model-name" }, modelTitle(m.model))];
  if (u && m.model !== "extractive") parts.push(tn("{n} token", "{n} tokens", u.completion_tokens));
  if (u?.first_token_ms && m.model !== "extractive") parts.push(t("{seconds} s to first word", { seconds: seconds(u.first_token_ms) }));
  if (u?.tokens_per_second) parts.push(t("{speed} tok/s", { speed: count(Math.round(u.tokens_per_second)) }));
  parts.push(hosts(m));
  const spans = parts.filter((p) => p.textContent !== "").map((p) => (p instanceof Node ? p : el("span", {}, p)));
  return button(spans, () => openReceipt(m.id), { className: "lu-usage", title: t("Receipt"), "aria-haspopup": "dialog", "data-focus": `receipt-${m.id}` });
}

const ENDS = {
  stop: () => t("The model had said all"),
  length: () => t("The longest answer was reached"),
  cancelled: () => t("You stopped it"),
  tool_calls: () => t("The model called a tool"),
};

const STATES = {
  interrupted: () => t("Lumora stopped while it answered"),
  failed: () => t("It failed"),
  cancelled: () => t("You stopped it"),
};

function ending(m) {
  const failed = m.state === "failed" && m.error?.message;
  return failed || (STATES[m.state] ?? ENDS[m.reason] ?? ENDS.stop)();
}

// A value nobody measured is left out: a receipt does not guess.
function lines(m) {
  const u = m.usage ?? {};
  const files = lineage(chat.messages, m.id).flatMap((each) => each.attachments.map((a) => a.name));
  const measured = (value, words) => (value === null || value === undefined ? null : words(value));
  return [
    [t("Model"), m.model ? [modelTitle(m.model), modelTitle(m.model) === m.model ? "" : m.model].filter(Boolean).join(" · ") : null],
    [t("When"), m.created_at ? moment(m.created_at) : null],
    [t("Tokens read"), measured(u.prompt_tokens, count)],
    [t("Of these read before"), measured(u.cached_tokens, count)],
    [t("Tokens written"), measured(u.completion_tokens, count)],
    [t("Time to first word"), measured(u.first_token_ms, (ms) => t("{seconds} s", { seconds: seconds(ms) }))],
    [t("Speed"), measured(u.tokens_per_second, (n) => t("{speed} tokens/s", { speed: count(Math.round(n * 10) / 10) }))],
    [t("How it ended"), ending(m)],
    [t("Hosts contacted"), m.hosts?.length ? m.hosts.join(", ") : unknown(m) ? t("Not known: it was imported") : t("None: no host contacted")],
    [t("Sources"), m.sources?.length ? m.sources.map((s) => `${count(s.number)} ${s.name}${s.page ? `, ${t("p. {n}", { n: count(s.page) })}` : ""}`).join("; ") : null],
    [t("Attachments read"), files.length ? files.join(", ") : t("None")],
    [t("Stored"), chat.temporary ? t("No, this chat is temporary") : t("On this machine")],
    [t("Your rating"), m.rating ? [m.rating > 0 ? t("Good answer") : t("Poor answer"), m.rating_reason].filter(Boolean).join(": ") : null],
  ].filter(([, value]) => value !== null);
}

/** The whole receipt of an answer. */
export function openReceipt(id) {
  const shown = lines(chat.messages.get(id));
  const list = el("dl", { className: "lu-receipt" }, shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value))));
  const text = shown.map(([name, value]) => `${name}: ${value}`).join("\n");
  const take = button(t("Copy"), (e) => copy(text, e.currentTarget), { className: "lu-second" });
  openDialog({ title: t("Receipt of this answer"), className: "lu-small", content: [list, el("div", { className: "lu-row lu-end" }, take)] });
}
