// What this is, what may leave the machine, and whose work is inside.

import { byId, el, icon } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { fetchStatus, lockWords, status } from "../core/status.js";
import { section } from "./controls.js";

/** Draws the page. */
export function draw(root, { redraw }) {
  if (!status.told) fetchStatus().then(redraw, () => {}); // the lock line below says that it is not known
  const [short, long] = lockWords(status.told);
  root.append(
    el("div", { className: "lu-row lu-about" }, el("span", { className: "lu-mark lu-mark-big", "aria-hidden": "true" }), el("div", {}, el("b", {}, "Lumora"), el("small", {}, status.told ? t("Version {version}", { version: status.told.version }) : ""))),
    section(t("What may leave this machine"), null, el("p", { className: "lu-row lu-leave" }, icon("lock"), el("b", {}, short)), long && el("p", { className: "lu-quiet" }, long), el("ul", { className: "lu-list-plain" },
      el("li", {}, t("Questions and answers: nowhere, unless you choose a model of a provider.")),
      el("li", {}, t("Model downloads: the places the model is fetched from learn that it was fetched.")),
      el("li", {}, t("Nothing is measured, reported or looked up; fonts and scripts come from this machine.")))),
    section(t("Whose work is inside"), t("These parts are served with the page. Their licence texts lie beside them."), el("div", { className: "lu-table" }, parts())),
  );
}

function parts() {
  const head = el("tr", {}, [t("Part"), t("Version"), t("Licence")].map((words) => el("th", { scope: "col" }, words)));
  // ui/parts.py reads them from the tables of origin beside the files.
  const rows = JSON.parse(byId("lu-parts").dataset.parts).map(([name, version, licence]) => el("tr", {}, el("td", {}, name), el("td", {}, version), el("td", {}, licence)));
  return el("table", {}, el("thead", {}, head), el("tbody", {}, rows));
}
