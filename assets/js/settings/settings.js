// The settings: a list of pages on the left and the open one beside it; on a narrow screen first the list, then the
// page with a way back. The frame stands in ui/settings.py. Every change is saved at once.

import { on } from "../core/bus.js";
import { byId, el, icon, keepingFocus } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { choose } from "../core/preferences.js";

const PAGES = {
  appearance: () => import("./appearance.js"),
  language: () => import("./language.js"),
  chat: () => import("./chat.js"),
  model: () => import("./model.js"),
  instructions: () => import("./instructions.js"),
  memory: () => import("./memory.js"),
  assistants: () => import("./assistants.js"),
  prompts: () => import("./prompts.js"),
  shortcuts: () => import("./shortcuts.js"),
  data: () => import("./data.js"),
  about: () => import("./about.js"),
};
const SAVED_MS = 1600;
const narrow = matchMedia("(max-width: 720px)");
let shown = null; // {name, words, draw, leave}; leave(again) hears whether the same page is drawn anew
let turn = 0;
let timer = 0;
let trouble = null; // why the last change was not saved

const dialog = () => byId("lu-settings-dialog");
const page = () => byId("lu-settings-page");
const links = () => [...byId("lu-settings-nav").querySelectorAll("button")];

/** Opens the settings at a page by its name; without one where they were, on a narrow screen at the list. */
export function open(name = "") {
  wire();
  if (!dialog().open) dialog().showModal();
  const wanted = name in PAGES ? name : narrow.matches ? "" : (shown?.name ?? "appearance");
  return wanted ? go(wanted) : list();
}

function wire() {
  if (dialog().dataset.wired) return;
  dialog().dataset.wired = "1";
  byId("lu-settings-close").append(icon("close"));
  byId("lu-settings-close").addEventListener("click", () => dialog().close());
  byId("lu-settings-back").append(icon("left"));
  byId("lu-settings-back").addEventListener("click", list);
  for (const link of links()) {
    link.prepend(icon(link.dataset.icon));
    link.addEventListener("click", () => go(link.dataset.page));
  }
  byId("lu-settings-nav").addEventListener("keydown", arrows);
  dialog().addEventListener("pointerdown", (e) => e.target === dialog() && dialog().close());
  dialog().addEventListener("keydown", (e) => e.key === "Escape" && e.stopPropagation());
  dialog().addEventListener("close", closed);
}

function arrows(e) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  all[to % all.length].focus();
}

function list() {
  leave();
  dialog().dataset.page = "";
  byId("lu-settings-title").textContent = t("Settings");
  page().replaceChildren();
  mark("");
  links()[0].focus();
  remember("");
}

function mark(name) {
  for (const link of links()) {
    if (link.dataset.page === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function go(name) {
  const mine = ++turn;
  leave();
  mark(name);
  dialog().dataset.page = name;
  remember(name);
  const words = links().find((l) => l.dataset.page === name).querySelector("[data-t]").textContent;
  byId("lu-settings-title").textContent = narrow.matches ? words : t("Settings");
  page().replaceChildren(heading(words), el("p", { className: "lu-note" }, t("Loading…")));
  if (narrow.matches) byId("lu-settings-back").focus();
  else if (!dialog().contains(document.activeElement) || document.activeElement.id === "lu-settings-close") links().find((l) => l.dataset.page === name).focus();
  let draw;
  try {
    ({ draw } = await PAGES[name]());
  } catch (e) {
    draw = (root) => root.append(el("p", { role: "alert" }, t("This page could not be loaded."), " ", e.message));
  }
  if (mine !== turn) return;
  shown = { name, words, draw, leave: null };
  redraw();
  page().scrollTop = 0;
}

const heading = (words) => el("h3", { id: "lu-settings-heading", className: "lu-page-title" }, words);

/** Draws the open page anew; the focus stays where it is. */
function redraw() {
  if (!shown || !dialog().open) return;
  const root = el("div", { className: "lu-page" });
  const tools = { save, saved, fail, redraw, go, close: () => dialog().close() };
  shown.leave?.(true);
  shown.leave = shown.draw(root, tools) ?? null;
  keepingFocus(page(), () => page().replaceChildren(...[heading(shown.words), trouble && alert(trouble), root].filter(Boolean)));
}

const alert = (e) => el("div", { className: "lu-card lu-bad", role: "alert" }, el("div", {}, el("b", {}, e.message), e.hint && el("small", {}, e.hint)));

function leave() {
  trouble = null;
  shown?.leave?.();
  if (shown) shown.leave = null;
}

/** Keeps preferences; when the server refuses, the old values are shown again and why. Resolves whether it did. */
async function save(values) {
  try {
    await choose(values);
  } catch (e) {
    fail(e);
    return false;
  }
  saved();
  return true;
}

function saved() {
  if (trouble) {
    trouble = null;
    redraw();
  }
  const line = byId("lu-saved");
  line.textContent = t("Saved");
  clearTimeout(timer);
  timer = setTimeout(() => (line.textContent = ""), SAVED_MS);
}

function fail(e) {
  trouble = e;
  redraw();
}

// The open page is the last part of the address, beside whatever stands there.
function remember(name) {
  const rest = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith("settings="));
  const hash = [...rest, ...(dialog().open ? [`settings=${name}`] : [])].join("&");
  history.replaceState(history.state, "", location.pathname + location.search + (hash ? `#${hash}` : ""));
}

function closed() {
  turn++;
  leave();
  remember("");
}

const writing = () => page().contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox], [type=radio]), textarea");

// Another tab chose something: shown here too, unless something is being written.
on("tab:preferences", () => setTimeout(() => dialog()?.open && !writing() && redraw(), 300));
