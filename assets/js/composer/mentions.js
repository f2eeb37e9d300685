// What "@" can name beside the question. Each kind is a row of the table: a new kind of mention is a new row.

import { t, tn } from "../core/i18n.js";
import { documentsLike } from "./named.js";
import { usable } from "../topbar/models.js";
import { workspace } from "../core/workspace.js";

const KINDS = [
  {
    kind: "assistant",
    group: () => t("Assistants"),
    icon: "person",
    all: () => (workspace.assistants ?? []).map((a) => ({ id: a.id, title: a.name, detail: a.description, picture: a.picture.startsWith("data:") ? "" : a.picture })),
    words: (title) => t("{name} answers this question", { name: title }),
    goes: (id) => ({ assistant: id }),
    replaces: ["assistant", "model"],
  },
  {
    kind: "model",
    group: () => t("Models"),
    icon: "branch",
    all: () => usable().map((m) => ({ id: m.name, title: m.title, detail: m.provider ? t("answers through {provider}", { provider: m.provider }) : "" })),
    words: (title) => t("{name} answers this question", { name: title }),
    goes: (id) => ({ model: id }),
    replaces: ["model"],
  },
  {
    kind: "collection",
    group: () => t("Collections"),
    icon: "book",
    all: () => (workspace.collections ?? []).map((c) => ({ id: c.id, title: c.name, detail: tn("{n} document", "{n} documents", c.documents) })),
    words: (title) => t("This question is answered from {name}", { name: title }),
    goes: (id, before) => ({ collections: [...(before.collections ?? []), id] }),
    replaces: [],
  },
  {
    kind: "document",
    group: () => t("Documents"),
    icon: "file",
    all: (query) => documentsLike(query).map((d) => ({ id: d.id, title: d.name, detail: d.collectionName })),
    words: (title) => t("This question is answered from {name} alone", { name: title }),
    goes: (id, before) => ({ documents: [...(before.documents ?? []), id] }),
    replaces: [],
  },
];

const kindOf = (name) => KINDS.find((k) => k.kind === name);
const squeezed = (text) => text.toLowerCase().replace(/[\s_.-]+/g, "");

/** Rows for the list: what matches `query`; `use({kind, id, title})` hears what was chosen. */
export function mentionItems(query, use) {
  const wanted = squeezed(query);
  return KINDS.flatMap((k) => k.all(query)
    .filter((each) => squeezed(each.title).includes(wanted))
    .map(({ id, title, detail, picture }) => ({ id: `${k.kind}-${id}`, label: title, detail, picture, icon: k.icon, group: k.group(), pick: () => use({ kind: k.kind, id, title }) })));
}

/** The mentions with one more; a kind of which one is enough replaces what it stands for. */
export const withMention = (mentions, added) => [...mentions.filter((m) => !kindOf(added.kind).replaces.includes(m.kind) && !(m.kind === added.kind && m.id === added.id)), added];

/** What a mention means, in words. */
export const mentionWords = ({ kind, title }) => kindOf(kind).words(title);

export const mentionIcon = ({ kind }) => kindOf(kind).icon;

/** What the mentions add to a question, as options of `ask`. */
export const forQuestion = (mentions) => mentions.reduce((along, { kind, id }) => ({ ...along, ...kindOf(kind).goes(id, along) }), {});

/** Those of a kept draft that can still be named. */
export const known = (mentions) => mentions.filter((m) => kindOf(m.kind));
