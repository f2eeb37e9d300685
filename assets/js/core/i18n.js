// The interface's language: English stands in the code, other languages come from the gettext catalogues under
// assets/locale. page.js has them loaded before it imports what shows text.

const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];
const STORED = "lumora.language";
// gettext orders plural forms as CLDR orders its categories; how many forms there are tells which a language has.
const CATEGORIES = { 1: ["other"], 2: ["one", "other"], 3: ["one", "few", "other"], 4: ["one", "few", "many", "other"], 6: ["zero", "one", "two", "few", "many", "other"] };

const page = window.lumoraPage; // set in <head>: {ui, languages}

/** Codes of all languages there are. */
export const languages = ["en", ...page.languages];

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage switched off: the browser's wish decides
  }
}

function wanted() {
  const wishes = [stored(), ...navigator.languages].filter(Boolean);
  for (const wish of wishes) {
    const found = languages.find((code) => code.toLowerCase() === wish.toLowerCase()) ?? languages.find((code) => code === wish.split("-")[0]);
    if (found) return found;
  }
  return "en";
}

/** The code of the language shown. */
export const language = wanted();

/** "rtl" or "ltr". */
export const direction = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";

/** What Intl is asked for: numbers and dates follow the interface; English ones the day-first form. */
export const locale = language === "en" ? "en-GB" : language;

/** A language's name in itself, such as Deutsch. */
export const nameOf = (code) => new Intl.DisplayNames([code], { type: "language" }).of(code);

let texts = {};

/** Fetches the catalogue. The modules that show text are imported only after it: they may translate at once. */
export async function loadTexts() {
  if (language === "en") return;
  try {
    const answer = await fetch(new URL(`${page.ui}locale/${language}.json`, document.baseURI));
    texts = (await answer.json()).texts;
  } catch {
    texts = {}; // English is better than nothing
  }
}

let plural = null;
// Gradio has a language of its own, the browser's where it knows it, and writes it over ours.
function correct() {
  const root = document.documentElement;
  if (root.lang !== language) root.lang = language;
  if (root.dir !== direction) root.dir = direction;
}

correct();
new MutationObserver(correct).observe(document.documentElement, { attributes: true, attributeFilter: ["lang", "dir"] });

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

/** The text in the page's language, with `{name}` replaced. The English text is the key: always a literal. */
export function t(text, values = {}) {
  const found = texts[text];
  return fill((Array.isArray(found) ? found[0] : found) ?? text, values);
}

/** The form of a text for the number `n`, which `{n}` stands for. */
export function tn(one, many, n, values = {}) {
  const forms = texts[one];
  const shown = { n: new Intl.NumberFormat(locale).format(n), ...values };
  if (!Array.isArray(forms)) return fill(n === 1 ? one : many, shown);
  const at = (CATEGORIES[forms.length] ?? []).indexOf((plural ??= new Intl.PluralRules(locale)).select(n));
  return fill(forms[at] ?? forms.at(-1), shown);
}

/** Translates the constant HTML of a pane and turns it the way the language runs: `data-t` is text, `data-t-label`, `-placeholder`, `-title` are attributes. */
export function translate(root) {
  // Gradio says `ltr` on every block of its own.
  root.closest(".block")?.setAttribute("dir", direction);
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.textContent.trim());
  for (const [mark, attribute] of [["data-t-label", "aria-label"], ["data-t-placeholder", "placeholder"], ["data-t-title", "title"]]) {
    for (const node of root.querySelectorAll(`[${mark}]`)) node.setAttribute(attribute, t(node.getAttribute(mark)));
  }
}

/** Shows the page in another language; null follows the browser. The page loads anew, drafts are kept. */
export function useLanguage(code) {
  try {
    if (code) localStorage.setItem(STORED, code);
    else localStorage.removeItem(STORED);
  } catch {
    return; // storage switched off
  }
  location.reload();
}

/** The language a person chose, or null when the browser decides. */
export const chosenLanguage = () => stored();
