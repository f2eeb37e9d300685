// The chat that is shown as a file: by the server what is stored, by this page what is not.

import { chat } from "./current.js";
import { el } from "../core/dom.js";
import { exportChats } from "../sidebar/exporter.js";
import { t } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { path } from "./tree.js";

/** A menu of formats for the branch that is shown. */
export function exportMenu(anchor) {
  const formats = [["markdown", t("Markdown")], ["json", t("JSON")], ["pdf", t("PDF")]];
  const items = formats.filter(([format]) => !chat.temporary || format !== "pdf");
  openMenu(anchor, items.map(([format, label]) => ({ label, icon: "file", run: () => exportAs(format) })), { label: t("Export this chat as") });
}

/** Downloads the branch that is shown. */
export function exportAs(format) {
  if (chat.temporary) {
    exportHere(format);
    return;
  }
  exportChats([chat.id], format, path(chat.messages, chat.choices).at(-1)?.id);
}

function download(href, name) {
  const link = el("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

function exportHere(format) {
  const shown = path(chat.messages, chat.choices);
  const json = () => JSON.stringify({ messages: shown.map(({ role, text, model, created_at: at }) => ({ role, text, model, created_at: at })) }, null, 2);
  const markdown = () => shown.map((m) => `## ${m.role === "user" ? t("You") : "Lumora"}\n\n${m.text}\n`).join("\n");
  const [text, type, end] = format === "json" ? [json(), "application/json", "json"] : [markdown(), "text/markdown", "md"];
  const href = URL.createObjectURL(new Blob([text], { type }));
  download(href, `lumora-temporary.${end}`);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
