// The evaluation of a collection, in the place of its documents.

import { button, el, iconButton, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { questionsPart } from "./questions.js";
import { resultsPart } from "./results.js";
import { Evaluated } from "./state.js";
import { tryingPart } from "./trying.js";
import { on } from "../core/bus.js";

let open = null;

export class EvaluationPage {
  /** `leave()` goes back to the documents. */
  constructor(collection, leave) {
    this.id = collection.id;
    this.shows = { all: false };
    this.leave = leave;
    this.name = el("h2", { dir: "auto", tabIndex: -1 });
    this.body = el("div", { className: "lu-page lu-evaluation-body" }, el("p", { className: "lu-note" }, t("Loading…")));
    this.node = el("section", { className: "lu-lib-open lu-evaluation", "aria-label": t("Evaluation") },
      el("div", { className: "lu-row lu-lib-head" }, iconButton("left", t("Back to the documents"), leave, { "data-focus": "evaluation-back" }), el("div", { className: "lu-grow" }, this.name)), this.body);
    this.state = new Evaluated(collection.id, () => this.draw());
    open = this;
    this.update(collection);
    this.state.load();
  }

  /** The collection was renamed, say. */
  update(collection) {
    this.name.textContent = t("Evaluation of “{name}”", { name: collection.name });
  }

  /** Draws what is known now. */
  draw() {
    const { state } = this;
    keepingFocus(this.body, () => this.body.replaceChildren(...(state.questions ? [questionsPart(state, this.shows), tryingPart(state), resultsPart(state)].filter(Boolean) : [this.#waiting()])));
  }

  #waiting() {
    const { error } = this.state;
    if (!error) return el("p", { className: "lu-note" }, t("Loading…"));
    return el("div", { role: "alert" }, el("p", { className: "lu-note" }, [error.message, error.hint].filter(Boolean).join(" ")), button(t("Try again"), () => this.state.load(), { className: "lu-second" }));
  }

  /** It is not shown any more. */
  close() {
    this.state.close();
    if (open === this) open = null;
  }
}

on("models", () => open && !open.body.contains(document.activeElement) && open.draw());
