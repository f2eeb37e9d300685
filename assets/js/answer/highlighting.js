// Asks a worker which parts of a code are what. The page never reads code itself, and a reading that takes too long is
// given up together with its worker.

import { own } from "../core/ondemand.js";

const PATIENCE = 4000; // ms for one block
let worker = null;
let turn = Promise.resolve();

/** The runs [kind, text] of `text`, or null when the language is not known or the reading failed. */
export function highlight(language, text) {
  const mine = turn.then(() => asked(language, text));
  turn = mine;
  return mine;
}

function asked(language, text) {
  worker ??= new Worker(own("answer/highlighter.js"));
  const held = worker;
  return new Promise((done) => {
    const end = (runs, failed) => {
      clearTimeout(timer);
      held.onmessage = held.onerror = null;
      if (failed) {
        held.terminate();
        worker = null;
      }
      done(runs);
    };
    const timer = setTimeout(() => end(null, true), PATIENCE);
    held.onmessage = (e) => end(e.data, false);
    held.onerror = () => end(null, true);
    held.postMessage({ language, text });
  });
}
