// The answer that is coming: its text grows in place, one paint a frame, and what is going on stands in words.

import { el } from "../core/dom.js";
import { count, ordinal } from "../core/format.js";
import { stepWords } from "../core/server.js";
import { t, tn } from "../core/i18n.js";
import { Growing } from "../answer/markdown.js";
import { heading, label, notices } from "./message.js";
import { citedOf } from "../sources/cited.js";

export class Live {
  constructor(m) {
    this.id = m?.id ?? null;
    this.notices = el("div");
    this.summary = el("summary");
    this.words = document.createTextNode("");
    this.think = el("details", { className: "lu-think", hidden: true }, this.summary, el("div", { dir: "auto" }, this.words));
    this.body = el("div", { className: "lu-ans lu-live", dir: "auto" });
    this.state = el("p", { className: "lu-state" });
    this.node = el("article", { className: "lu-msg", "aria-label": label(), "aria-busy": "true", tabIndex: -1 }, heading(), this.notices, this.think, this.body, this.state);
    if (this.id) this.node.dataset.id = this.id;
    this.think.addEventListener("toggle", () => m && (m.unfolded = this.think.open));
    this.growing = new Growing(this.body);
    this.painted = "";
  }

  /** Shows the message as it is now; null while there is none yet. */
  paint(m, run) {
    this.#cite(m);
    if (m && m.text !== this.painted) this.growing.paint((this.painted = m.text));
    if (m?.reasoning) this.#thinking(m, run);
    const told = notices(m ?? {});
    if (told.length !== this.notices.childElementCount) this.notices.replaceChildren(...told);
    write(this.state, phaseWords(run, m));
    this.body.hidden = !m?.text;
  }

  // Sources come before the words, checks after each sentence.
  #cite(m) {
    const cited = citedOf(m);
    if (!cited || cited.stamp === this.cited) return;
    const first = this.growing.cited !== cited;
    Object.assign(this.growing, { cited });
    this.cited = cited.stamp;
    if (!first) this.growing.checked();
  }

  #thinking(m, run) {
    this.think.hidden = false;
    write(this.summary, thoughtWords(m, run));
    if (this.think.open) this.words.appendData(m.reasoning.slice(this.words.length));
  }
}

function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** How long the model thinks or thought. */
export function thoughtWords(m, run = null) {
  if (m.thought !== undefined) return tn("Thought for {n} second", "Thought for {n} seconds", Math.max(1, Math.round(m.thought)));
  if (!run?.thinking) return t("Thinking");
  return t("Thinking… {seconds} s", { seconds: count(Math.floor((performance.now() - run.thinking) / 1000)) });
}

/** What is going on before and between words. */
export function phaseWords(run, m) {
  if (!run.up) return t("Reconnecting…");
  if (run.stopping) return t("Stopping…");
  const p = run.phase;
  if (p?.kind === "queued") return t("{ordinal} in line", { ordinal: ordinal(p.position) });
  if (p?.kind === "progress") return progressWords(p);
  return m?.text ? "" : m?.reasoning ? t("Thinking…") : t("Starting…");
}

function progressWords({ step, done, total, unit }) {
  if (step === "reading" && unit === "tokens" && total) return t("Reading {done} of {total} tokens", { done: count(done), total: count(total) });
  if (step === "loading model") return total ? t("Loading model {percent}%", { percent: percent(done, total) }) : t("Loading model…");
  return total ? t("{step} {percent}%", { step: stepWords(step), percent: percent(done, total) }) : t("{step}…", { step: stepWords(step) });
}

const percent = (done, total) => Math.floor((100 * done) / total);
