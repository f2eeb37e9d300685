// What a fenced block says of itself: its language, and whether more of it can come.

/** The language named after the opening fence, in lower case; "" when none is. */
export const languageOf = (token) => /^\s*\{?\.?([\w+#.-]{1,30})/.exec(token.info ?? "")?.[1].toLowerCase() ?? "";

/** Whether it is a diagram's source. */
export const isMermaid = (token) => languageOf(token) === "mermaid";

/** Whether its closing fence is there, on a line that has ended; in a finished text every block is finished. */
export function isFinished({ map, content }, env) {
  if (env.lines === undefined) return true;
  const lines = content.split("\n").length - (content.endsWith("\n") || !content ? 1 : 0);
  return map[1] - map[0] === lines + 2 && map[1] <= env.lines;
}
