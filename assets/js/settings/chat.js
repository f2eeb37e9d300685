// How questions are sent, and what happens in idle time.

import { printed } from "../core/commands.js";
import { t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";
import { choices, section, toggle } from "./controls.js";

/** Draws the page. */
export function draw(root, { save }) {
  const mod = printed("Mod+Enter");
  root.append(
    section(t("Sending"), null, choices({
      label: t("Sending"), name: "send", value: preferences.send ?? "enter", onChange: (send) => save({ send }),
      options: [
        { value: "enter", label: t("Enter sends"), note: t("Shift Enter starts a new line.") },
        { value: "mod-enter", label: t("{keys} sends", { keys: mod }), note: t("Enter starts a new line.") },
      ],
    })),
    section(t("Titles"), null, toggle({
      label: t("Let the local model write titles"), help: t("In idle time, for chats that have only their question as a title. A title you wrote is never changed."),
      checked: preferences.titles !== false, focus: "titles", onChange: (titles) => save({ titles }),
    })),
  );
}
