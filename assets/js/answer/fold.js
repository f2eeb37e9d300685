// Something long, cut off behind a button that shows all of it.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";

/** Cuts `node` off and returns the button that opens it; `more` is what the button says while it is closed. */
export function fold(node, more) {
  const toggle = () => show(node.classList.contains("lu-cut"));
  const control = el("button", { type: "button", className: "lu-unfold", on: { click: toggle } });
  const show = (open) => {
    node.classList.toggle("lu-cut", !open);
    control.setAttribute("aria-expanded", String(open));
    control.textContent = open ? t("Show less") : more;
    if (!open && node.getBoundingClientRect().top < 0) node.scrollIntoView({ block: "start" });
  };
  node.classList.add("lu-cut");
  control.setAttribute("aria-expanded", "false");
  control.textContent = more;
  return control;
}
