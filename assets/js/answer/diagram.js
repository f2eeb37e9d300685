// A mermaid block: its drawing, its source, and a way between them. The drawing is made in a sealed frame (sketch.js)
// and shown as a picture, in which nothing can run, link or load.

import { Code, download } from "./code.js";
import { button, el, iconButton } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { whenNear } from "../core/slices.js";

addEventListener("lumora:theme", () => {
  for (const node of document.querySelectorAll("#app .lu-diagram")) node.dispatchEvent(new Event("redraw"));
});

export class Diagram {
  constructor(block, env) {
    this.code = new Code(block, env);
    this.picture = el("div", { className: "lu-drawing", tabIndex: 0, role: "group", "aria-label": t("Diagram") });
    this.toggle = button(t("Source"), () => this.turn(!this.source), { "aria-label": t("Show the source") });
    this.save = iconButton("save", t("Download the diagram as SVG"), () => download(this.svg, `${t("diagram")}.svg`, "image/svg+xml"), { disabled: true });
    const bar = el("div", { className: "lu-code-bar" }, el("span", { className: "lu-language" }, t("diagram")), el("span", { className: "lu-lines" }), this.save, this.toggle);
    this.node = el("div", { className: "lu-code lu-diagram" }, bar, this.picture, this.code.node);
    this.node.addEventListener("redraw", () => this.draw());
    this.turn(false);
    this.update(block, env);
  }

  update(block, env) {
    this.code.update(block, env);
    if (this.code.text === this.drawn) return;
    this.drawn = this.code.text;
    this.say(t("Drawing…"));
    whenNear(this.node, () => void this.draw());
  }

  turn(source) {
    this.source = source;
    this.picture.hidden = source;
    this.code.node.hidden = !source;
    this.toggle.textContent = source ? t("Diagram") : t("Source");
    this.toggle.setAttribute("aria-label", source ? t("Show the diagram") : t("Show the source"));
  }

  say(words) {
    this.picture.replaceChildren(el("p", { className: "lu-note" }, words));
  }

  async draw() {
    const text = this.code.text;
    try {
      const { sketch } = await import("./sketch.js");
      const made = await sketch(text);
      if (text === this.code.text) this.show(made);
    } catch (e) {
      this.fail(e.message);
    }
  }

  show({ svg, width, height, title }) {
    this.svg = svg;
    this.save.disabled = false;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    this.picture.replaceChildren(el("img", { src: this.address, width, height, alt: title || t("Diagram; its source tells what it shows") }));
    this.fault?.remove();
  }

  fail(reason) {
    this.fault?.remove();
    this.fault = el("p", { className: "lu-fault", role: "note" }, t("The diagram cannot be drawn: {reason}", { reason }));
    this.picture.replaceChildren();
    this.node.append(this.fault);
    this.turn(true);
    this.toggle.hidden = this.save.hidden = true;
  }
}
