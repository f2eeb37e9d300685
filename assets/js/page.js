// Where the page begins: fetches its texts and parsers while the frame loads, then wires the panes.
// `make page` bundles it with everything it imports into one file.

import { known } from "./core/api.js";
import { loadTexts, translate } from "./core/i18n.js";
import { load } from "./core/ondemand.js";

// What ui/first.py put into the page counts as just fetched.
for (const [path, answer] of Object.entries(window.lumoraFirst ?? {})) known(path, answer);

const parsers = ["markdown-it.min.js", "markdown-it-footnote.min.js"].map(load);
const panes = Promise.all([loadTexts(), ...parsers]).then(() => import("./panes.js"));

// What surrounds the page, such as a desktop window, speaks to it by the bus.
export { tell } from "./core/bus.js";

/** Translates a pane's constant HTML and wires it. */
export async function mount(name, element) {
  const { mounts } = await panes;
  translate(element);
  mounts[name](element);
}
