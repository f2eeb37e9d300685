// How many tokens a text has for a model, asked of the server without holding anything up.

import { request } from "../core/api.js";

const CHARACTERS = 3.5; // of a token, in most languages and models: the guess until the server has counted
const SAMPLE = 64_000; // characters sent to be counted; longer texts are judged by their beginning

/** The guess that needs nobody. */
export const guessed = (characters) => ({ tokens: Math.ceil(characters / CHARACTERS), exact: characters === 0 });

/** Asks the server; `{tokens, exact}`. An error leaves it at the guess, except AbortError, which is thrown. */
export async function counted(text, model, signal) {
  if (!text) return guessed(0);
  const sample = text.slice(0, SAMPLE);
  try {
    const { tokens, exact } = await request("tokens", { method: "POST", body: { text: sample, ...(model ? { model } : {}) }, signal });
    const whole = sample.length === text.length;
    return { tokens: whole ? tokens : Math.ceil((tokens * text.length) / sample.length), exact: exact && whole };
  } catch (e) {
    if (e.name === "AbortError") throw e;
    return guessed(text.length);
  }
}
