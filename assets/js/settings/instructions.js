// What every conversation begins with.

import { request } from "../core/api.js";
import { button, el } from "../core/dom.js";
import { t, tn } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { status } from "../core/status.js";
import { field, paused, section } from "./controls.js";

const LONGEST = 32_000;

/** Says in `line` how many tokens a text is; the last text asked about wins. */
export function tokenHint(line) {
  let asked = 0;
  return paused(async (text, model = null) => {
    const mine = ++asked;
    if (!text.trim()) {
      line.textContent = "";
      return;
    }
    try {
      const { tokens, exact } = await request("tokens", { method: "POST", body: { text, ...(model && { model }) } });
      if (mine === asked) line.textContent = exact ? tn("{n} token", "{n} tokens", tokens) : tn("about {n} token", "about {n} tokens", tokens);
    } catch {
      line.textContent = ""; // a hint only
    }
  }, 300);
}

/** Draws the page. */
export function draw(root, { save, redraw }) {
  const usual = status.told?.system_prompt ?? "";
  const area = el("textarea", { rows: 8, maxLength: LONGEST, value: preferences.system_prompt ?? "", placeholder: usual, dir: "auto", "data-focus": "instructions" });
  const tokens = el("small", { className: "lu-tokens-said", role: "status" });
  const hint = tokenHint(tokens);
  const keep = paused((text) => save({ system_prompt: text.trim() ? text : null }), 700);
  area.addEventListener("input", () => {
    hint(area.value || usual);
    keep(area.value);
  });
  area.addEventListener("change", () => keep.now());
  hint(area.value || usual);
  const again = preferences.system_prompt && button(t("Back to the usual instructions"), async () => (await save({ system_prompt: null })) && redraw(), { className: "lu-second" });
  root.append(
    section(t("Instructions for every chat"), t("They stand before each conversation: who you are, how answers should be. Projects, assistants and single chats may have their own, which then take their place."),
      field({ label: t("Instructions"), help: usual ? t("Empty, these apply: “{text}”", { text: usual }) : null, control: area }),
      el("div", { className: "lu-row" }, tokens, el("span", { className: "lu-grow" }), again)),
  );
  return () => keep.now();
}
