// Memory: whether there is any, what waits to be approved, and all that is remembered.

import { on } from "../core/bus.js";
import { button, el, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { accept, reject } from "../memory/acts.js";
import { editFact } from "../memory/edit.js";
import { isOn, isOver, loadFacts, memory } from "../memory/facts.js";
import { factRow } from "../memory/row.js";
import { choices, section, toggle } from "./controls.js";

const FEW = 4; // remembered facts that need no search
let query = "";
let hears = false;
let drawn = null; // () => draws the lists of the page that is open

/** Draws the page. */
export function draw(root, { save, fail, close }) {
  const keep = (values) => save({ memory: { on: true, accept: "ask", ...preferences.memory, ...values } });
  const waiting = el("div");
  const kept = el("div");
  const lists = () => {
    keepingFocus(waiting, () => waiting.replaceChildren(...[inbox(close)].filter(Boolean)));
    keepingFocus(kept, () => kept.replaceChildren(...remembered(close, lists)));
  };
  drawn = lists;
  if (!hears) on("memory", () => drawn?.());
  hears = true;
  root.append(
    section(t("In all chats"), null, toggle({
      label: t("Remember across chats"), checked: isOn(), focus: "memory-on", onChange: (value) => keep({ on: value }),
      help: t("Facts about you and what was said in earlier chats go along with your questions. Off, nothing is read or written; what is kept stays until you forget it."),
    }), choices({
      label: t("New facts"), name: "accept", value: preferences.memory?.accept ?? "ask", onChange: (value) => keep({ accept: value }),
      options: [
        { value: "ask", label: t("Ask me first"), note: t("They wait below until you accept them.") },
        { value: "auto", label: t("Accept by themselves"), note: t("Except where they contradict something.") },
      ],
    })),
    waiting, kept);
  lists();
  loadFacts().catch(fail);
  return () => {
    drawn = null;
    query = "";
  };
}

function inbox(close) {
  const items = memory.items?.filter((f) => f.state === "proposed") ?? [];
  if (!items.length) return null;
  const all = items.length > 1 && el("div", { className: "lu-row" },
    button(t("Accept all"), () => accept(items), { className: "lu-second", "data-focus": "accept-all" }), button(t("Reject all"), () => reject(items), { className: "lu-quiet", "data-focus": "reject-all" }));
  return section(t("Waiting for you"), t("Lumora noticed these in your chats. They are used only once you accept them."), all || "", list(items, close, t("Waiting for you")));
}

function remembered(close, again) {
  const items = memory.items?.filter((f) => f.state !== "proposed") ?? null;
  const add = button(t("Add a fact…"), () => editFact(), { className: "lu-second", "data-focus": "add-fact" });
  if (!items) return [el("p", { className: "lu-note" }, t("Loading…"))];
  if (!items.length) return [section(t("Remembered"), null, el("div", { className: "lu-empty" }, el("p", {}, memory.proposed ? t("Nothing is remembered yet.") : t("Nothing is remembered yet. Say something about yourself in a chat, such as “I prefer metric units”, or add it here.")), add))];
  const found = items.filter(matches);
  const field = el("input", { type: "search", value: query, placeholder: t("Search what is remembered"), "aria-label": t("Search what is remembered"), dir: "auto", "data-focus": "search-facts" });
  field.addEventListener("input", () => {
    query = field.value;
    again();
    const now = document.querySelector("[data-focus=search-facts]");
    now?.setSelectionRange(now.value.length, now.value.length);
  });
  const holds = found.filter((f) => f.state === "accepted" && !isOver(f));
  const rest = found.filter((f) => !holds.includes(f));
  return [section(t("Remembered"), null, el("div", { className: "lu-row lu-fact-tools" }, items.length > FEW ? field : null, add),
    holds.length ? list(holds, close, t("Remembered")) : el("p", { className: "lu-quiet" }, query ? t("No fact contains “{words}”.", { words: query }) : t("Nothing is remembered yet.")),
    rest.length ? el("details", { className: "lu-fold-away", open: Boolean(query) }, el("summary", {}, t("Rejected and out of date")), list(rest, close, t("Rejected and out of date"))) : "")];
}

const matches = (f) => query.toLowerCase().split(/\s+/).every((word) => f.text.toLowerCase().includes(word));

const list = (items, close, label) => el("ul", { className: "lu-facts", "aria-label": label }, items.map((f) => factRow(f, close)));
