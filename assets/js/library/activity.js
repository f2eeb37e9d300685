// What is going on in a collection: files on their way to it, documents being read, and folders kept in sync.

import { button, el, iconButton } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { meaningOffer } from "./meaning.js";
import { folderRows } from "./folders.js";
import { library } from "./state.js";
import { again, dismiss, failed, going, of, shareOf, stopAll } from "./uploads.js";
import { ANEW, stopJob } from "./watching.js";

const SHOWN = 4; // files named that could not be sent

/** Draws it. */
export function drawActivity(root, c) {
  root.replaceChildren(...[sending(c), unsent(c), reading(c), meaningOffer(), c.job && library.note && el("p", { className: "lu-notice", role: "note" }, library.note), ...folderRows()].filter(Boolean));
}

function bar(label, share) {
  const node = el("div", { className: share === null ? "lu-progress lu-unknown" : "lu-progress", role: "progressbar", "aria-label": label }, el("i"));
  if (share === null) return node;
  const percent = Math.floor(100 * share);
  Object.entries({ valuemin: 0, valuemax: 100, valuenow: percent }).forEach(([k, v]) => node.setAttribute(`aria-${k}`, v));
  node.firstChild.style.width = `${percent}%`;
  return node;
}

const card = (words, share, stop, focus) => el("div", { className: "lu-job", role: "group", "aria-label": words }, el("div", { className: "lu-row" }, el("span", { className: "lu-job-words" }, words), button(t("Stop"), stop, { className: "lu-quiet", "data-focus": focus })), bar(words, share));

function sending(c) {
  const items = of(c.id).filter((i) => i.state !== "failed");
  if (!going(items).length) return null;
  const done = items.filter((i) => i.state === "sent").length;
  const words = items.length === 1 ? t("Sending {name}", { name: items[0].name }) : t("Sending {done} of {total} files", { done: count(done + 1), total: count(items.length) });
  return card(words, shareOf(items), () => stopAll(c.id), "stop-sending");
}

function unsent(c) {
  const items = failed(of(c.id));
  if (!items.length) return null;
  const lines = items.slice(0, SHOWN).map((i) => el("li", { dir: "auto" }, t("{name}: {message}", { name: i.name, message: [i.error.message, i.error.hint].filter(Boolean).join(" ") })));
  const rest = items.length > SHOWN && el("li", {}, tn("and {n} more", "and {n} more", items.length - SHOWN));
  return el("div", { className: "lu-job lu-bad", role: "alert" },
    el("div", { className: "lu-row lu-job-head" }, el("span", { className: "lu-job-words" }, tn("{n} file could not be sent", "{n} files could not be sent", items.length)), iconButton("close", t("Close"), () => dismiss(c.id), { "data-focus": "dismiss-unsent" })),
    el("ul", { className: "lu-plain" }, lines, rest), el("div", { className: "lu-row" }, button(t("Try again"), () => again(c.id), { className: "lu-second", "data-focus": "send-again" })));
}

function reading(c) {
  if (!c.job) return null;
  const { working } = library;
  const progress = library.progress ?? { done: 0, total: c.waiting };
  const one = [...working.values()].at(-1);
  const anew = !c.waiting && working.get(ANEW);
  if (anew) return card(tn("Indexing anew: {n} passage so far", "Indexing anew: {n} passages so far", anew.done), null, () => stopJob(c.job), "stop-reading");
  const words = progress.total ? t("Reading documents: {done} of {total}", { done: count(progress.done), total: count(progress.total) }) : t("Indexing");
  const share = progress.total ? Math.min(1, (progress.done + (one?.total ? (one.done / one.total) * 0.9 : 0)) / progress.total) : null;
  return card(words, share, () => stopJob(c.job), "stop-reading");
}
