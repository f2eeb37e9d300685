// What takes longer than a second, above the foot of the sidebar: a card with what is going on, a bar, and Cancel.

import { button, byId, el, iconButton } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** A card. `title` says what it is; `cancel()` is called by its button. */
export class Task {
  constructor(title, cancel) {
    this.words = el("span", { className: "lu-job-words", dir: "auto" }, title);
    this.bar = el("div", { className: "lu-progress", role: "progressbar", "aria-label": title }, el("i"));
    this.line = el("span", { className: "lu-progress-text" });
    this.acts = el("div", { className: "lu-row lu-job-acts" }, this.line, cancel && button(t("Cancel"), cancel, { className: "lu-quiet" }));
    this.node = el("div", { className: "lu-job", role: "group", "aria-label": title }, this.words, this.bar, this.acts);
    byId("lu-tasks")?.append(this.node);
  }

  /** `share` is 0 to 1, or null while nobody can say; `line` is words such as "3 of 12". */
  progress(share, line = "") {
    this.line.textContent = line;
    this.bar.classList.toggle("lu-unknown", share === null);
    if (share === null) return this.bar.removeAttribute("aria-valuenow");
    const percent = Math.floor(100 * Math.min(1, share));
    Object.entries({ valuemin: 0, valuemax: 100, valuenow: percent }).forEach(([k, v]) => this.bar.setAttribute(`aria-${k}`, v));
    this.bar.firstChild.style.width = `${percent}%`;
    return undefined;
  }

  /** It is over: what came of it, and what can be done about it, as [label, function]. It stays until closed. */
  end(words, { bad = false, hint = "", acts = [] } = {}) {
    const buttons = acts.map(([label, run]) => button(label, () => run(this), { className: "lu-second" }));
    this.node.classList.toggle("lu-bad", bad);
    this.node.setAttribute("role", bad ? "alert" : "status");
    this.node.replaceChildren(
      el("div", { className: "lu-row lu-job-head" }, el("span", { className: "lu-job-words", dir: "auto" }, words), iconButton("close", t("Close"), () => this.close())),
      ...(hint ? [el("small", {}, hint)] : []), ...(buttons.length ? [el("div", { className: "lu-row lu-job-acts" }, buttons)] : []));
  }

  /** Takes it away. */
  close() {
    this.node.remove();
  }
}
