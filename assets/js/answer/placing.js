// Where the words of a paragraph stand in the answer's source, so that a sentence found there can be marked in what is
// shown. markdown-it says which lines a paragraph has, not where its parts are: they are found again, in order.

const MARKUP = 64; // characters of markup between two parts, at most
const CLOSE = 12; // characters an escape or an entity takes, at most

/** Where each line of an inline token's content begins: `[in the content, in the source]`. */
export function lines(token, env) {
  const starts = (env.starts ??= lineStarts(env.source));
  const out = [];
  let at = 0;
  token.content.split("\n").forEach((line, i) => {
    const from = starts[token.map[0] + i] ?? env.source.length;
    const whole = env.source.slice(from, starts[token.map[0] + i + 1] ?? env.source.length).trimEnd();
    const words = line.trimEnd();
    const ahead = whole.endsWith(words) ? whole.length - words.length : Math.max(0, whole.indexOf(words.trim()));
    out.push([at, env.base + from + ahead]);
    at += line.length + 1;
  });
  return out;
}

function lineStarts(text) {
  const out = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) out.push(at + 1);
  return out;
}

/** From where to where a paragraph stands in the source. */
export function extent(token, env) {
  const starts = (env.starts ??= lineStarts(env.source));
  return [env.base + (starts[token.map[0]] ?? 0), env.base + (starts[token.map[1]] ?? env.source.length)];
}

/** A function that gives the place in the source of a place in the content. */
export function toSource(marks) {
  return (at) => {
    let i = marks.length - 1;
    while (i > 0 && marks[i][0] > at) i--;
    return marks[i][1] + at - marks[i][0];
  };
}

/** Goes through a paragraph's content part by part. */
export class Reader {
  constructor(content) {
    Object.assign(this, { content, at: 0 });
  }

  /** Where the text of the next part stands: a function from its characters to the content. */
  text(words) {
    const { content } = this;
    const found = content.indexOf(words, this.at);
    if (found >= 0 && found - this.at <= MARKUP) {
      this.at = found + words.length;
      return (i) => found + i;
    }
    return this.#apart(words);
  }

  // Escapes and entities read otherwise than they are written: character by character, as far as they agree.
  #apart(words) {
    const places = [];
    let at = this.at;
    for (const c of words) {
      const next = this.content.indexOf(c, at);
      if (next >= 0 && next - at <= (places.length ? CLOSE : MARKUP)) at = next + c.length;
      for (let k = 0; k < c.length; k++) places.push(Math.min(this.content.length, Math.max(0, at - c.length + k)));
    }
    this.at = at;
    return (i) => places[i] ?? this.at;
  }

  /** The end of a link: what it points to is not shown. */
  pass() {
    const { content } = this;
    if (content[this.at] !== "]") return;
    this.at++;
    if (content[this.at] === "[") this.at = Math.max(this.at, content.indexOf("]", this.at) + 1);
    else if (content[this.at] === "(") this.at = closing(content, this.at);
  }

  /** Past the next `sign`. */
  past(sign) {
    const found = this.content.indexOf(sign, this.at);
    if (found >= 0) this.at = found + sign.length;
  }
}

function closing(content, from) {
  let depth = 0;
  for (let i = from; i < content.length; i++) {
    if (content[i] === "\\") i++;
    else if (content[i] === "(") depth++;
    else if (content[i] === ")" && --depth === 0) return i + 1;
  }
  return from;
}
