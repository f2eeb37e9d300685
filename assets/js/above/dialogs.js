// What opens above the page. Here are only its commands and the addresses that open it; each module is loaded when
// it is first asked for.

import { on, tell } from "../core/bus.js";
import { command } from "../core/commands.js";
import { byId } from "../core/dom.js";
import { t } from "../core/i18n.js";
import "./link.js";
import { loadLook } from "./look.js";
import { refresh } from "../topbar/models.js";
import { complain, toast } from "../core/toast.js";

const addressed = () => new URLSearchParams(location.hash.slice(1)).get("settings");

/** Wires the pane. Called again when Gradio redraws it. */
export function mount() {
  if (byId("lu-settings-dialog").dataset.ready) return;
  byId("lu-settings-dialog").dataset.ready = "1";
  loadLook();
  sayErased();
  if (addressed() !== null) tell("settings", addressed());
  // The palette answers a key at once: its module is here before it is asked for.
  (window.requestIdleCallback ?? setTimeout)(() => load("palette").catch(() => {})); // asked again on opening
}

// After everything was deleted the page loads anew, empty; here it says so, once.
function sayErased() {
  try {
    if (!sessionStorage.getItem("lumora.erased")) return;
    sessionStorage.removeItem("lumora.erased");
  } catch {
    return; // storage switched off
  }
  toast(t("Everything was deleted. Lumora is empty."));
}

const PARTS = {
  settings: () => import("../settings/settings.js"),
  palette: () => import("./palette.js"),
  shortcuts: () => import("./shortcuts.js"),
  "chat-settings": () => import("./chatsettings.js"),
};
const loaded = {}; // name → module

async function load(name) {
  loaded[name] ??= await PARTS[name]();
}

// What is here already opens within the key press: the next letters are meant for it.
for (const name of Object.keys(PARTS)) {
  on(name, async (detail) => {
    try {
      if (!loaded[name]) await load(name);
      await loaded[name].open(detail);
    } catch (e) {
      complain({ message: t("This part of the page could not be loaded."), hint: e.message });
    }
  });
}

command({ id: "palette", title: () => t("Find a command or a chat"), keys: "Mod+K", run: () => tell("palette"), icon: "search" });
command({ id: "settings", title: () => t("Settings"), keys: "Mod+,", run: () => tell("settings"), group: "settings", icon: "gear" });
command({ id: "shortcuts", title: () => t("Keyboard shortcuts"), keys: "Mod+/", run: () => tell("shortcuts"), icon: "keyboard" });
command({ id: "shortcuts-sign", title: () => t("Keyboard shortcuts, outside of text"), keys: "?", run: () => tell("shortcuts"), icon: "keyboard" });
command({ id: "chat-settings", title: () => t("Settings of this chat"), keys: "", run: () => tell("chat-settings"), group: "settings", icon: "sliders" });

addEventListener("popstate", () => addressed() !== null && tell("settings", addressed()));
// What could not be asked meanwhile is asked now.
on("regained", () => {
  tell("conversations");
  refresh();
});
on("tab:erased", () => location.replace(location.pathname + location.search));
