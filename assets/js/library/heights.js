// How high a row of the list is. A reason takes as many lines as it needs: none of it is cut off.

import { button, el } from "../core/dom.js";
import { t } from "../core/i18n.js";

const ROW = 40;
const PHONE = 58;
const BESIDE = { wide: 46, phone: 48 }; // px of a row that its reason does not have
const narrow = matchMedia("(max-width: 720px)");

/** A row without a reason. */
export const plainHeight = () => (narrow.matches ? PHONE : ROW);

export class Heights {
  /** `root` is the list; it must be in the page when `of` is called. */
  constructor(root) {
    this.root = root;
    this.known = new Map();
    this.words = el("span");
    this.again = button(t("Try again"), () => {}, { className: "lu-doc-again", tabIndex: -1 });
    this.gauge = el("div", { className: "lu-doc-why lu-doc-gauge", inert: true, "aria-hidden": "true" }, this.words, this.again);
  }

  /** Of a row that says `words`, with a button beside them if `again`. */
  of(words, again) {
    if (!words) return plainHeight();
    const width = this.root.clientWidth - (narrow.matches ? BESIDE.phone : BESIDE.wide);
    const key = `${width} ${again} ${words}`;
    if (!this.known.has(key)) this.known.set(key, this.#measure(width, words, again));
    return this.known.get(key);
  }

  #measure(width, words, again) {
    if (!this.gauge.isConnected) this.root.after(this.gauge);
    this.gauge.style.width = `${width}px`;
    this.words.textContent = words;
    this.again.hidden = !again;
    return Math.ceil(this.gauge.getBoundingClientRect().height) + (narrow.matches ? PHONE - 2 : ROW - 6);
  }
}
