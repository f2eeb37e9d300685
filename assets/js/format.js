// Numbers, sizes, times and days as a person reads them.

const number = new Intl.NumberFormat("en-GB");
export const count = (n) => number.format(n);

/** A step such as "loading model" at the start of a line. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Bytes in decimal units, as shops and disks count. */
export function bytes(n) {
  if (n < 1e6) return `${Math.max(1, Math.round(n / 1e3))} kB`;
  if (n < 1e9) return `${Math.round(n / 1e6)} MB`;
  return `${(n / 1e9).toFixed(1)} GB`;
}

/** Seconds left, rounded to what can be believed. */
export function left(seconds) {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s left`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

/** 1st, 2nd, 3rd, 11th. */
export function ordinal(n) {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(n);
  return n + { one: "st", two: "nd", few: "rd", other: "th" }[rule];
}

/** The heading a day stands under: Today, Yesterday, or its month. */
export function day(iso, now = new Date()) {
  const then = new Date(iso);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (then >= midnight) return "Today";
  if (then >= new Date(midnight - 12 * 3600e3).setHours(0, 0, 0, 0)) return "Yesterday";
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString("en-GB", { month: "long", year });
}

/** A model's licence as a person reads it: SPDX names those it does not list `LicenseRef-Some-Name`. */
export function licence(model) {
  const [, own] = /^LicenseRef-(.*)/.exec(model.license) ?? [];
  return own ? own.replaceAll("-", " ") : model.license;
}
