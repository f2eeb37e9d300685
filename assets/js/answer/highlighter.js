// A worker: highlight.js reads code and this says which parts are of which kind. The page makes the nodes.

const FOLDER = "../vendor/highlight/";
const FILES = "ada awk clojure cmake coffeescript crystal d dart delphi django dockerfile dos elixir elm erlang fortran fsharp glsl gradle groovy haskell http julia latex lisp matlab nginx nix ocaml powershell prolog properties protobuf scala scheme tcl verilog vhdl vim".split(" ");
const ALIASES = {
  docker: "dockerfile", ps1: "powershell", pwsh: "powershell", ps: "powershell", ex: "elixir", exs: "elixir", hs: "haskell", tex: "latex", jl: "julia", clj: "clojure", erl: "erlang", fs: "fsharp",
  "f#": "fsharp", f90: "fortran", bat: "dos", cmd: "dos", proto: "protobuf", ml: "ocaml", pascal: "delphi", coffee: "coffeescript", jinja: "django", sv: "verilog", systemverilog: "verilog", nginxconf: "nginx", https: "http", viml: "vim",
};
// The first that a scope begins with decides its colour.
const KINDS = [
  ["keyword", "keyword"], ["built_in", "type"], ["type", "type"], ["class", "type"], ["literal", "number"], ["number", "number"], ["operator", ""], ["punctuation", ""], ["property", "name"],
  ["regexp", "string"], ["string", "string"], ["char", "string"], ["subst", ""], ["symbol", "number"], ["variable", "name"], ["title.class", "type"], ["title", "function"], ["params", ""], ["comment", "comment"],
  ["doctag", "keyword"], ["meta", "meta"], ["prompt", "meta"], ["section", "function"], ["tag", ""], ["name", "keyword"], ["attr", "name"], ["attribute", "name"], ["bullet", "keyword"], ["code", "string"], ["emphasis", "emphasis"],
  ["strong", "strong"], ["formula", "string"], ["link", "string"], ["quote", "comment"], ["selector", "keyword"], ["template", "name"], ["addition", "added"], ["deletion", "removed"],
];

importScripts(`${FOLDER}highlight.min.js`);

function known(language) {
  if (hljs.getLanguage(language)) return true;
  const file = ALIASES[language] ?? language;
  if (!FILES.includes(file)) return false;
  importScripts(`${FOLDER}languages/${file}.min.js`);
  return Boolean(hljs.getLanguage(file));
}

const kindOf = (scope) => KINDS.find(([start]) => scope === start || scope.startsWith(`${start}.`) || scope.startsWith(`${start}-`))?.[1];

// Innermost kind wins; runs of one kind that touch become one.
function flatten(node, kind, runs) {
  for (const child of node.children) {
    if (typeof child !== "string") flatten(child, (child.scope && kindOf(child.scope)) ?? kind, runs);
    else if (runs.at(-1)?.[0] === kind) runs.at(-1)[1] += child;
    else if (child) runs.push([kind, child]);
  }
  return runs;
}

onmessage = ({ data: { language, text } }) => {
  if (!known(language)) return postMessage(null);
  const name = hljs.getLanguage(language) ? language : ALIASES[language] ?? language;
  const result = hljs.highlight(text, { language: name, ignoreIllegals: true });
  postMessage(result.errorRaised ? null : flatten(result._emitter.rootNode, "", []));
};
