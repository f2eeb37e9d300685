// The bar above the conversation: menu, title, project, the pill that names the model and opens the list of models,
// and what else can be done with the chat.

import { on, tell } from "../core/bus.js";
import { chat } from "../conversation/chat.js";
import { command, commands, keysOf, printed, run } from "../core/commands.js";
import { projectHere } from "../conversation/current.js";
import { byId, el, icon } from "../core/dom.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { openMenu } from "../core/menu.js";
import { ModelMenu } from "./modelmenu.js";
import { answering, models, pulling, shareOf } from "./models.js";
import { startRenaming, titleWords } from "./title.js";

const AROUND = 2 * Math.PI * 6;
// What others register for the chat that is shown, in the order of the menu; "-" is a line.
const OFFERED = ["chat-settings", "rename-chat", "pin-chat", "move-chat", "-", "export-chat", "-", "delete-chat"];
let menu = null;

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  const pill = byId("lu-model");
  if (pill.dataset.ready) return;
  pill.dataset.ready = "1";
  menu = new ModelMenu(pill);
  byId("lu-menu").append(icon("menu"));
  byId("lu-menu").addEventListener("click", () => tell("drawer", "lu-new"));
  byId("lu-title-button").addEventListener("click", startRenaming);
  byId("lu-project").addEventListener("click", () => run("move-chat"));
  byId("lu-more").append(icon("dots"));
  byId("lu-more").addEventListener("click", () => openMenu(byId("lu-more"), offered()));
  draw();
}

function offered() {
  const items = [];
  for (const id of OFFERED) {
    const found = commands().find((c) => c.id === id);
    if (id === "-" ? items.length && items.at(-1) !== "-" : found?.when()) items.push(id === "-" ? id : entry(found));
  }
  if (items.at(-1) === "-") items.pop();
  return items;
}

const entry = ({ id, title, icon: name, run: go }) => ({ label: title(), icon: name || null, hint: printed(keysOf(id)), danger: id === "delete-chat", run: go });

function draw() {
  if (!byId("lu-model")) return;
  drawTitle();
  drawProject();
  drawPill();
}

function drawTitle() {
  const words = titleWords();
  const face = byId("lu-title");
  if (face.textContent !== words) face.textContent = words;
  byId("lu-title-button").disabled = !chat.id;
  byId("lu-title-button").title = chat.id ? t("Rename “{title}”", { title: words }) : "";
  document.title = (chat.id && chat.title) || chat.temporary ? `${words} · Lumora` : "Lumora";
}

function drawProject() {
  const project = projectHere();
  const pill = byId("lu-project");
  pill.hidden = !project;
  if (project) pill.replaceChildren(icon("folder"), el("span", { dir: "auto" }, el("span", { className: "lu-sr" }, t("Project:"), " "), project.name));
}

function drawPill() {
  const going = pulling();
  const model = answering();
  const name = model?.title ?? (models.items ? t("No model yet") : "…");
  const share = going && Math.floor(100 * shareOf(going));
  const mark = going ? ring(share) : el("span", { className: model ? "lu-dot" : "lu-dot lu-off", "aria-hidden": "true" });
  const words = el("span", {}, el("span", { className: "lu-sr" }, t("Model:"), " "), name, !going && speed(model));
  const extra = going && el("span", { className: "lu-pill-share" }, el("span", { className: "lu-sr" }, t("Downloading {model}:", { model: going.model.title }), " "), t("{percent}%", { percent: share }));
  byId("lu-model").replaceChildren(...[mark, words, extra].filter(Boolean));
}

function ring(percent) {
  const svg = icon("dots");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "lu-ring lu-dot-ring");
  svg.replaceChildren(...["lu-ring-all", "lu-ring-part"].map((name) => {
    const circle = document.createElementNS(svg.namespaceURI, "circle");
    Object.entries({ cx: 8, cy: 8, r: 6, class: name }).forEach(([k, v]) => circle.setAttribute(k, v));
    return circle;
  }));
  svg.lastChild.style.strokeDasharray = `${(percent / 100) * AROUND} ${AROUND}`;
  return svg;
}

function speed(model) {
  const used = model && [...chat.messages.values()].findLast((m) => m.model === model.name && m.usage?.tokens_per_second);
  const measured = used?.usage.tokens_per_second ?? model?.speed;
  return measured ? el("span", { className: "lu-wide" }, ` · ${t("{n} tok/s", { n: count(Math.round(measured)) })}`) : null;
}

for (const name of ["conversation", "title", "models", "ended", "collections"]) on(name, draw);

command({ id: "choose-model", title: () => t("Choose the model"), keys: "Mod+M", run: () => menu?.open(), group: "chat", icon: "branch" });
command({ id: "rename-chat", title: () => t("Rename this chat"), keys: "F2", run: startRenaming, when: () => Boolean(chat.id), group: "chat", icon: "pen" });
