// The lists that signs in the text open: "/" for prompts, "@" for who answers, and from which documents.

import { t } from "../core/i18n.js";
import { renewCollections } from "../library/chooser.js";
import { mentionItems } from "./mentions.js";
import { ensurePrompts, promptItems } from "./templates.js";
import { refreshAssistants, workspace } from "../core/workspace.js";

/** Prompts, where the text is nothing but "/" and a filter; `use(prompt)` hears which. */
export const promptList = (use) => ({
  pattern: /(?<sign>\/)(?<query>[\p{L}\p{N}-]*)$/u,
  whole: true,
  label: () => t("Prompts"),
  items: (query) => {
    ensurePrompts();
    return promptItems(query.toLowerCase(), use);
  },
});

/** Assistants, models, collections and documents, at "@" where a word begins; `use(mention)` hears which. */
export const mentionList = (use) => ({
  pattern: /(?<=^|\s)(?<sign>@)(?<query>[\p{L}\p{N}_.-]*)$/u,
  label: () => t("Who answers this question, and from what"),
  items: (query) => {
    if (!workspace.assistants) refreshAssistants({ quietly: true }).catch(() => null); // models can be named all the same
    renewCollections();
    return mentionItems(query, use);
  },
});
