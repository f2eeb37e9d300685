// One message as nodes: a question with edit, an answer with its state, its usage line and its actions.

import { ask, chat, choose, goOn, regenerate } from "./chat.js";
import { button, copy, el, iconButton } from "./dom.js";
import { capital, count, ordinal } from "./format.js";
import { Growing, render } from "./markdown.js";
import { models } from "./models.js";
import { siblings } from "./tree.js";

const LONG = 1500;

/** The node of a stored message. `hooks.edit(id)` opens the editor; `editing` says it is open. */
export function message(m, { editing = false, edit } = {}) {
  const own = m.role === "user";
  const node = el("article", { className: own ? "lu-msg lu-mine" : "lu-msg", "aria-label": own ? "You" : "Lumora", tabIndex: -1 });
  node.dataset.id = m.id;
  node.append(...(own ? question(m, editing, edit) : answer(m)));
  return node;
}

/** What makes two drawings of a message the same; anything else is drawn anew. */
export function version(m, editing) {
  const at = siblings(chat.messages, m);
  return JSON.stringify([m.role, m.state, m.text.length, editing, at.indexOf(m.id), at.length, m.usage !== null, m.notices?.length, m.error, chat.run !== null]);
}

function question(m, editing, edit) {
  if (editing) return [editor(m, edit)];
  const bubble = el("div", { className: "lu-me", dir: "auto" }, m.text);
  const acts = el("div", { className: "lu-acts" },
    chat.run ? null : button("Edit", () => edit(m.id), { "data-focus": `edit-${m.id}` }),
    button("Copy", (e) => copy(m.text, e.currentTarget)),
    switcher(m),
  );
  return m.text.length > LONG ? [bubble, unfold(bubble), acts] : [bubble, acts];
}

function unfold(bubble) {
  bubble.classList.add("lu-folded");
  return button("Show all", (e) => {
    const open = bubble.classList.toggle("lu-folded");
    e.currentTarget.textContent = open ? "Show all" : "Show less";
  }, { className: "lu-quiet lu-unfold" });
}

function editor(m, edit) {
  const field = el("textarea", { id: "lu-edit", value: m.text, "aria-label": "Edit your message", rows: Math.min(12, m.text.split("\n").length + 1) });
  const send = () => {
    const text = field.value.trim();
    if (!text) return;
    edit(null);
    ask(text, m.parent);
  };
  field.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "Escape") {
      e.stopPropagation();
      edit(null);
    } else if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      send();
    }
  });
  const acts = el("div", { className: "lu-row" }, el("small", {}, "The first version stays as a branch."),
    button("Cancel", () => edit(null), { className: "lu-quiet" }), button("Send", send, { className: "lu-send" }));
  return el("div", { className: "lu-editor" }, field, acts);
}

function answer(m) {
  const body = el("div", { className: "lu-ans", dir: "auto" });
  if (m.text) body.append(render(m.text));
  return [...notices(m), thinking(m), body, ...outcome(m), usageLine(m), actions(m)].filter(Boolean);
}

const notices = (m) => (m.notices ?? []).map((text) => el("p", { className: "lu-notice", role: "note" }, text));

function thinking(m) {
  if (!m.reasoning) return null;
  return el("details", { className: "lu-think" }, el("summary", {}, "Thinking"), el("div", { dir: "auto" }, m.reasoning));
}

function outcome(m) {
  const again = !chat.run && button("Retry", () => regenerate(m.id), { className: "lu-second" });
  const more = !chat.run && m.text && button("Continue", () => goOn(m.id), { className: "lu-second" });
  if (m.state === "interrupted") return [card("This answer was interrupted.", m.text ? "What was said is kept." : "Nothing was said yet.", more, again)];
  if (m.state === "failed") return [card(m.error?.message ?? "This answer failed.", m.error?.hint ?? "", more, again)];
  if (m.state === "cancelled") return [el("p", { className: "lu-stopped" }, m.text ? "You stopped this answer." : "You stopped this before the first word.", " ", more)];
  if (m.reason === "length") return [el("p", { className: "lu-stopped" }, "The model reached the longest answer it can give.")];
  return [];
}

function card(title, hint, ...acts) {
  const words = el("div", {}, el("b", {}, title), hint && el("small", {}, hint));
  return el("div", { className: "lu-card lu-bad", role: "alert" }, words, el("span", {}, ...acts));
}

/** A question that could not be sent: why, and a way to try again. */
export function trouble(t, dismiss) {
  const again = t.again && button("Retry", t.again, { className: "lu-second" });
  return card(t.message, t.hint, again, dismiss && iconButton("close", "Dismiss", dismiss));
}

/** The name a person knows a model by. */
export const modelTitle = (name) => models.items?.find((m) => m.name === name)?.title ?? name ?? "";

function usageLine(m) {
  const u = m.usage;
  const parts = [modelTitle(m.model)];
  if (u) parts.push(`${count(u.completion_tokens)} ${u.completion_tokens === 1 ? "token" : "tokens"}`);
  if (u?.first_token_ms) parts.push(`${(u.first_token_ms / 1000).toFixed(1)} s to first word`);
  if (u?.tokens_per_second) parts.push(`${Math.round(u.tokens_per_second)} tok/s`);
  parts.push(m.hosts?.length ? `contacted ${m.hosts.join(", ")}` : "no host contacted");
  return el("div", { className: "lu-usage" }, parts.filter(Boolean).map((text) => el("span", {}, text)));
}

function actions(m) {
  return el("div", { className: "lu-acts" },
    m.text && button("Copy", (e) => copy(m.text, e.currentTarget)),
    chat.run ? null : button("Regenerate", () => regenerate(m.id), { "data-focus": `again-${m.id}` }),
    switcher(m),
  );
}

function switcher(m) {
  const all = siblings(chat.messages, m);
  if (all.length < 2) return null;
  const at = all.indexOf(m.id);
  const step = (by, name, label) => {
    const go = () => choose(all[at + by]);
    return iconButton(name, label, go, { disabled: !all[at + by] || chat.run !== null, "data-focus": `${name}-${m.parent}-${m.role}` });
  };
  return el("span", { className: "lu-branch", role: "group", "aria-label": "Versions" },
    step(-1, "left", "Previous version"), el("span", {}, `${at + 1} of ${all.length}`), step(1, "right", "Next version"));
}

/** The answer that is coming: its text grows in place, one paint a frame. */
export class Live {
  constructor(m) {
    this.id = m?.id ?? null;
    this.notices = el("div");
    this.summary = el("summary", {}, "Thinking");
    this.thought = el("div", { dir: "auto" });
    this.think = el("details", { className: "lu-think", hidden: true }, this.summary, this.thought);
    this.body = el("div", { className: "lu-ans lu-live", dir: "auto" });
    this.state = el("p", { className: "lu-state" });
    this.node = el("article", { className: "lu-msg", "aria-label": "Lumora", "aria-busy": "true" }, this.notices, this.think, this.body, this.state);
    if (this.id) this.node.dataset.id = this.id;
    this.growing = new Growing(this.body);
    this.painted = "";
  }

  paint(m, run) {
    if (m && m.text !== this.painted) this.growing.paint((this.painted = m.text));
    if (m?.reasoning) {
      this.think.hidden = false;
      this.thought.textContent = m.reasoning;
    }
    if (m?.notices?.length !== this.notices.childElementCount) this.notices.replaceChildren(...notices(m ?? {}));
    const words = phaseWords(run, m);
    if (this.state.textContent !== words) this.state.textContent = words;
    this.body.hidden = !m?.text;
  }
}

/** What is going on before and between words. */
export function phaseWords(run, m) {
  if (!run.up) return "Reconnecting…";
  if (run.stopping) return "Stopping…";
  const p = run.phase;
  if (p?.kind === "queued") return `${ordinal(p.position)} in line`;
  if (p?.kind === "progress") return progressWords(p);
  return m?.text ? "" : m?.reasoning ? "Thinking…" : "Starting…";
}

function progressWords({ step, done, total, unit }) {
  const name = capital(step);
  if (unit === "tokens" && total) return `${name} ${count(done)} of ${count(total)} tokens`;
  return total ? `${name} ${Math.floor((100 * done) / total)}%` : `${name}…`;
}
