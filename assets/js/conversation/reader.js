// Where the reader is: at the end, where the page follows what comes, or somewhere above, where it leaves them in
// peace. Any move up stops the following; coming back to the end takes it up again.

import { byId } from "../core/dom.js";

const END = 24; // px that count as the end
const SETTLE_MS = 250;
const PIN_MS = 2000;
const UPWARDS = ["ArrowUp", "PageUp", "Home"];
let follows = true;
let last = 0;
let touched = 0;
let pinned = null; // {node, offset} that stays in its place while what is around it gets its true height
let pins = 0;

const scroller = () => byId("lu-scroll");
const distance = (s) => s.scrollHeight - s.scrollTop - s.clientHeight;

/** Listens for what a reader does; `moved()` hears of every scroll. */
export function watchReader(moved) {
  const s = scroller();
  s.addEventListener("scroll", () => scrolled(moved), { passive: true });
  s.addEventListener("wheel", (e) => e.deltaY < 0 && release(), { passive: true });
  s.addEventListener("touchstart", (e) => (touched = e.touches[0].clientY), { passive: true });
  s.addEventListener("touchmove", (e) => e.touches[0].clientY > touched + 2 && release(), { passive: true });
  s.addEventListener("keydown", (e) => (UPWARDS.includes(e.key) || (e.key === " " && e.shiftKey)) && !e.altKey && release());
  // Only the scrollbar is the scroller itself outside its content.
  s.addEventListener("pointerdown", (e) => e.target === s && release());
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) s.ownerDocument.addEventListener(name, () => (pinned = null), { passive: true, capture: true });
  const size = new ResizeObserver(settle);
  size.observe(s);
  size.observe(byId("lu-messages"));
}

// Messages are drawn with guessed heights at first; what the reader looks at does not move when they get their own.
function settle() {
  if (follows) toEnd();
  else if (pinned?.node.isConnected) goTo(pinned);
}

// What was pressed may turn out to move nothing, such as the wheel above a code block: then nothing has changed.
function release() {
  const s = scroller();
  if (!follows || s.scrollHeight - s.clientHeight < END) return;
  const at = last; // the page may have moved before it heard of the press
  stay();
  setTimeout(() => !follows && s.scrollTop >= at && follow(), SETTLE_MS);
}

function scrolled(moved) {
  const s = scroller();
  const top = s.scrollTop;
  if (top < last - 1 && distance(s) > 1) follows = false;
  else if (top > last && distance(s) <= END) follows = true;
  last = top;
  show();
  moved();
}

// "Jump to latest" is there whenever the end is out of sight.
function show() {
  const button = byId("lu-latest");
  button.hidden = follows || distance(scroller()) <= END;
  if (button.hidden) button.classList.remove("lu-fresh");
}

export const following = () => follows;

/** Goes to the end and stays there. */
export function follow() {
  follows = true;
  pinned = null;
  toEnd();
  show();
}

/** Leaves the reader where they are. */
export function stay() {
  follows = false;
  show();
}

function toEnd() {
  const s = scroller();
  s.scrollTop = s.scrollHeight;
  last = s.scrollTop;
}

/** Something was added at the end: it is followed, or a hint says so. */
export function grown() {
  if (follows) toEnd();
  else {
    show();
    byId("lu-latest").classList.add("lu-fresh");
  }
}

/** Does `insert`, which adds something above what is read, and keeps that where it is. */
export function holding(insert) {
  const s = scroller();
  const below = s.scrollHeight - s.scrollTop;
  insert();
  if (follows || pinned) settle();
  else s.scrollTop = last = s.scrollHeight - below;
}

/** Puts the top of `node` `offset` pixels below the top of the pane, and holds it there until all is drawn. */
export function putAt(node, offset) {
  const mine = ++pins;
  pinned = { node, offset };
  goTo(pinned);
  show();
  const loosen = () => mine === pins && (byId("lu-messages").hasAttribute("data-drawing") ? setTimeout(loosen, PIN_MS) : (pinned = null));
  setTimeout(loosen, PIN_MS);
}

function goTo({ node, offset }) {
  const s = scroller();
  s.scrollTop += node.getBoundingClientRect().top - s.getBoundingClientRect().top - offset;
  last = s.scrollTop;
}

/** The first message in sight and how far below the top it stands: `{node, offset}`, or null. */
export function inSight() {
  const top = scroller().getBoundingClientRect().top;
  const all = byId("lu-messages").children;
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  const node = all[low];
  return node?.dataset.id ? { node, offset: Math.round(node.getBoundingClientRect().top - top) } : null;
}
