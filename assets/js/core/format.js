// Numbers, sizes, times and days as a person reads them.

import { language, locale, t } from "./i18n.js";

let number = null; // made when it is needed: formatters take milliseconds to make
export const count = (n) => (number ??= new Intl.NumberFormat(locale)).format(n);

const sized = (n, unit, digits = 0) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);

/** Bytes in decimal units, as shops and disks count. */
export function bytes(n) {
  if (n < 1e6) return sized(Math.max(1, Math.round(n / 1e3)), "kilobyte");
  if (n < 1e9) return sized(Math.round(n / 1e6), "megabyte");
  return sized(n / 1e9, "gigabyte", 1);
}

/** Seconds left, rounded to what can be believed. */
export function left(seconds) {
  if (seconds < 5) return t("a few seconds left");
  if (seconds < 90) return t("{n} s left", { n: count(Math.round(seconds / 5) * 5) });
  if (seconds < 5400) return t("{n} min left", { n: count(Math.round(seconds / 60)) });
  return t("{n} h left", { n: count(Math.round(seconds / 360) / 10) });
}

/** 1st, 2nd, 3rd, 11th; in German 1., 2.; other languages make do with the number. */
export function ordinal(n) {
  if (language !== "en") return language === "de" ? `${count(n)}.` : count(n);
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(n);
  return n + { one: "st", two: "nd", few: "rd", other: "th" }[rule];
}

/** The heading a day stands under: Today, Yesterday, or its month. */
export function day(iso, now = new Date()) {
  const then = new Date(iso);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (then >= midnight) return t("Today");
  if (then >= new Date(midnight - 12 * 3600e3).setHours(0, 0, 0, 0)) return t("Yesterday");
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString(locale, { month: "long", year });
}

/** A date with its time, as short as it is clear. */
export const moment = (iso) => new Date(iso).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });

/** A model's licence as a person reads it: SPDX names those it does not list `LicenseRef-Some-Name`. */
export function licence(model) {
  const [, own] = /^LicenseRef-(.*)/.exec(model.license) ?? [];
  return own ? own.replaceAll("-", " ") : model.license;
}
