// How the panes hear of each other: names with a detail, inside this page and across tabs.

const target = new EventTarget();
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("lumora") : null;

/** Calls `listener(detail)` whenever `name` is told. */
export function on(name, listener) {
  target.addEventListener(name, (e) => listener(e.detail));
}

/** Tells this page. */
export function tell(name, detail) {
  target.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Tells the other tabs of this browser; they hear it as `tab:<name>`. */
export function tellTabs(name, detail) {
  tabs?.postMessage({ name, detail });
}

tabs?.addEventListener("message", (e) => tell(`tab:${e.data.name}`, e.data.detail));
