// What the server says of itself: may this page manage models, and what may leave the machine.

import { request } from "./api.js";
import { t } from "./i18n.js";

export const status = { told: null };

/** Asks the server; throws ApiError. */
export async function fetchStatus() {
  status.told = await request("status");
  return status.told;
}

/** Whether this person may download and remove models. */
export const mayManage = () => !status.told?.scopes || status.told.scopes.includes("manage");

/** What may leave this machine, in words for the lock line: [short, long], with `leaves` when something may. */
export function lockWords(told) {
  if (!told) return [t("Checking…"), ""];
  if (told.offline) return [t("Offline, nothing leaves"), t("The offline lock is on: every connection beyond this machine is refused.")];
  const hosts = [...new Set((told.providers ?? []).map(hostOf))];
  const local = hosts.every((h) => /^(localhost|127\.|\[::1\])/.test(h));
  if (local) return [t("Nothing leaves this machine"), t("Questions and answers stay here. Only a model download contacts the network.")];
  const words = [t("May contact {hosts}", { hosts: hosts.join(", ") }), t("Questions to models of these providers are sent to them; each answer says which hosts were contacted.")];
  return Object.assign(words, { leaves: true });
}

function hostOf(provider) {
  try {
    return new URL(provider.base_url).host;
  } catch {
    return provider.name;
  }
}
