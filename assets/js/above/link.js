// The line at the top that says the server cannot be reached, and for a moment that it is back. It asks gently by
// itself. The browser's own "offline" means the network: Lumora runs here and is not asked any differently by it.

import { on, tell } from "../core/bus.js";
import { button, byId, el } from "../core/dom.js";
import { t } from "../core/i18n.js";

const FIRST_MS = 1000;
const LONGEST_MS = 10_000;
const BACK_MS = 2500;
let lost = false;
let wait = FIRST_MS;
let timer = 0;

/** Whether the server answered when it was last asked. */
export const reachable = () => !lost;

on("link", (up) => (up ? regained() : begin()));

function begin() {
  if (lost) return;
  lost = true;
  wait = FIRST_MS;
  show();
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
  wait = Math.min(wait * 1.6, LONGEST_MS);
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(new URL("health", document.baseURI), { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (answer.status < 500) return tell("link", true);
  } catch {
    if (!lost) return undefined; // something else found it meanwhile
  }
  return later();
}

function regained() {
  if (!lost) return;
  lost = false;
  clearTimeout(timer);
  show();
  tell("regained");
}

function show() {
  const line = byId("lu-link");
  if (!line) return;
  clearTimeout(show.timer);
  line.hidden = false;
  line.classList.toggle("lu-linked", !lost);
  line.replaceChildren(...(lost ? [el("span", {}, t("Lumora cannot be reached. Trying again…")), button(t("Try now"), ask, { className: "lu-second" })] : [el("span", {}, t("Connected again."))]));
  makeRoom(line.offsetHeight);
  if (lost) return;
  show.timer = setTimeout(() => {
    line.hidden = true;
    makeRoom(0);
  }, BACK_MS);
}

// The page moves down by the line's height: nothing is covered.
function makeRoom(height) {
  byId("app").style.paddingTop = height ? `${height}px` : "";
}

document.addEventListener("visibilitychange", () => !document.hidden && lost && ask());
