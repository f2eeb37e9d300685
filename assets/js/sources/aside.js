// The pane on the right: a source of an answer at its passage, or a document of the library. On a narrow screen it is a
// drawer over everything. Escape closes it, and the focus goes back to what opened it.

import { on } from "../core/bus.js";
import { byId, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { complain } from "../core/toast.js";

const over = matchMedia("(max-width: 1180px)"); // it lies above the page instead of beside it
let opener = null; // what had the focus before: {node, focus}
let shown = null; // the viewer

const pane = () => byId("lu-aside");

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (pane().dataset.ready) return;
  pane().dataset.ready = "1";
  pane().addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.defaultPrevented) return;
    e.preventDefault();
    e.stopPropagation();
    closeAside();
  });
  const veil = el("div", { className: "lu-aside-veil", on: { click: () => closeAside() } });
  byId("app").append(veil);
  over.addEventListener("change", settle);
}

/** Whether it is open. */
export const isOpen = () => byId("app")?.dataset.aside === "open";

// What is behind a drawer cannot be reached.
function settle() {
  const covered = isOpen() && over.matches;
  for (const id of ["side", "talk", "library"]) {
    const behind = { side: false, talk: byId("talk").hasAttribute("data-behind"), library: !byId("app").dataset.place }[id];
    byId(id).inert = covered || behind;
  }
  pane().setAttribute("role", covered ? "dialog" : "complementary");
  if (covered) pane().setAttribute("aria-modal", "true");
  else pane().removeAttribute("aria-modal");
}

/** Opens the pane for what `wanted` names: see viewer.js. */
export async function openSource(wanted) {
  const from = document.activeElement;
  if (!isOpen() || !pane().contains(from)) opener = { node: from, focus: from?.dataset?.focus };
  let viewer;
  try {
    viewer = await import("./viewer.js");
  } catch (e) {
    complain({ message: t("This part of the page could not be loaded."), hint: e.message });
    return;
  }
  pane().hidden = false;
  byId("app").dataset.aside = "open";
  settle();
  shown = viewer;
  viewer.show(pane(), wanted, closeAside);
}

/** Closes it. */
export function closeAside({ focus = true } = {}) {
  if (!isOpen()) return;
  delete byId("app").dataset.aside;
  pane().hidden = true;
  settle();
  shown?.leave();
  pane().replaceChildren();
  if (focus) back()?.focus({ preventScroll: true });
}

// What opened it may have been drawn anew meanwhile; then its successor has the same name.
function back() {
  const { node, focus } = opener ?? {};
  if (node?.isConnected && node.checkVisibility?.() !== false) return node;
  return (focus && document.querySelector(`[data-focus="${CSS.escape(focus)}"]`)) || byId(byId("app").dataset.place ? "lu-lib-title" : "lu-text");
}

on("source", openSource);
on("close-source", () => closeAside({ focus: false }));
on("conversation", (detail) => detail?.opened && closeAside({ focus: false }));
on("place", () => isOpen() && settle());
