// Writing a new version of a question. The old one stays as a branch; what is being written outlives every redraw.

import { chips } from "./attached.js";
import { ask } from "./chat.js";
import { chat } from "./current.js";
import { button, byId, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { path } from "./tree.js";

export class Editor {
  /** For the message `m`; `close()` is called when it is done with. `text` is what to begin with. */
  constructor(m, { close, text = m.text }) {
    Object.assign(this, { message: m, close, attachments: [...(m.attachments ?? [])] });
    this.field = el("textarea", { id: "lu-edit", value: text, "aria-label": t("Edit your message"), rows: Math.min(12, text.split("\n").length + 1) });
    this.field.addEventListener("keydown", (e) => this.#pressed(e));
    this.files = el("div");
    this.hint = el("small", { role: "status" }, t("The first version stays as a branch."));
    const acts = el("div", { className: "lu-row" }, this.hint, button(t("Cancel"), close, { className: "lu-quiet" }), button(t("Send"), () => this.#send(), { className: "lu-send" }));
    this.node = el("article", { className: "lu-msg lu-mine", "aria-label": t("You"), tabIndex: -1 }, el("div", { className: "lu-editor" }, this.field, this.files, acts));
    this.node.dataset.id = m.id;
    this.#drawFiles();
  }

  #drawFiles() {
    const drop = (gone) => {
      this.attachments = this.attachments.filter((a) => a !== gone);
      this.#drawFiles();
      this.field.focus();
    };
    this.files.replaceChildren(chips(this.attachments, drop) ?? "");
  }

  /** Says that the message is gone, so that sending makes a new one. */
  orphaned() {
    this.hint.textContent = t("This message was deleted elsewhere. Sending asks it anew.");
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  #pressed(e) {
    if (e.isComposing || e.keyCode === 229) return;
    const mod = e.ctrlKey || e.metaKey;
    const sends = preferences.send === "mod-enter" ? mod : mod || !e.shiftKey;
    if (e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      this.close();
    } else if (e.key === "Enter" && sends) {
      e.preventDefault();
      this.#send();
    }
  }

  #send() {
    const text = this.field.value.trim();
    if (!text && !this.attachments.length) return;
    if (chat.run) {
      this.hint.textContent = t("You can send this when the answer is finished.");
      return;
    }
    const { id, parent } = this.message;
    const above = parent === null || chat.messages.has(parent) ? parent : path(chat.messages, chat.choices).at(-1)?.id ?? null;
    this.close();
    ask(text, above, { attachments: this.attachments, edited: id });
    byId("lu-text")?.focus({ preventScroll: true });
  }
}
