// What is done to chats, one or thousands: one request each, one toast, and all of it can be undone.

import { request } from "../core/api.js";
import { tell, tellTabs } from "../core/bus.js";
import { chat, fresh, open } from "../conversation/chat.js";
import { amend, chats, folder, forget, known, refreshChats } from "./chats.js";
import { isolated } from "./chatrow.js";
import { t, tn } from "../core/i18n.js";
import { complain, toast } from "../core/toast.js";
import { found, workspace } from "../core/workspace.js";

const MOST = 5000; // ids in one request

async function bulk(ids, action, values = {}) {
  for (let from = 0; from < ids.length; from += MOST) {
    await request("conversations/bulk", { method: "POST", body: { ids: ids.slice(from, from + MOST), action, ...values } });
  }
}

// Does it and has everybody look again, whether it worked or not; says whether it did.
async function done(work) {
  try {
    await work();
    return true;
  } catch (e) {
    complain(e);
    return false;
  } finally {
    tellTabs("conversations");
    refreshChats();
  }
}

const idsOf = (items) => items.map((c) => c.id);
const one = (items) => ({ title: isolated(items[0].title || t("Untitled")) });

/** Puts chats in the bin. */
export async function removeChats(items) {
  const ids = idsOf(items);
  const work = async () => {
    await bulk(ids, "delete");
    forget(new Set(ids));
    tell("forgotten", ids);
  };
  if (!(await done(work))) return;
  const shown = ids.includes(chat.id) ? chat.id : null;
  if (shown) fresh();
  const text = ids.length === 1 ? t("Deleted “{title}”", one(items)) : tn("Deleted {n} chat", "Deleted {n} chats", ids.length);
  toast(text, [t("Undo"), () => restore(ids, shown)]);
}

async function restore(ids, shown) {
  if ((await done(() => bulk(ids, "restore"))) && shown && !chat.id) open(shown);
}

/** Pins chats, or takes their pins off. */
export async function pinChats(items, pinned) {
  const changing = items.filter((c) => c.pinned !== pinned);
  const ids = idsOf(changing);
  if (!ids.length || !(await done(() => pin(ids, pinned)))) return;
  const undo = [t("Undo"), () => done(() => pin(ids, !pinned))];
  if (ids.length > 1) toast(pinned ? tn("Pinned {n} chat", "Pinned {n} chats", ids.length) : tn("Unpinned {n} chat", "Unpinned {n} chats", ids.length), undo);
  else toast(pinned ? t("Pinned “{title}”", one(changing)) : t("Unpinned “{title}”", one(changing)), undo);
}

async function pin(ids, pinned) {
  await bulk(ids, pinned ? "pin" : "unpin");
  chats[pinned ? "loose" : "pinned"].forget(new Set(ids));
  ids.forEach((id) => amend(id, { pinned }));
}

/** Moves chats into a project; null takes them out of theirs. */
export async function moveChats(items, project) {
  const changing = items.filter((c) => c.project !== project);
  if (!changing.length) return;
  const before = Map.groupBy(changing, (c) => c.project);
  const ids = idsOf(changing);
  if (!(await done(() => move(ids, project)))) return;
  const back = async () => {
    for (const [from, those] of before) await move(idsOf(those), from);
  };
  toast(movedWords(changing, project), [t("Undo"), () => done(back)]);
}

function movedWords(items, project) {
  const name = isolated(found("projects", project)?.name ?? "");
  if (items.length > 1) return project ? tn("Moved {n} chat to {name}", "Moved {n} chats to {name}", items.length, { name }) : tn("Took {n} chat out of its project", "Took {n} chats out of their projects", items.length);
  return project ? t("Moved “{title}” to {name}", { ...one(items), name }) : t("Took “{title}” out of its project", one(items));
}

async function move(ids, project) {
  await bulk(ids, "move", { project });
  const gone = new Set(ids);
  if (project) chats.loose.forget(gone);
  for (const p of workspace.projects ?? []) if (p.id !== project && chats.open[p.id]) folder(p.id).forget(gone);
  ids.forEach((id) => amend(id, { project }));
}

/** Gives a chat another title. */
export async function renameChat(item, title) {
  if (!title || title === item.title) return;
  const before = item.title;
  amend(item.id, { title });
  const work = () => request(`conversations/${encodeURIComponent(item.id)}`, { method: "PATCH", body: { title } });
  if (!(await done(work)) && known(item.id)) amend(item.id, { title: before });
}
