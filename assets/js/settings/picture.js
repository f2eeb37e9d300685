// Makes a picture file small enough to be an assistant's: 128 px square, cut from its middle, at most 100 kB.

import { t } from "../core/i18n.js";

const SIDE = 128;
const MOST_BYTES = 100_000;
const LARGEST_FILE = 30_000_000;

/** A file as a data address; throws an Error that says what is wrong with it. */
export async function shrunk(file) {
  if (file.size > LARGEST_FILE) throw new Error(t("This picture is too large. Choose one under 30 MB."));
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error(t("This file is not a picture the browser can read. PNG, JPEG and WebP work."));
  }
  const address = drawn(image);
  image.close();
  if (!address) throw new Error(t("This picture could not be made small enough. Choose another."));
  return address;
}

function drawn(image) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const side = Math.min(image.width, image.height);
  canvas.getContext("2d").drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  // A browser that cannot write WebP answers with PNG.
  const tries = [["image/webp", 0.86], ["image/webp", 0.6], ["image/jpeg", 0.7]];
  return tries.map(([type, quality]) => canvas.toDataURL(type, quality)).find((a) => (a.length * 3) / 4 <= MOST_BYTES);
}
