// The bar above the conversation: menu, title, and the pill that names the model and opens the list of models.

import { on, tell } from "./bus.js";
import { chat } from "./chat.js";
import { byId, el, icon } from "./dom.js";
import { ModelMenu } from "./modelmenu.js";
import { answering, models } from "./models.js";

let menu = null;

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  const pill = byId("lu-model");
  if (pill.dataset.ready) return;
  pill.dataset.ready = "1";
  menu = new ModelMenu(pill);
  byId("lu-menu").append(icon("menu"));
  byId("lu-menu").addEventListener("click", () => tell("drawer", "lu-new"));
  draw();
}

function draw() {
  const pill = byId("lu-model");
  if (!pill) return;
  byId("lu-title").textContent = chat.id ? chat.title || "Untitled" : "New chat";
  document.title = chat.id && chat.title ? `${chat.title} · Lumora` : "Lumora";
  const model = answering();
  const name = model?.title ?? (models.items ? "No model yet" : "…");
  const speed = lastSpeed();
  pill.replaceChildren(el("span", { className: model ? "lu-dot" : "lu-dot lu-off", "aria-hidden": "true" }),
    el("span", {}, el("span", { className: "lu-sr" }, "Model: "), name, speed && el("span", { className: "lu-wide" }, ` · ${speed} tok/s`)));
}

function lastSpeed() {
  const used = [...chat.messages.values()].findLast((m) => m.usage?.tokens_per_second);
  return used ? Math.round(used.usage.tokens_per_second) : null;
}

for (const name of ["conversation", "title", "models", "ended"]) on(name, draw);
