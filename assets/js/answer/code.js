// A block of code: its language, copy, download, wrapping and folding. Text that grows is appended, never set anew;
// colours come from a worker, and are laid over what is shown.

import { on } from "../core/bus.js";
import { button, copy, el, iconButton } from "../core/dom.js";
import { isFinished, languageOf } from "./fences.js";
import { fold } from "./fold.js";
import { count } from "../core/format.js";
import { t, tn } from "../core/i18n.js";
import { choose, preferences } from "../core/preferences.js";
import { soon, whenNear } from "../core/slices.js";
import { complain } from "../core/toast.js";

const LONG = 30; // lines: more are folded
const COLOURED = 60_000; // characters: more stay plain
const AT_ONCE = 1500; // runs set in one portion
const PIECE = 4000;
const PAUSE = 250; // ms at least between two readings of a block that grows
// Signs that turn the order of what follows: code could read otherwise than it runs.
const TURNING = /([\u202A-\u202E\u2066-\u2069])/;
const EXTENSIONS = {
  bash: "sh", sh: "sh", shell: "sh", zsh: "sh", console: "txt", javascript: "js", typescript: "ts", python: "py", ruby: "rb", rust: "rs", csharp: "cs", "c#": "cs", "c++": "cpp",
  kotlin: "kt", markdown: "md", perl: "pl", yaml: "yaml", yml: "yaml", haskell: "hs", julia: "jl", latex: "tex", tex: "tex", powershell: "ps1", elixir: "ex", erlang: "erl", clojure: "clj",
  objectivec: "m", matlab: "m", makefile: "mk", text: "txt", plaintext: "txt", txt: "txt", "": "txt", golang: "go", jsx: "jsx", tsx: "tsx", mermaid: "mmd", dockerfile: "dockerfile", fortran: "f90",
};

/** The ending of a file in that language. */
export const extensionOf = (language) => EXTENSIONS[language] ?? (/^[a-z0-9]{1,10}$/.test(language) ? language : "txt");

/** Offers text as a file. */
export function download(text, name, type = "text/plain") {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const wraps = () => preferences.wrap_code === true;

on("preferences", () => {
  for (const node of document.querySelectorAll("#app .lu-code")) showWrapping(node);
});

function showWrapping(node) {
  node.classList.toggle("lu-wrap", wraps());
  node.querySelector("[data-wrap]")?.setAttribute("aria-pressed", String(wraps()));
}

export class Code {
  constructor(block, env) {
    this.text = "";
    this.runs = [];
    this.code = el("code");
    this.pre = el("pre", { tabIndex: 0, dir: "ltr" }, this.code);
    this.name = el("span", { className: "lu-language" });
    this.lines = el("span", { className: "lu-lines" });
    this.node = el("div", { className: "lu-code" }, this.bar(), this.pre);
    showWrapping(this.node);
    this.update(block, env);
  }

  bar() {
    const wrap = () => choose({ wrap_code: !wraps() }).catch(complain);
    const save = () => download(`${this.text}\n`, `${t("code")}.${extensionOf(this.language)}`);
    return el("div", { className: "lu-code-bar" }, this.name, this.lines,
      iconButton("wrap", t("Wrap long lines"), wrap, { "data-wrap": true }),
      iconButton("save", t("Download code"), save),
      button(t("Copy"), (e) => copy(this.text, e.currentTarget), { "aria-label": t("Copy code") }));
  }

  update({ type, token }, env) {
    const text = token.content.replace(/\n$/, "");
    const language = type === "fence" ? languageOf(token) : "";
    this.growing = !isFinished(token, env);
    if (text !== this.text || language !== this.language) this.take(text, language);
    if (!this.growing) this.close(env);
  }

  take(text, language) {
    this.language = language;
    this.name.textContent = language || t("text");
    const same = text.startsWith(this.text) ? this.coloured ?? 0 : 0;
    this.coloured = same;
    this.text = text;
    const n = text ? text.split("\n").length : 0;
    this.lines.textContent = n > 1 ? tn("{n} line", "{n} lines", n) : "";
    this.show([...kept(this.runs, same), ...split(text.slice(same))]);
    this.done = false;
    if (this.growing) this.colour();
  }

  // Everything has come. A block that grew stays open until the answer is finished: nothing jumps while it is read.
  close(env) {
    if (!this.done) whenNear(this.node, () => this.colour());
    this.done = true;
    const n = this.text.split("\n").length;
    if (env.lines !== undefined || this.folding || n <= LONG || preferences.collapse_long === false) return;
    this.folding = fold(this.pre, tn("Show all {n} line", "Show all {n} lines", n, { n: count(n) }));
    this.node.append(this.folding);
  }

  colour() {
    if (this.busy || !this.language || this.text.length > COLOURED || this.coloured === this.text.length) return;
    this.busy = true;
    const { text, language } = this;
    const began = performance.now();
    import("./highlighting.js").then(({ highlight }) => highlight(language, text)).then((runs) => {
      if (runs && this.language === language && this.text.startsWith(text)) this.lay(runs, text.length);
      const rest = () => {
        this.busy = false;
        if (runs && this.text !== text) this.colour();
      };
      if (this.growing) setTimeout(rest, Math.max(PAUSE, 8 * (performance.now() - began)));
      else rest();
    });
  }

  // A few hundred lines at a time: a thousand nodes made at once would keep a frame waiting.
  lay(runs, length, upTo = AT_ONCE) {
    if (!this.text.length || length > this.text.length) return;
    const now = runs.slice(0, upTo).flatMap(([kind, text]) => split(text, kind));
    this.coloured = upTo >= runs.length ? length : runs.slice(0, upTo).reduce((n, [, text]) => n + text.length, 0);
    this.show([...now, ...split(this.text.slice(this.coloured))]);
    const before = this.text.slice(0, length);
    if (upTo < runs.length) soon(() => this.text.startsWith(before) && this.lay(runs, length, upTo + AT_ONCE));
  }

  /** Shows runs [kind, text] and leaves alone the nodes of those that stay as they are. */
  show(runs) {
    runs = joined(runs);
    let same = 0;
    while (same < this.runs.length && same < runs.length && equal(this.runs[same], runs[same])) same++;
    const last = this.code.childNodes[same];
    if (same === this.runs.length - 1 && same < runs.length && extended(this.runs[same], runs[same])) {
      last.appendData(runs[same][1].slice(this.runs[same][1].length));
      same++;
    }
    while (this.code.childNodes.length > same) this.code.lastChild.remove();
    this.code.append(...runs.slice(same).map(node));
    this.runs = runs;
  }
}

const equal = (a, b) => a[0] === b[0] && a[1] === b[1];
const extended = (a, b) => !a[0] && !b[0] && b[1].startsWith(a[1]);

// The runs of the first `length` characters.
function kept(runs, length) {
  const found = [];
  for (const [kind, text] of runs) {
    if (length <= 0) break;
    found.push([kind, text.slice(0, length)]);
    length -= text.length;
  }
  return found;
}

function split(text, kind = "") {
  if (text.length > COLOURED) return pieces(text);
  if (!TURNING.test(text)) return text ? [[kind, text]] : [];
  return text.split(TURNING).filter(Boolean).map((part) => [TURNING.test(part) ? "turning" : kind, part]);
}

// Of very long code only the pieces near the reader are laid out.
function pieces(text) {
  const found = [];
  for (let at = 0; at < text.length; ) {
    const line = text.slice(at, at + PIECE).lastIndexOf("\n") + 1;
    const end = at + PIECE >= text.length ? text.length : at + (line || PIECE);
    found.push(["piece", text.slice(at, end)]);
    at = end;
  }
  return found;
}

function joined(runs) {
  const found = [];
  for (const run of runs) {
    const last = found.at(-1);
    if (last && !last[0] && !run[0]) found[found.length - 1] = ["", last[1] + run[1]];
    else found.push(run);
  }
  return found;
}

function node([kind, text]) {
  if (!kind) return document.createTextNode(text);
  if (kind !== "turning") return el("span", { className: `lu-c-${kind}` }, text);
  const name = `U+${text.codePointAt(0).toString(16).toUpperCase()}`;
  return el("span", { className: "lu-turning", title: t("Hidden sign that changes the reading order"), "data-sign": name }, text);
}
