// Makes the nodes of many blocks without keeping a frame waiting: some at once, the rest between frames.

import { settle } from "./blocks.js";
import { soon } from "../core/slices.js";

const AT_ONCE = 12; // ms
const LARGE = 40; // blocks within a block: more are made one by one

/** Shows `blocks` in `parent`, wherever it is put meanwhile, and calls `then` when all are there. */
export function lay(parent, blocks, env, then = () => null) {
  const work = laid(parent, blocks, env, true, null);
  const go = () => {
    const until = performance.now() + AT_ONCE;
    while (performance.now() < until) if (work.next().done) return then();
    return go;
  };
  const rest = go();
  if (rest) soon(rest);
}

function* laid(parent, blocks, env, outer, last) {
  for (const block of blocks) {
    const inside = block.children ?? [];
    const large = size(block) > LARGE;
    const parts = [];
    settle(parent, parts, [large ? { ...block, children: inside.slice(0, 1) } : block], env, outer, last);
    last = parts[0].node;
    yield;
    if (large) yield* laid(parts[0].inner, inside.slice(1), env, false, parts[0].parts.at(-1).node);
  }
}

const size = ({ children = [] }) => children.reduce((n, child) => n + size(child), children.length);
