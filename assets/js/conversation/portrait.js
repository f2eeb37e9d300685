// An assistant's picture: an emoji, an image, or the first letter of its name. It says nothing to a screen reader,
// because the name always stands beside it.

import { el } from "../core/dom.js";

const IMAGE = /^data:image\/(png|webp|jpeg);base64,/;

/** The picture of `{name, picture}`; `big` for the head of an empty chat. */
export function portrait({ name, picture }, { big = false } = {}) {
  const className = big ? "lu-portrait lu-portrait-big" : "lu-portrait";
  if (IMAGE.test(picture)) return el("img", { className, src: picture, alt: "", "aria-hidden": "true" });
  return el("span", { className, "aria-hidden": "true" }, picture || [...(name.trim() || "?")][0].toUpperCase());
}
