// An answer's text as nodes: `render` for one that is finished, `Growing` for one that is still coming.

import { lay } from "./laying.js";
import { WHOLE, long } from "./long.js";
import { newId, normal, notes, parse, surroundings } from "./syntax.js";

export { Growing } from "./growing.js";

/**
 * The nodes of a finished text. Of a long one the beginning is there at once and the rest follows between frames.
 * `cited` is what its sentences were checked against (sources/cited.js), or null.
 */
export function render(text, cited = null) {
  const whole = normal(text);
  const root = document.createDocumentFragment();
  if (whole.length > WHOLE) root.append(long(whole, newId(), cited));
  else show(root, whole, cited);
  return root;
}

function show(root, text, cited) {
  const env = surroundings(newId(), cited);
  const blocks = parse(text, env);
  lay(root, [...blocks, ...notes(env)], env);
}
