// What the server says in English, in the page's language: errors by their code, notices, steps. In English the
// server's own words stand, because they say more.

import { language, t } from "./i18n.js";

const ERRORS = {
  internal_error: () => [t("Something broke inside Lumora."), t("Try again.")],
  invalid_input: () => [t("Lumora cannot use what was sent."), t("Correct it and try again.")],
  prompt_too_long: () => [t("This is too long for the model."), t("Shorten the message, or start a new chat.")],
  too_large: () => [t("This is larger than Lumora takes at once."), t("Shorten it, or send it in parts.")],
  unauthorised: () => [t("You have to log in first."), ""],
  forbidden: () => [t("You are not allowed to do this here."), t("Ask the owner of this Lumora.")],
  not_found: () => [t("This is not there any more."), t("It may have been deleted.")],
  model_not_found: () => [t("This model is not there."), t("Choose another one.")],
  conflict: () => [t("This does not go together with what is there."), t("Load the page anew and try again.")],
  busy: () => [t("Lumora is busy."), t("Try again in a moment.")],
  storage_full: () => [t("There is no room left to save this."), t("Free space on the disk of the data folder, then try again. What was saved is safe.")],
  model_unavailable: () => [t("No model can answer now."), t("Download one, or choose another.")],
  engine_crashed: () => [t("The local model stopped unexpectedly."), t("Ask again: it is started anew.")],
  provider_error: () => [t("The provider did not answer as it should."), t("Try again, or choose another model.")],
  download_failed: () => [t("The download failed."), t("Try again: it goes on where it stopped.")],
  offline: () => [t("The offline lock is on: nothing may leave this machine."), t("Choose a local model.")],
  encrypted: () => [t("The file is protected with a password."), t("Save it without the password and add that.")],
  empty: () => [t("The file has no content."), t("Check that it is the right file; pictures alone are not read.")],
  damaged: () => [t("The file is damaged."), t("Open it in the program it was made with, and save it anew.")],
  too_long: () => [t("Reading the file took too long."), t("Split it, or save it in another format.")],
  too_much: () => [t("The file holds more than can be read."), t("Split it into smaller files.")],
  unknown_type: () => [t("Lumora cannot read this kind of file."), t("Save it as PDF or text and add that.")],
  crashed: () => [t("Reading the file failed."), t("Try again. If it fails again, save it in another format.")],
  fetch_failed: () => [t("The page could not be fetched."), t("Check the address, then try again.")],
  interrupted: () => [t("Lumora stopped while this was running."), t("What was said is kept.")],
};

const NOTICES = {
  trimmed: () => t("This chat is longer than the model can read: its oldest messages were left out of this answer."),
  model_gone: () => t("The model this chat had chosen is not there any more, so another one answers."),
  storage_full: () => t("There is no room left: the answer goes on but is not saved yet."),
  retrying: () => t("The connection broke. Trying again."),
  restarted: () => t("The download starts anew."),
  next_source: () => t("Trying another source."),
  words_only: () => t("Some of it is found by words only for now, because the model for meaning is not there yet."),
  waiting: () => t("This model is being downloaded already; waiting for it."),
};

const STEPS = {
  "loading model": () => t("Loading the model"),
  reading: () => t("Reading the question"),
  downloading: () => t("Downloading"),
  verifying: () => t("Checking"),
  "importing chats": () => t("Reading the file"),
  "chats imported": () => t("Importing chats"),
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** `{message, hint}` of an error of the API or of a failed event. */
export function errorWords({ code, message = "", hint = "" }) {
  if (language === "en" || !ERRORS[code]) return { message, hint };
  const [what, todo] = ERRORS[code]();
  return { message: what, hint: todo };
}

/** The text of a notice. */
export const noticeWords = ({ code, text }) => (language !== "en" && NOTICES[code] ? NOTICES[code]() : text);

/** A step of something that takes time, as the start of a line. */
export const stepWords = (step) => STEPS[step]?.() ?? capital(step);
