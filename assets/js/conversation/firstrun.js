// What a person sees before there is anything to read: without a model what this is and the one button, in an empty
// chat what can be asked, and whom.

import { chat, fresh } from "./chat.js";
import { on, tell } from "../core/bus.js";
import { button, el, icon } from "../core/dom.js";
import { download } from "../topbar/download.js";
import { bytes, licence } from "../core/format.js";
import { t } from "../core/i18n.js";
import { models, pull, refresh, starter } from "../topbar/models.js";
import { portrait } from "./portrait.js";
import { mayManage } from "../core/status.js";
import { found, refreshAssistants, workspace } from "../core/workspace.js";

const SHOWN = 4; // assistants offered in an empty chat

/** The card for a machine without a chat model. */
export function firstRun() {
  return el("section", { className: "lu-first", "aria-label": t("Getting started") },
    el("span", { className: "lu-mark lu-mark-big", "aria-hidden": "true" }), el("h2", {}, t("Welcome to Lumora")),
    el("p", {}, t("A private assistant that runs on this machine. No account, no key: questions and answers stay here.")), ...rest());
}

function rest() {
  if (models.items && !mayManage()) return [el("p", {}, t("There is no model here yet. The owner of this Lumora has to add one first."))];
  const model = starter();
  return model ? offer(model) : nothing();
}

function offer(model) {
  const facts = [bytes(model.bytes), model.license && t("licence {name}", { name: licence(model) })].filter(Boolean).join(" · ");
  const going = download(model);
  const act = button(t("Download {size}", { size: bytes(model.bytes) }), () => pull(model.name), { className: "lu-send", "data-focus": "first-download" });
  const box = el("div", { className: "lu-offer" },
    el("div", {}, el("b", {}, model.title), el("small", {}, facts), model.fit_reason && el("small", {}, model.fit_reason)),
    going ? null : act,
  );
  const why = t("It answers once it has a model. This starter is small and quick to fetch; larger ones, which answer better, are in the menu at the top.");
  return [el("p", {}, why), box, going, leaves()];
}

// What a person wants to know before anything is fetched.
function leaves() {
  const line = (name, words) => el("li", {}, icon(name), el("span", {}, words));
  return el("ul", { className: "lu-leaves", "aria-label": t("What leaves this machine") },
    line("lock", t("Questions, answers and files stay on this machine.")),
    line("down", t("This download is the only thing that contacts the network, and it sends nothing of yours. It can be stopped, and goes on where it was.")),
    line("save", t("Everything is in one folder; the settings export it or delete it.")));
}

function nothing() {
  const e = models.error;
  if (!e) return [el("p", {}, t("Looking for models…"))];
  return [el("p", { role: "alert" }, [e.message, e.hint].filter(Boolean).join(" ")), button(t("Try again"), refresh, { className: "lu-second" })];
}

const ideas = () => [
  t("Explain how a heat pump works, in five sentences."),
  t("Write a polite reminder for an unpaid invoice."),
  t("What is the difference between a list and a tuple in Python?"),
];

/** The empty page of a new chat; `use(text)` puts an idea into the composer. */
export function welcome(use) {
  const assistant = found("assistants", chat.setup?.assistant);
  const project = found("projects", chat.setup?.project);
  const words = assistant?.starters?.length ? assistant.starters : assistant || project || chat.temporary ? [] : ideas();
  return el("section", { className: "lu-welcome", "aria-label": t("New chat") },
    project && where(project), ...(chat.temporary ? temporary() : assistant ? hello(assistant) : [el("h2", {}, t("What would you like to know?"))]),
    words.length > 0 && el("div", { className: "lu-ideas" }, words.map((text) => button(text, () => use(text), { className: "lu-idea", dir: "auto" }))),
    assistant || chat.temporary ? null : assistants(project));
}

const where = (project) => el("div", { className: "lu-where" }, el("p", { className: "lu-row" }, icon("folder"), el("b", { dir: "auto" }, project.name)),
  project.instructions && el("small", { dir: "auto" }, t("Its instructions apply: “{text}”", { text: short(project.instructions) })));

const short = (text) => (text.length > 140 ? `${text.slice(0, 140).trimEnd()}…` : text);

const hello = (assistant) => [portrait(assistant, { big: true }), el("h2", { dir: "auto" }, assistant.name), assistant.description && el("p", { className: "lu-quiet", dir: "auto" }, assistant.description)];

const temporary = () => [
  el("span", { className: "lu-portrait lu-portrait-big", "aria-hidden": "true" }, icon("ghost")), el("h2", {}, t("Temporary chat")),
  el("p", { className: "lu-quiet" }, t("Nothing of it is stored or logged: not the questions, not the answers, not the files. It is gone when you leave it or load the page anew.")),
];

// Those used last come first; the server gives them so.
function assistants(project) {
  const some = (workspace.assistants ?? []).slice(0, SHOWN);
  if (!some.length) return null;
  const card = (a) => button([portrait(a), el("span", {}, el("b", { dir: "auto" }, a.name), a.description && el("small", { dir: "auto" }, a.description))],
    () => start(a, project), { className: "lu-meet", "data-focus": `who-${a.id}` });
  return el("div", { className: "lu-meets", role: "group", "aria-label": t("Start with an assistant") }, some.map(card));
}

function start(a, project) {
  fresh({ assistant: a.id, project: project?.id ?? null });
  tell("focus-composer");
}

on("ready", () => workspace.assistants || refreshAssistants({ quietly: true }).catch(() => {})); // the page does without them
on("collections", () => !chat.id && !chat.run && !chat.messages.size && tell("conversation", {}));
