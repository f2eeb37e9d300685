// What the library says about a document and its state.

import { count, bytes } from "../core/format.js";
import { locale, t, tn } from "../core/i18n.js";
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
  if (work?.step !== d.state) return words;
  if (!work.total) return d.type === "zip" ? tn("Unpacked {n} file", "Unpacked {n} files", work.done) : words;
  const amount = { done: count(work.done), total: count(work.total) };
  if (d.state === "embedding") return t("Indexed {done} of {total} passages", amount);
  return d.type === "pdf" ? t("Reading page {done} of {total}", amount) : t("Reading part {done} of {total}", amount);
}

/** How much of that is done, 0 to 1; null when nobody knows. */
export const shareOfWork = (d, work = null) => (work?.step === d.state && work.total ? work.done / work.total : null);

/** Why a document could not be read, and what can be done. */
export function whyWords(d) {
  if (!d.error) return "";
  const { message, hint } = errorWords(d.error);
  return [message, hint].filter(Boolean).join(" ");
}

const LEFT_OUT = {
  kind: (n) => tn("{n} file that is no document", "{n} files that are no documents", n),
  empty: (n) => tn("{n} empty file", "{n} empty files", n),
  large: (n) => tn("{n} file that is too large", "{n} files that are too large", n),
  deep: (n) => tn("{n} archive too deep inside archives", "{n} archives too deep inside archives", n),
};

/** What was not taken out of an archive, and why. */
export function leftOutWords(d) {
  const list = new Intl.ListFormat(locale, { type: "unit", style: "short" });
  const part = ({ why, count: n, names }) => t("{what} ({names})", { what: LEFT_OUT[why]?.(n) ?? count(n), names: list.format(n > names.length ? [...names, "…"] : names) });
  return d.left_out?.length ? t("Left out: {parts}", { parts: list.format(d.left_out.map(part)) }) : "";
}

/** What is said below a document's name. */
export const noteWords = (d) => (d.state === "cancelled" ? "" : whyWords(d) || leftOutWords(d));

/** Type, pages and size of a document. */
export const facts = (d) => [typeWords(d.type), d.pages > 0 && tn("{n} page", "{n} pages", d.pages), d.bytes > 0 && bytes(d.bytes)].filter(Boolean);

/** The kind of a document as a person knows it. */
export const typeWords = (type) => ({ md: "Markdown", txt: t("Text"), code: t("Code"), html: t("Web page"), eml: t("E-mail"), zip: "ZIP" })[type] ?? (type ?? "").toUpperCase();

/** The kinds that can be filtered by. */
export const TYPES = ["pdf", "docx", "pptx", "xlsx", "csv", "html", "md", "txt", "epub", "eml", "code"];

/** The name of a document: its title where it has one that says more than the file's name. */
export const nameOf = (d) => d.name || d.title;
