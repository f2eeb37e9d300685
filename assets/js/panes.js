// The panes of the page, by the names that ui/blocks.py lays them out with.

import { mount as composer } from "./composer.js";
import { mount as conversation } from "./conversation.js";
import { mount as dialogs } from "./dialogs.js";
import { mount as sidebar } from "./sidebar.js";
import { mount as topbar } from "./topbar.js";

export const mounts = { composer, conversation, dialogs, sidebar, topbar };
