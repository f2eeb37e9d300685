// What can be done with facts, each with a way back.

import { t, tn } from "../core/i18n.js";
import { complain, toast } from "../core/toast.js";
import { changeFact, changeFacts, forgetFact, holdAgain } from "./facts.js";

const trying = (work) => work().catch(complain);

/** Accepts proposed facts; what they replace expires. */
export const accept = (facts) => trying(async () => {
  const ids = facts.map((f) => f.id);
  const { changed, replaced } = await changeFacts(ids, "accept");
  const words = replaced.length ? t("Remembered. What it replaces holds no longer.") : tn("{n} fact is remembered.", "{n} facts are remembered.", changed);
  toast(words, [t("Undo"), () => trying(async () => {
    await changeFacts(ids, "propose");
    await holdAgain(replaced);
  })]);
});

/** Rejects proposed facts: they are not proposed again. */
export const reject = (facts) => trying(async () => {
  const ids = facts.map((f) => f.id);
  const { changed } = await changeFacts(ids, "reject");
  toast(tn("{n} proposal is rejected and does not come again.", "{n} proposals are rejected and do not come again.", changed), [t("Undo"), () => trying(() => changeFacts(ids, "propose"))]);
});

/** Forgets facts for good, a minute from now. */
export const forget = (facts) => trying(async () => {
  const ids = facts.map((f) => f.id);
  if (ids.length === 1) await forgetFact(ids[0]);
  else await changeFacts(ids, "forget");
  toast(tn("{n} fact is forgotten, with every copy of it.", "{n} facts are forgotten, with every copy of them.", ids.length), [t("Undo"), () => trying(() => changeFacts(ids, "restore"))]);
});

/** Remembers again what was rejected, or is out of date. */
export const takeBack = (f) => trying(async () => {
  await changeFact(f.id, { state: "accepted", expires_at: null });
  toast(t("Remembered again."), [t("Undo"), () => trying(() => changeFact(f.id, { state: f.state, expires_at: f.expires_at }))]);
});
