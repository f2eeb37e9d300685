// The chat's title in the top bar, renamed in place.

import { request } from "../core/api.js";
import { on, tell, tellTabs } from "../core/bus.js";
import { chat } from "../conversation/chat.js";
import { byId, el } from "../core/dom.js";
import { t } from "../core/i18n.js";

const LONGEST = 200;
let renaming = null; // the id of the chat whose title is being written

/** The words in the place of the title. */
export function titleWords() {
  if (chat.id) return chat.title || t("Untitled");
  return chat.temporary ? t("Temporary chat") : t("New chat");
}

/** Puts a field in the place of the title: Enter keeps, Escape leaves it. */
export function startRenaming() {
  const { id } = chat;
  if (!id || renaming) return;
  renaming = id;
  const name = el("input", { id: "lu-rename-title", className: "lu-input", value: chat.title, maxLength: LONGEST, "aria-label": t("Title of this chat"), dir: "auto" });
  const close = (keep) => {
    if (renaming !== id) return;
    stop(name);
    const title = name.value.trim();
    if (keep && title && chat.id === id && title !== chat.title) rename(id, title);
  };
  name.addEventListener("keydown", (e) => {
    if (e.isComposing || !["Enter", "Escape"].includes(e.key)) return;
    e.preventDefault();
    e.stopPropagation();
    close(e.key === "Enter");
    byId("lu-title-button").focus();
  });
  // The field loses the focus too when the window does: then it stays open.
  name.addEventListener("blur", () => document.hasFocus() && name.isConnected && close(true));
  byId("lu-heading").hidden = true;
  byId("lu-heading").after(name);
  name.focus();
  name.select();
}

function stop(name) {
  renaming = null;
  name.remove();
  byId("lu-heading").hidden = false;
}

async function rename(id, title) {
  const before = chat.title;
  chat.title = title;
  tell("title");
  try {
    await request(`conversations/${encodeURIComponent(id)}`, { method: "PATCH", body: { title } });
  } catch (e) {
    if (chat.id === id) chat.title = before;
    tell("title");
    tell("complaint", e);
    return;
  }
  tell("conversations");
  tellTabs("conversations");
}

on("conversation", ({ opened } = {}) => {
  const name = byId("lu-rename-title");
  if (opened && name && renaming !== chat.id) stop(name);
});
