// The list of models below the pill: pick an installed one, download another, remove one.

import { on } from "../core/bus.js";
import { byId, button, el, icon, iconButton, keepingFocus } from "../core/dom.js";
import { download } from "./download.js";
import { bytes, count, licence } from "../core/format.js";
import { t } from "../core/i18n.js";
import { answering, available, choose, models, pull, refresh, remove, usable } from "./models.js";
import { mayManage } from "../core/status.js";

const MANY = 8; // rows from which there is a field to search in
const squeezed = (text) => text.toLowerCase().replace(/[\s_.-]+/g, "");

export class ModelMenu {
  /** `pill` is the button that opens it. */
  constructor(pill) {
    this.pill = pill;
    this.removing = null;
    this.wanted = "";
    this.search = el("input", { className: "lu-input", type: "search", placeholder: t("Find a model…"), "aria-label": t("Find a model"), "data-focus": "search", on: { input: () => this.#filter() } });
    this.rows = el("div");
    this.head = el("div", { className: "lu-row lu-panel-head" }, el("h2", {}, t("Models")), iconButton("close", t("Close"), () => this.close()));
    this.panel = el("div", { id: "lu-models", className: "lu-panel", role: "dialog", "aria-label": t("Models"), hidden: true, tabIndex: -1, on: { keydown: (e) => this.#move(e) } }, this.head, this.search, this.rows);
    pill.closest("header").append(this.panel);
    pill.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close()));
    addEventListener("keydown", (e) => this.#key(e), true);
    document.addEventListener("pointerdown", (e) => this.#leave(e.target));
    document.addEventListener("focusin", (e) => this.#leave(e.target));
    on("models", () => this.draw());
    on("conversation", () => this.draw());
  }

  open() {
    this.panel.hidden = false;
    this.pill.setAttribute("aria-expanded", "true");
    this.wanted = this.search.value = "";
    this.draw();
    (this.rows.querySelector("[aria-pressed=true]") ?? this.panel).focus({ preventScroll: true });
    refresh();
  }

  close(focus = true) {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.removing = null;
    this.pill.setAttribute("aria-expanded", "false");
    if (focus) this.pill.focus();
  }

  #leave(target) {
    if (!this.panel.hidden && !this.panel.contains(target) && !this.pill.contains(target)) this.close(false);
  }

  #key(e) {
    if (e.key !== "Escape" || this.panel.hidden) return;
    e.preventDefault();
    e.stopPropagation();
    this.close();
  }

  // Up and down go from model to model; Tab reaches what else a row has.
  #move(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const stops = [...(this.search.hidden ? [] : [this.search]), ...this.rows.querySelectorAll(".lu-pick, [data-focus^=pull-], [data-focus^=cancel-]")];
    const at = stops.findIndex((s) => s === document.activeElement || s.closest("li")?.contains(document.activeElement));
    stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
  }

  #filter() {
    this.wanted = squeezed(this.search.value);
    this.draw();
  }

  draw() {
    if (this.panel.hidden) return;
    const top = this.panel.scrollTop;
    this.search.hidden = usable().length + available().length <= MANY;
    keepingFocus(this.panel, () => this.rows.replaceChildren(...this.#content()));
    this.panel.scrollTop = top;
  }

  #content() {
    const wanted = (m) => squeezed(`${m.title} ${m.name} ${m.provider ?? ""}`).includes(this.wanted);
    const here = usable().filter(wanted);
    const more = available().filter(wanted);
    const out = [];
    if (models.error) out.push(el("p", { className: "lu-note", role: "alert" }, models.error.message));
    if (here.length) out.push(el("h3", {}, t("Ready to answer")), el("ul", {}, here.map((m) => this.#installed(m))));
    if (more.length) out.push(el("h3", {}, t("To download")), el("ul", {}, more.map((m) => this.#offered(m))));
    if (!here.length && !more.length) out.push(this.#nothing());
    return out;
  }

  #nothing() {
    const text = this.wanted ? t("No model is called “{words}”.", { words: this.search.value.trim() }) : models.items ? t("There is no model here yet.") : t("Loading…");
    return el("p", { className: "lu-note", role: "status" }, text);
  }

  #installed(m) {
    const current = answering()?.name === m.name;
    const pick = button(el("span", {}, el("b", {}, m.title), facts(m), m.note && el("small", {}, m.note), !m.provider && !m.fits && unfit(m)), () => this.#pick(m.name), { className: "lu-pick", "data-focus": `pick-${m.name}` });
    pick.setAttribute("aria-pressed", String(current));
    const row = el("div", { className: "lu-row" }, pick, current && el("span", { className: "lu-answers" }, icon("check"), t("answers")));
    if (m.provider) return el("li", {}, row);
    if (this.removing === m.name) return el("li", {}, row, this.#confirm(m));
    if (mayManage()) row.append(iconButton("bin", t("Remove {model}", { model: m.title }), () => this.#ask(m.name), { "data-focus": `remove-${m.name}` }));
    return el("li", {}, row);
  }

  #pick(name) {
    choose(name);
    this.close();
  }

  #ask(name) {
    this.removing = name;
    this.draw();
    byId("lu-remove")?.focus();
  }

  #confirm(m) {
    const stop = () => {
      this.removing = null;
      this.draw();
      this.rows.querySelector(`[data-focus="remove-${CSS.escape(m.name)}"]`)?.focus();
    };
    const go = async () => {
      this.removing = null;
      await remove(m.name);
      this.panel.focus();
    };
    return el("div", { className: "lu-row lu-confirm" }, el("span", {}, t("Remove {size} from this machine?", { size: bytes(m.bytes) })),
      button(t("Keep"), stop, { className: "lu-quiet" }), button(t("Remove"), go, { className: "lu-second", id: "lu-remove" }));
  }

  #offered(m) {
    const going = download(m);
    const words = el("span", { className: "lu-grow" }, el("b", {}, m.title), facts(m), m.note && el("small", {}, m.note), m.fits ? el("small", {}, m.fit_reason) : unfit(m));
    const act = button(t("Download"), () => pull(m.name), { className: "lu-second", "aria-label": t("Download {model}, {size}", { model: m.title, size: bytes(m.bytes) }), "data-focus": `pull-${m.name}` });
    return el("li", {}, el("div", { className: "lu-row" }, words, !going && mayManage() && act), going);
  }
}

const unfit = (m) => el("small", { className: "lu-weak" }, icon("warning"), m.fit_reason);

function facts(m) {
  const parts = m.provider ? [t("answers through {provider}", { provider: m.provider })] : [bytes(m.bytes), licence(m)];
  if (m.context) parts.push(t("reads {tokens} tokens", { tokens: count(m.context) }));
  if (m.memory) parts.push(m.installed ? t("takes {size} of memory", { size: bytes(m.memory) }) : t("needs {size} of memory", { size: bytes(m.memory) }));
  if (m.speed) parts.push(t("{n} tok/s here", { n: count(Math.round(m.speed)) }));
  return el("small", {}, parts.filter(Boolean).join(" · "));
}
