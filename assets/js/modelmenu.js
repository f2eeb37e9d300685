// The list of models below the pill: pick an installed one, download another, remove one.

import { on } from "./bus.js";
import { byId, button, el, iconButton, keepingFocus } from "./dom.js";
import { download } from "./download.js";
import { bytes, count, licence } from "./format.js";
import { answering, available, choose, models, pull, refresh, remove, usable } from "./models.js";
import { mayManage } from "./status.js";

export class ModelMenu {
  /** `pill` is the button that opens it. */
  constructor(pill) {
    this.pill = pill;
    this.removing = null;
    this.panel = el("div", { id: "lu-models", className: "lu-panel", role: "dialog", "aria-label": "Models", hidden: true, tabIndex: -1 });
    pill.closest("header").append(this.panel);
    pill.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close()));
    addEventListener("keydown", (e) => this.#key(e), true);
    document.addEventListener("pointerdown", (e) => {
      if (!this.panel.hidden && !this.panel.contains(e.target) && !pill.contains(e.target)) this.close(false);
    });
    on("models", () => this.draw());
  }

  open() {
    this.panel.hidden = false;
    this.pill.setAttribute("aria-expanded", "true");
    this.draw();
    this.panel.focus();
    refresh();
  }

  close(focus = true) {
    this.panel.hidden = true;
    this.removing = null;
    this.pill.setAttribute("aria-expanded", "false");
    if (focus) this.pill.focus();
  }

  #key(e) {
    if (e.key !== "Escape" || this.panel.hidden) return;
    e.preventDefault();
    e.stopPropagation();
    this.close();
  }

  draw() {
    if (this.panel.hidden) return;
    const top = this.panel.scrollTop;
    keepingFocus(this.panel, () => this.panel.replaceChildren(...this.#content()));
    this.panel.scrollTop = top;
  }

  #content() {
    const here = usable();
    const more = available();
    const out = [el("div", { className: "lu-row lu-panel-head" }, el("h2", {}, "Models"), iconButton("close", "Close", () => this.close()))];
    if (models.error) out.push(el("p", { className: "lu-note", role: "alert" }, models.error.message));
    if (here.length) out.push(el("h3", {}, "Ready to answer"), el("ul", {}, here.map((m) => this.#installed(m))));
    if (more.length) out.push(el("h3", {}, "To download"), el("ul", {}, more.map((m) => this.#offered(m))));
    return out;
  }

  #installed(m) {
    const current = answering()?.name === m.name;
    const pick = button(el("span", {}, el("b", {}, m.title), facts(m), m.note && el("small", {}, m.note)), () => this.#pick(m.name), { className: "lu-pick", "data-focus": `pick-${m.name}` });
    pick.setAttribute("aria-pressed", String(current));
    const row = el("div", { className: "lu-row" }, pick, current && el("span", { className: "lu-answers" }, "answers"));
    if (m.provider) return el("li", {}, row);
    if (this.removing === m.name) return el("li", {}, row, this.#confirm(m));
    if (mayManage()) row.append(iconButton("bin", `Remove ${m.title}`, () => this.#ask(m.name), { "data-focus": `remove-${m.name}` }));
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
      this.panel.querySelector(`[data-focus="remove-${CSS.escape(m.name)}"]`)?.focus();
    };
    const go = async () => {
      this.removing = null;
      await remove(m.name);
    };
    return el("div", { className: "lu-row lu-confirm" }, el("span", {}, `Remove ${bytes(m.bytes)} from this machine?`),
      button("Keep", stop, { className: "lu-quiet" }), button("Remove", go, { className: "lu-second", id: "lu-remove" }));
  }

  #offered(m) {
    const going = download(m);
    const words = el("span", { className: "lu-grow" }, el("b", {}, m.title), facts(m), m.note && el("small", {}, m.note), el("small", { className: m.fits ? "" : "lu-weak" }, m.fit_reason));
    const act = button("Download", () => pull(m.name), { className: "lu-second", "aria-label": `Download ${m.title}, ${bytes(m.bytes)}`, "data-focus": `pull-${m.name}` });
    return el("li", {}, el("div", { className: "lu-row" }, words, !going && mayManage() && act), going);
  }
}

function facts(m) {
  const parts = m.provider ? [`answers through ${m.provider}`] : [bytes(m.bytes), licence(m)];
  if (m.context) parts.push(`${count(m.context)} tokens`);
  return el("small", {}, parts.filter(Boolean).join(" · "));
}
