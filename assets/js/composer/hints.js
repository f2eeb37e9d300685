// What the composer says: why nothing can be sent, what happens next, and the word on its button.

import { failed, sending, tray } from "./attachments.js";
import { chat } from "../conversation/chat.js";
import { sendingWords } from "./chips.js";
import { collectionsHere } from "../conversation/current.js";
import { field } from "./field.js";
import { count } from "../core/format.js";
import { t } from "../core/i18n.js";
import { filling } from "./meter.js";
import { answering, models, usable } from "../topbar/models.js";
import { preferences } from "../core/preferences.js";

const LONGEST = 1_000_000; // characters the server takes in one question
const NEARLY = 0.8;
const coarse = matchMedia("(pointer: coarse)");

export const tooLong = () => field().value.length > LONGEST;

/** Whether there is nothing to send. */
export const isEmpty = () => !/\S/.test(field().value) && !tray.items.length;

/** Why nothing can be sent, or an empty string. */
export function problem() {
  if (!models.items) return models.error ? t("Lumora cannot be reached. What you write stays here.") : t("Connecting…");
  if (!usable().length && !collectionsHere().length) return models.pulls.size ? t("You can ask as soon as the model is here.") : t("Download a model to ask the first question.");
  const { length } = field().value;
  if (length > LONGEST) return t("{length} characters; {most} are the most. Shorten it, or attach it as a file.", { length: count(length), most: count(LONGEST) });
  return "";
}

/** What happens next; `held`: the question waits for its attachments. */
export function hint(held) {
  const { length } = field().value;
  if (held) return sending().length ? sendingWords(sending()) : t("Opening…");
  if (failed().length) return t("An attachment could not be sent. Try again or remove it.");
  if (length > LONGEST * NEARLY) return t("{length} of {most} characters", { length: count(length), most: count(LONGEST) });
  if (chat.run) return isEmpty() ? t("Esc stops the answer") : t("You can send this when the answer is finished.");
  const full = filling();
  if (full && full.own > full.total) return t("This is longer than {model} can read at once.", { model: answering().title });
  if (coarse.matches) return "";
  return preferences.send === "mod-enter" ? t("Ctrl + Enter sends, Enter starts a new line") : t("Enter sends, Shift + Enter starts a new line");
}

/** The word on the button. */
export function label(held) {
  if (chat.run) return chat.run.stopping ? t("Stopping…") : t("Stop");
  return held ? t("Waiting…") : t("Send");
}
