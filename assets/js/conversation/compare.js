// Two versions of a message and what came after each, side by side; what stands above both is folded away. On a
// narrow screen one side is shown at a time.

import { chips } from "./attached.js";
import { choose } from "./chat.js";
import { chat } from "./current.js";
import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { render } from "../answer/markdown.js";
import { modelTitle } from "./receipt.js";
import { lineage, path, siblings } from "./tree.js";

const WORDS = 60; // characters of a question in the fold

/** Opens the comparison of the message's versions: the one shown and the one beside it. */
export function openCompare(id) {
  const m = chat.messages.get(id);
  const all = siblings(chat.messages, m);
  const at = all.indexOf(id);
  const other = at > 0 ? at - 1 : 1;
  const sides = [Math.min(at, other), Math.max(at, other)].map((index, i) => new Side(all, index, i));
  const together = el("input", { type: "checkbox", checked: true });
  const tabs = el("div", { className: "lu-compare-tabs", role: "group", "aria-label": t("Side shown") });
  const both = el("div", { className: "lu-compare", "data-side": "0" }, sides.map((s) => s.node));
  const turn = (i) => {
    both.dataset.side = i;
    tabs.childNodes.forEach((b, at) => b.setAttribute("aria-pressed", String(at === i)));
  };
  tabs.append(...sides.map((_, i) => button(i === 0 ? t("First") : t("Second"), () => turn(i), { className: "lu-reason", "aria-pressed": String(i === 0) })));
  const head = el("div", { className: "lu-row lu-compare-head" }, tabs, el("label", { className: "lu-check" }, together, el("span", {}, t("Scroll together"))));
  const dialog = openDialog({ title: t("Compare versions"), className: "lu-large lu-compare-dialog", content: [above(m), head, both].filter(Boolean) });
  for (const side of sides) side.wire({ use: (chosen) => take(dialog, chosen), other: sides.find((s) => s !== side), together });
}

function take(dialog, id) {
  dialog.close();
  choose(id);
}

function above(m) {
  const shared = lineage(chat.messages, m.parent);
  if (!shared.length) return null;
  const lines = shared.map((each) => el("p", {}, el("b", {}, each.role === "user" ? t("You") : "Lumora"), " ", short(each.text)));
  return el("details", { className: "lu-shared" }, el("summary", {}, tn("{n} message above is the same", "{n} messages above are the same", shared.length)), lines);
}

const short = (text) => (text.length > WORDS ? `${text.slice(0, WORDS)}…` : text);

class Side {
  constructor(all, at, place) {
    this.all = all;
    const name = place === 0 ? t("First version") : t("Second version");
    const options = all.map((_, i) => el("option", { value: i, selected: i === at }, t("{at} of {all}", { at: i + 1, all: all.length })));
    this.pick = el("select", { className: "lu-input", "aria-label": name, on: { change: () => this.#draw() } }, options);
    this.use = button(t("Use this one"), () => this.chosen(this.id), { className: "lu-second" });
    this.body = el("div", { className: "lu-compare-body", tabIndex: 0, role: "region", "aria-label": name });
    this.node = el("div", { className: "lu-compare-side" }, el("div", { className: "lu-row" }, this.pick, this.use), this.body);
    this.#draw();
  }

  get id() {
    return this.all[Number(this.pick.value)];
  }

  #draw() {
    const m = chat.messages.get(this.id);
    const below = path(chat.messages, chat.choices, this.id);
    this.body.replaceChildren(...[m, ...below].map(part));
    this.body.scrollTop = 0;
  }

  /** What its button and its scrolling do. */
  wire({ use, other, together }) {
    this.chosen = use;
    this.body.addEventListener("scroll", () => {
      if (!together.checked || !this.body.matches(":hover, :focus")) return;
      const [mine, theirs] = [this.body, other.body];
      // By share, so that both reach their ends together however long they are.
      theirs.scrollTop = (mine.scrollTop / Math.max(1, mine.scrollHeight - mine.clientHeight)) * (theirs.scrollHeight - theirs.clientHeight);
    }, { passive: true });
  }
}

function part(m) {
  if (m.role === "user") return el("div", { className: "lu-me", dir: "auto" }, m.text, chips(m.attachments));
  const body = el("div", { className: "lu-ans", dir: "auto" }, m.text ? render(m.text) : el("p", {}, t("Nothing was said.")));
  return el("div", {}, body, el("small", {}, modelTitle(m.model)));
}
