// Reads a file as text, or says why it is none. Nothing but text goes along with a question yet.

import { count } from "../core/format.js";
import { t } from "../core/i18n.js";

/** Bytes of the largest attachment the server takes. */
export const LARGEST = 4_000_000;

const LOOKED_AT = 65_536; // bytes: other kinds of file show themselves at once
const CONTROLS = 0.01; // the share of control characters from which it is no text

/** A file that cannot go along; its message names it and says what to do. */
export class NotText extends Error {}

/** The text of a File. Throws NotText. */
export async function readText(file) {
  if (file.size > LARGEST) throw tooLarge(file.name, file.size);
  let content;
  try {
    content = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new NotText(t("“{name}” cannot be read: it is a folder, or it is gone.", { name: file.name }));
  }
  const text = decoded(content);
  if (text === null) throw new NotText(t("“{name}” is not a text file. Text, Markdown, CSV, JSON and code can go along.", { name: file.name }));
  if (!text.trim()) throw new NotText(t("“{name}” is empty.", { name: file.name }));
  return text;
}

/** The refusal of what is larger than LARGEST. */
export function tooLarge(name, size) {
  return new NotText(t("“{name}” has {size} bytes; {most} are the most. Send it in parts.", { name, size: count(size), most: count(LARGEST) }));
}

// UTF-8 first, UTF-16 by its mark, and else the single-byte encoding that old Windows programs write.
function decoded(content) {
  const [a, b] = content;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return new TextDecoder(a === 0xff ? "utf-16le" : "utf-16be").decode(content);
  if (content.includes(0) || isBinary(content)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-1252").decode(content);
  }
}

function isBinary(content) {
  const start = content.subarray(0, LOOKED_AT);
  if (new TextDecoder().decode(start.subarray(0, 5)) === "%PDF-") return true;
  let odd = 0;
  for (const byte of start) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  return odd > start.length * CONTROLS;
}

/** Lines of a text, as an editor numbers them. */
export function linesOf(text) {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return text.endsWith("\n") && lines > 1 ? lines - 1 : lines;
}
