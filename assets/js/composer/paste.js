// What is pasted into the composer: a long text becomes an attachment at once and never enters the field.

import { attachFiles, attachText, pastedName, refuse, tray } from "./attachments.js";

const CHARACTERS = 8_000; // from here on a paste is an attachment
const LINES = 200;

/** Hears `paste`; short texts are left to the browser. */
export function pasted(e) {
  const text = e.clipboardData.getData("text/plain");
  const files = [...e.clipboardData.files];
  if (!text && files.length) {
    e.preventDefault();
    attachFiles(files);
  } else if (isLong(text)) {
    e.preventDefault();
    attachPasted(text);
  }
}

function isLong(text) {
  if (text.length > CHARACTERS) return true;
  let at = -1;
  for (let lines = 0; lines < LINES; lines++) if ((at = text.indexOf("\n", at + 1)) < 0) return false;
  return true;
}

function attachPasted(text) {
  tray.refused = [];
  const plain = /[\r\0]/.test(text) ? text.replaceAll("\0", "").replace(/\r\n?/g, "\n") : text;
  try {
    attachText(pastedName(), plain, { pasted: true });
  } catch (e) {
    refuse(e);
  }
}
