// Carries the preferences into the look: theme.js applied their mirror before the first paint, this follows changes.

import { on, tell } from "../core/bus.js";
import { command } from "../core/commands.js";
import { t } from "../core/i18n.js";
import { choose, loadPreferences, preferences } from "../core/preferences.js";

const OLD = "lumora.theme"; // where the theme was kept before there were preferences

on("preferences", () => window.lumoraTheme.apply({ ...preferences }));
addEventListener("lumora:choose", (e) => choose(e.detail).catch((cause) => tell("complaint", cause)));
command({ id: "theme", title: () => t("Switch between light and dark"), keys: "Mod+Shift+L", run: () => window.lumoraTheme.toggle(), group: "settings", icon: "sun" });

/** Asks for the preferences; a theme chosen before they existed becomes one. */
export async function loadLook() {
  try {
    await loadPreferences();
    const old = localStorage.getItem(OLD);
    if (!old) return;
    if (!preferences.theme) await choose({ theme: old });
    localStorage.removeItem(OLD);
  } catch (e) {
    if (e.status === 0) setTimeout(loadLook, 5000); // the mirror serves until the server is there
  }
}
