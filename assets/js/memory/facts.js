// What is remembered of the person, as the server has it. Views hear `memory` when it changed or may have.

import { request } from "../core/api.js";
import { on, tell, tellTabs } from "../core/bus.js";
import { locale, t } from "../core/i18n.js";
import { preferences } from "../core/preferences.js";

const LEARNT_MS = 3500; // after an answer: what it taught is proposed in idle time
const PATH = "memory/facts";

export const memory = { items: null, proposed: 0 };

let asked = 0;
let timer = 0;

/** Whether the person wants memory. */
export const isOn = () => preferences.memory?.on !== false;

/** Asks for all facts. Throws ApiError. */
export async function loadFacts() {
  const mine = ++asked;
  const { items, proposed } = await request(PATH, {});
  if (mine !== asked) return;
  Object.assign(memory, { items, proposed });
  tell("memory");
}

/** Asks how many wait to be approved, unless memory is off. */
export async function countProposed() {
  if (!isOn()) return;
  try {
    const { proposed } = await request(`${PATH}?state=proposed`, {});
    if (proposed === memory.proposed) return;
    memory.proposed = proposed;
    tell("memory", { arrived: true });
  } catch {
    return; // the next answer, or the page of the settings, asks again
  }
}

/** Adds a fact by hand; what it replaces comes with it. Throws ApiError. */
export const addFact = (text, until = null) => changed(request(PATH, { method: "POST", body: { text, expires_at: until } }));

/** Changes one. Throws ApiError. */
export const changeFact = (id, patch) => changed(request(`${PATH}/${encodeURIComponent(id)}`, { method: "PATCH", body: patch }));

/** Does one thing to many; `{changed, replaced}`. Throws ApiError. */
export const changeFacts = (ids, action) => changed(request(`${PATH}/bulk`, { method: "POST", body: { ids, action } }));

/** Forgets one; within a minute it can be had back by `changeFacts([id], "restore")`. Throws ApiError. */
export const forgetFact = (id) => changed(request(`${PATH}/${encodeURIComponent(id)}`, { method: "DELETE" }));

/** Lets expired facts hold again until when they did before. */
export async function holdAgain(facts) {
  for (const f of facts) await changeFact(f.id, { expires_at: f.expires_at });
}

async function changed(call) {
  const answer = await call;
  tellTabs("memory");
  await loadFacts().catch(() => {}); // the change is made; the list follows with the next look
  return answer;
}

/** Whether a fact holds no longer. */
export const isOver = (f) => f.expires_at !== null && new Date(f.expires_at) <= new Date();

/** Until when a fact holds, in words, or null. */
export function untilWords(f) {
  if (f.expires_at === null) return null;
  const when = new Date(f.expires_at).toLocaleDateString(locale, { dateStyle: "medium" });
  return isOver(f) ? t("Out of date since {when}", { when }) : t("Until {when}", { when });
}

/** How sure Lumora is of a proposed fact, in words. */
export const sureWords = (f) => (f.confidence >= 0.85 ? t("Said plainly") : f.confidence >= 0.7 ? t("Rather sure") : t("Perhaps passing"));

on("ended", ({ answer } = {}) => {
  if (!answer) return;
  clearTimeout(timer);
  timer = setTimeout(countProposed, LEARNT_MS);
});
on("tab:memory", () => (memory.items ? loadFacts() : countProposed())?.catch(() => {}));
