// The assistants a person made.

import { assistantsPage } from "../assistants.js";

/** Draws the page. */
export const draw = (root, tools) => assistantsPage(root, tools);
