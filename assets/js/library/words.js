// What the library says about a document and its state.

import { count, bytes } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { errorWords } from "../core/server.js";

const STATES = {
  waiting: () => t("Waiting"),
  reading: () => t("Reading"),
  embedding: () => t("Indexing"),
  ready: () => t("Ready"),
  failed: () => t("Failed"),
  cancelled: () => t("Stopped"),
};

/** The states a document can be in, as [state, words]. */
export const states = () => Object.entries(STATES).map(([state, words]) => [state, words()]);

/** Whether a document is still being worked on. */
export const isBusy = (d) => ["waiting", "reading", "embedding"].includes(d.state);

/** The state of a document; `work` is how far it has come, if that is known. */
export function stateWords(d, work = null) {
  const words = (STATES[d.state] ?? STATES.waiting)();
  if (!work?.total || !["reading", "embedding"].includes(d.state)) return words;
  return t("{step} {done}/{total}", { step: words, done: count(work.done), total: count(work.total) });
}

/** Why a document could not be read, and what can be done. */
export function whyWords(d) {
  if (!d.error) return "";
  const { message, hint } = errorWords(d.error);
  return [message, hint].filter(Boolean).join(" ");
}

/** Type, pages and size of a document. */
export const facts = (d) => [typeWords(d.type), d.pages > 0 && tn("{n} page", "{n} pages", d.pages), d.bytes > 0 && bytes(d.bytes)].filter(Boolean);

/** The kind of a document as a person knows it. */
export const typeWords = (type) => ({ md: "Markdown", txt: t("Text"), code: t("Code"), html: t("Web page"), eml: t("E-mail"), zip: "ZIP" })[type] ?? (type ?? "").toUpperCase();

/** The kinds that can be filtered by. */
export const TYPES = ["pdf", "docx", "pptx", "xlsx", "csv", "html", "md", "txt", "epub", "eml", "code"];

/** The name of a document: its title where it has one that says more than the file's name. */
export const nameOf = (d) => d.name || d.title;
