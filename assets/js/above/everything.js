// One question to the server for all that it searches as one types: messages, documents, memory. An older question
// that is still on its way is given up.

import { request } from "../core/api.js";

let last = { text: null, answer: null, going: null };

/** What the server finds, as `{chats, documents, memory}`; sources that ask the same share an answer. Throws ApiError. */
export function everything(text) {
  if (last.text === text) return last.answer;
  last.going?.abort();
  const going = new AbortController();
  const answer = request(`search/everything?q=${encodeURIComponent(text)}`, { signal: going.signal });
  last = { text, going, answer };
  const over = () => last.answer === answer && (last = { text: null, answer: null, going: null });
  answer.then(over, over);
  return answer;
}
