// The rows of the sidebar as nodes: made once, then patched.

import { tell } from "../core/bus.js";
import { chat, fresh, open } from "../conversation/chat.js";
import { chats, fold } from "./chats.js";
import { closeDrawer } from "./drawer.js";
import { button, byId, el, icon, iconButton } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";

// Where a row leads when it is acted upon; set by the sidebar, which knows the rest.
const act = {};
/** `menu(entry, anchor)`, `pick(entry, event)`, `rename(entry, title or null)`, `addProject()`, `bring()`. */
export const rowActions = (actions) => Object.assign(act, actions);

const mouse = matchMedia("(hover: hover)"); // touch scrolls where a mouse drags
const entryOf = new WeakMap(); // node → the entry it shows

/** A node for an entry. */
export const make = (entry) => MAKE[entry.kind](entry);

/** Brings a node up to date. */
export function patch(node, entry) {
  entryOf.set(node, entry);
  PATCH[entry.kind]?.(node, entry);
}

const now = (node) => entryOf.get(node);
const here = (item) => item.id === chat.id && !byId("app").dataset.place;
const set = (node, name, value) => (value === null || value === undefined ? node.removeAttribute(name) : node.getAttribute(name) !== String(value) && node.setAttribute(name, value));
const text = (node, value) => node.textContent !== value && (node.textContent = value);

const MAKE = {
  section() {
    const node = el("div", { className: "lu-section" });
    const head = el("button", { type: "button", className: "lu-fold", "data-main": "", on: { click: () => fold(now(node).section) } },
      icon("fold"), el("span", { className: "lu-section-title" }), el("span", { className: "lu-count" }));
    node.append(el("h2", {}, head));
    return node;
  },
  day: (entry) => el("div", { className: "lu-section" }, el("h2", { className: "lu-day" }, entry.title)),
  project() {
    const node = el("div", { className: "lu-folder" });
    const head = el("button", { type: "button", className: "lu-fold ", "data-main": "", on: { click: () => fold(now(node).project.id) } },
      icon("folder"), el("bdi", { className: "lu-chat-title", dir: "auto" }), el("span", { className: "lu-count" }));
    const add = iconButton("plus", "", () => newIn(now(node).project), { className: "lu-icon lu-add" });
    node.append(head, add, dots(node));
    return node;
  },
  chat() {
    const node = el("div", { className: "lu-item" });
    const main = el("button", { type: "button", className: "lu-chat", "data-main": "", on: { click: (e) => act.pick(now(node), e) } },
      el("span", { className: "lu-tick", "aria-hidden": "true" }, icon("check")), el("bdi", { className: "lu-chat-title", dir: "auto" }));
    node.append(main, dots(node));
    return node;
  },
  rename: renameRow,
  note: (entry) => el("div", { className: entry.inside ? "lu-note lu-inside" : "lu-note" }, entry.text),
  gap: () => el("div", { className: "lu-gap", "aria-hidden": "true" }),
  trouble(entry) {
    const { error } = entry.source;
    const again = () => (entry.source.items ? entry.source.reach(entry.source.wanted) : entry.source.refresh());
    return el("div", { className: "lu-note lu-trouble" }, el("span", {}, [error.message, error.hint].filter(Boolean).join(" ")),
      button(t("Try again"), () => entry.source.refresh().then(again), { className: "lu-second", "data-main": "" }));
  },
  empty: () => el("div", { className: "lu-nothing" }, el("p", {}, t("Your conversations will appear here.")),
    el("p", {}, t("Coming from ChatGPT, Open WebUI or another Lumora? Drop the exported file here.")),
    button(t("Import chats…"), () => act.bring(), { className: "lu-second", "data-main": "" })),
};

const dots = (node) => iconButton("dots", "", (e) => act.menu(now(node), e.currentTarget), { className: "lu-icon lu-more", "aria-haspopup": "menu" });

const PATCH = {
  section(node, entry) {
    const head = node.querySelector(".lu-fold");
    text(head.querySelector(".lu-section-title"), entry.title);
    text(head.querySelector(".lu-count"), entry.count ? count(entry.count) : "");
    set(head, "aria-expanded", entry.open);
    set(head, "data-focus", entry.key);
    if (entry.adds && !node.querySelector(".lu-add")) {
      node.append(iconButton("plus", t("New project"), () => act.addProject(), { className: "lu-icon lu-add", "data-focus": "new-project" }));
    }
  },
  project(node, { project, open: unfolded, key }) {
    const head = node.querySelector(".lu-fold");
    const [add, more] = node.querySelectorAll(".lu-icon");
    text(head.querySelector("bdi"), project.name);
    text(head.querySelector(".lu-count"), project.conversations ? count(project.conversations) : "");
    set(head, "aria-expanded", unfolded);
    set(head, "title", project.name);
    set(head, "data-focus", key);
    set(node, "data-project", project.id);
    name(add, t("New chat in {project}", { project: isolated(project.name) }));
    name(more, t("More about {project}", { project: isolated(project.name) }));
    set(more, "data-focus", `more-${key}`);
  },
  chat(node, { item, key, project }) {
    const main = node.querySelector(".lu-chat");
    const picked = chats.selected ? chats.selected.has(item.id) : null;
    const names = ["lu-item", here(item) && "lu-on", project && "lu-inside", picked && "lu-picked"].filter(Boolean).join(" ");
    if (node.className !== names) node.className = names;
    if (node.draggable !== mouse.matches) node.draggable = mouse.matches;
    const title = item.title || t("Untitled");
    text(main.querySelector("bdi"), title);
    set(main, "title", title);
    set(main, "data-focus", key);
    set(main, "role", picked === null ? null : "checkbox");
    set(main, "aria-checked", picked);
    set(main, "aria-current", here(item) ? "page" : null);
    running(main, item.running);
    const more = node.querySelector(".lu-more");
    name(more, t("More about “{title}”", { title: isolated(title) }));
    set(more, "data-focus", `more-${key}`);
    more.hidden = picked !== null;
  },
};

function running(main, is) {
  const dot = main.querySelector(".lu-running");
  if (is && !dot) main.append(el("span", { className: "lu-running", role: "img", "aria-label": t("answering") }));
  else if (!is) dot?.remove();
}

function name(node, label) {
  set(node, "aria-label", label);
  set(node, "title", label);
}

/** A name a person chose, so that its direction turns nothing around it. */
export const isolated = (words) => `\u2068${words.replace(/[\u202a-\u202e\u2066-\u2069]/g, "")}\u2069`;

/** How many chats, in words. */
export const chatsInWords = (n) => tn("{n} chat", "{n} chats", n);

/** An empty chat in a project. */
export function newIn(project) {
  fold(project.id, true);
  fresh({ project: project.id });
  closeDrawer();
  tell("focus-composer");
}

/** Shows a chat. */
export function show(id) {
  if (id !== chat.id || chat.trouble) open(id);
  else tell("talk");
  closeDrawer();
}

function renameRow(entry) {
  const field = el("input", { id: "lu-rename", value: entry.item.title, maxLength: 200, dir: "auto", "aria-label": t("New title"), "data-main": "" });
  let done = false;
  const close = (save) => {
    if (done) return;
    done = true;
    act.rename(entry, save ? field.value.trim() : null);
  };
  field.addEventListener("keydown", (e) => {
    e.stopPropagation();
    if (e.isComposing || !["Enter", "Escape"].includes(e.key)) return;
    e.preventDefault();
    close(e.key === "Enter");
  });
  field.addEventListener("blur", () => document.hasFocus() && field.isConnected && close(true));
  return el("div", { className: entry.project ? "lu-item lu-inside" : "lu-item" }, field);
}
