// Work that can wait: done in small portions between frames, so that no task keeps the page from answering.

const BUDGET = 6; // ms of one portion: a frame has 16
const queue = [];
let waiting = false;

/** Does `work()` soon, after what was asked for before. It may return a function: the rest of it, done next. */
export function soon(work) {
  queue.push(work);
  arrange();
}

function arrange() {
  if (waiting || !queue.length) return;
  waiting = true;
  // A hidden tab has no frames, and an answer is to be whole when somebody returns to it.
  if (document.hidden) setTimeout(portion);
  else requestAnimationFrame(() => setTimeout(portion));
}

function portion() {
  waiting = false;
  const until = performance.now() + BUDGET;
  try {
    while (queue.length && performance.now() < until) {
      const rest = queue.shift()();
      if (rest) queue.push(rest); // in turn: something endless holds up nobody
    }
  } finally {
    arrange();
  }
}

const wishes = new WeakMap();
let sight = null;

/** Does `work()` soon after `node` first comes near what is seen. */
export function whenNear(node, work) {
  // Made late: the pane that scrolls is not there yet when this module is read.
  sight ??= new IntersectionObserver(seen, { root: document.getElementById("lu-scroll"), rootMargin: "800px" });
  wishes.set(node, work);
  sight.observe(node);
}

function seen(entries) {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting || !wishes.has(target)) continue;
    sight.unobserve(target);
    soon(wishes.get(target));
    wishes.delete(target);
  }
}
