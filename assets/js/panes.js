// The panes of the page, by the names that ui/blocks.py lays them out with.

import { mount as aside } from "./sources/aside.js";
import { mount as composer } from "./composer/composer.js";
import { mount as conversation } from "./conversation/conversation.js";
import { mount as dialogs } from "./above/dialogs.js";
import { mount as library } from "./library/place.js";
import { mount as sidebar } from "./sidebar/sidebar.js";
import { mount as topbar } from "./topbar/topbar.js";

export const mounts = { aside, composer, conversation, dialogs, library, sidebar, topbar };
