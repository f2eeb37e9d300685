// The server counts code points, a browser counts UTF-16 units: places in a text from the one to the other.

const WIDE = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** A function that gives the UTF-16 offset of a code point offset in `text`. */
export function units(text) {
  const wide = [...text.matchAll(WIDE)].map((m, i) => m.index - i); // code point offsets of those that take two units
  if (!wide.length) return (point) => point;
  return (point) => point + below(wide, point);
}

/** How many code points `text` has. */
export const pointsIn = (text) => text.length - (text.match(WIDE)?.length ?? 0);

// How many of the sorted numbers are less than `limit`.
function below(sorted, limit) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
