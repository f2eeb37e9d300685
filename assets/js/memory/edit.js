// The form of one fact: its words, and until when it holds.

import { openDialog } from "../core/dialog.js";
import { button, el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { toast } from "../core/toast.js";
import { field } from "../settings/controls.js";
import { addFact, changeFact, holdAgain } from "./facts.js";

const LONGEST = 1000;
const DAY_MS = 86_400_000;

/** Opens the form for a fact, or for a new one. */
export function editFact(f = null) {
  const words = el("textarea", { rows: 3, maxLength: LONGEST, dir: "auto", value: f?.text ?? "", placeholder: t("I prefer metric units") });
  const until = el("input", { type: "date", value: f?.expires_at ? day(new Date(f.expires_at)) : "", min: day(new Date(Date.now() + DAY_MS)) });
  const text = field({ label: t("What is to be remembered"), control: words });
  const lasts = field({ label: t("Until"), control: until, help: t("Empty, it holds for good.") });
  const keep = button(f ? t("Save") : t("Remember"), () => save(), { className: "lu-send" });
  const dialog = openDialog({
    title: f ? t("Edit this fact") : t("Add a fact"), className: "lu-small",
    content: [text, lasts, el("div", { className: "lu-row lu-end" }, button(t("Cancel"), () => dialog.close(), { className: "lu-second" }), keep)],
  });
  words.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey) return;
    e.preventDefault();
    save();
  });
  words.focus();
  words.select();

  async function save() {
    const said = words.value.trim();
    text.wrong(said ? "" : t("Write something first."));
    if (!said) return words.focus();
    keep.disabled = true;
    try {
      await send(f, said, until.value ? ends(until.value) : null);
    } catch (e) {
      keep.disabled = false;
      text.wrong([e.message, e.hint].filter(Boolean).join(" "));
      return;
    }
    dialog.close();
  }
}

async function send(f, said, until) {
  const kept = f ? await changeFact(f.id, { text: said, expires_at: until }) : await addFact(said, until);
  if (kept.state === "accepted" && kept.replaces.length) toast(t("Remembered. What it replaces holds no longer."), [t("Undo"), () => holdAgain(kept.replaces)]);
}

// The end of the day, where the person is.
const ends = (value) => new Date(`${value}T23:59:59`).toISOString();

function day(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 10);
}
