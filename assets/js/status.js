// What the server says of itself: may this page manage models, and what may leave the machine.

import { request } from "./api.js";

export const status = { told: null };

/** Asks the server; throws ApiError. */
export async function fetchStatus() {
  status.told = await request("status");
  return status.told;
}

/** Whether this person may download and remove models. */
export const mayManage = () => !status.told?.scopes || status.told.scopes.includes("manage");

/** What may leave this machine, in words for the lock line: [short, long]. */
export function lockWords(told) {
  if (!told) return ["Checking…", ""];
  if (told.offline) return ["Offline, nothing leaves", "The offline lock is on: every connection beyond this machine is refused."];
  const hosts = [...new Set((told.providers ?? []).map(hostOf))];
  const local = hosts.every((h) => /^(localhost|127\.|\[::1\])/.test(h));
  if (local) return ["Nothing leaves this machine", "Questions and answers stay here. Only a model download contacts the network."];
  return [`May contact ${hosts.join(", ")}`, "Questions to models of these providers are sent to them; each answer says which hosts were contacted."];
}

function hostOf(provider) {
  try {
    return new URL(provider.base_url).host;
  } catch {
    return provider.name;
  }
}
