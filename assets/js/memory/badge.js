// Where proposals wait: a number at the settings, and at their page of memory.

import { on } from "../core/bus.js";
import { byId, el } from "../core/dom.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { isOn, countProposed, memory } from "./facts.js";

const SOON_MS = 2500; // after the page is there
let watching = false;

/** Counts once the page is at rest, and keeps the number up to date. May be called again. */
export function watchBadge() {
  if (!watching) {
    watching = true;
    setTimeout(countProposed, SOON_MS);
    on("memory", draw);
    on("preferences", draw);
  }
  draw();
}

function draw() {
  const n = isOn() ? memory.proposed : 0;
  const gear = byId("lu-settings");
  if (gear) {
    gear.toggleAttribute("data-waits", n > 0);
    gear.setAttribute("aria-label", n ? t("Settings, {waiting}", { waiting: words(n) }) : t("Settings"));
  }
  const link = byId("lu-settings-nav")?.querySelector("[data-page=memory]");
  link?.querySelector(".lu-badge")?.remove();
  if (n) link?.append(el("span", { className: "lu-badge" }, el("span", { "aria-hidden": "true" }, count(n)), el("span", { className: "lu-sr" }, words(n))));
}

const words = (n) => tn("{n} fact to look at", "{n} facts to look at", n);
