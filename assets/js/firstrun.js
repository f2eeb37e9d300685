// What a person sees before there is a model: what this is, what leaves the machine, and the one button.

import { button, el } from "./dom.js";
import { download } from "./download.js";
import { bytes, licence } from "./format.js";
import { models, pull, refresh, starter } from "./models.js";
import { mayManage } from "./status.js";

/** The card for a machine without a chat model. */
export function firstRun() {
  const head = [
    el("span", { className: "lu-mark lu-mark-big", "aria-hidden": "true" }),
    el("h2", {}, "Welcome to Lumora"),
    el("p", {}, "A private assistant that runs on this machine. No account, no key: questions and answers stay here."),
  ];
  return el("section", { className: "lu-first", "aria-label": "Getting started" }, ...head, ...rest());
}

function rest() {
  if (models.items && !mayManage()) return [el("p", {}, "There is no model here yet. The owner of this Lumora has to add one first.")];
  const model = starter();
  return model ? offer(model) : nothing();
}

function offer(model) {
  const facts = [bytes(model.bytes), model.license && `licence ${licence(model)}`].filter(Boolean).join(" · ");
  const going = download(model);
  const start = () => pull(model.name);
  const act = button(`Download ${bytes(model.bytes)}`, start, { className: "lu-send", "data-focus": "first-download" });
  const box = el("div", { className: "lu-offer" },
    el("div", {}, el("b", {}, model.title), el("small", {}, facts), model.fit_reason && el("small", {}, model.fit_reason)),
    going ? null : act,
  );
  const why = "It answers once it has a model. This starter is small and quick to fetch; larger ones, which answer better, are in the menu at the top.";
  const leaves = "This download is the only thing that contacts the network, and it sends nothing of yours.";
  return [el("p", {}, why), box, going, el("p", { className: "lu-leaves" }, leaves)];
}

function nothing() {
  const e = models.error;
  if (!e) return [el("p", {}, "Looking for models…")];
  return [el("p", { role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")), button("Try again", refresh, { className: "lu-second" })];
}

const IDEAS = [
  "Explain how a heat pump works, in five sentences.",
  "Write a polite reminder for an unpaid invoice.",
  "What is the difference between a list and a tuple in Python?",
];

/** The empty page of a new chat; `use(text)` puts an idea into the composer. */
export function welcome(use) {
  const ideas = IDEAS.map((text) => button(text, () => use(text), { className: "lu-idea" }));
  return el("section", { className: "lu-welcome", "aria-label": "New chat" },
    el("h2", {}, "What would you like to know?"),
    el("div", { className: "lu-ideas" }, ideas),
  );
}
