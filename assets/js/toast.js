// One short message at the bottom, with at most one thing to do about it.

import { button, el } from "./dom.js";

let current = null;
let timer = 0;

/** Shows `text`; `action` is [label, function]. Stays longer when there is something to do, and while focused. */
export function toast(text, action = null) {
  dismiss();
  const act = () => {
    dismiss();
    action[1]();
  };
  current = el("div", { className: "lu-toast", role: "status" }, el("span", {}, text), action && button(action[0], act));
  (document.getElementById("app") ?? document.body).append(current);
  const wait = () => {
    if (current?.matches(":hover, :focus-within")) timer = setTimeout(wait, 2000);
    else dismiss();
  };
  timer = setTimeout(wait, action ? 8000 : 5000);
}

function dismiss() {
  clearTimeout(timer);
  current?.remove();
  current = null;
}

/** The toast for an error of the API: what happened, and what to do. */
export const complain = (e) => toast([e.message, e.hint].filter(Boolean).join(" "));
