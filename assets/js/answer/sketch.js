// Mermaid, in a frame of its own: no origin, no network, no way to this page but messages. What comes back is the text
// of an SVG, cleaned here once more before it is shown as a picture or saved.

import { el } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { vendored } from "../core/ondemand.js";

const PATIENCE = 15_000; // ms for one drawing
const LARGEST = 3_000_000; // characters of SVG
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'";
const TOKENS = ["paper", "raised", "sunken", "line", "edge", "ink", "ink-2", "accent", "accent-soft", "ok-soft", "weak-soft"];

let frame = null;
let turn = Promise.resolve();
let number = 0;

// Runs in the frame, as text: it knows nothing of this module.
function inside() {
  const tell = (message) => parent.postMessage(message, "*");
  const draw = async ({ id, text, theme }) => {
    try {
      mermaid.initialize({
        startOnLoad: false, securityLevel: "strict", maxTextSize: 20_000, maxEdges: 300, htmlLabels: false, suppressErrorRendering: true, deterministicIds: true,
        theme: "base", themeVariables: theme, fontFamily: theme.fontFamily, flowchart: { htmlLabels: false }, class: { htmlLabels: false },
        secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering", "theme", "themeVariables", "themeCSS", "fontFamily", "altFontFamily", "htmlLabels", "flowchart", "class", "dompurifyConfig"],
      });
      const { svg } = await mermaid.render(`d${id}`, text);
      tell({ id, svg });
    } catch (e) {
      tell({ id, fault: String(e?.message ?? e).slice(0, 400) });
    } finally {
      document.body.replaceChildren();
    }
  };
  addEventListener("message", ({ data }) => {
    if (!data.script) return draw(data);
    const script = document.createElement("script");
    script.textContent = data.script;
    document.head.append(script);
    tell({ id: 0 });
  });
}

async function opened() {
  if (frame) return frame;
  const answer = await fetch(vendored("mermaid.min.js"));
  if (!answer.ok) throw new Error(t("its script cannot be read"));
  const script = await answer.text();
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><body><script>(${inside})()<\/script>`;
  frame = el("iframe", { className: "lu-sketch", sandbox: "allow-scripts", srcdoc: page, "aria-hidden": "true", tabIndex: -1, title: t("Drawing room") });
  const loaded = new Promise((done) => frame.addEventListener("load", done, { once: true }));
  document.body.append(frame);
  await loaded;
  await exchange({ id: 0, script });
  return frame;
}

function closeFrame() {
  frame?.remove();
  frame = null;
}

function exchange(message) {
  return new Promise((done, fail) => {
    const end = (act, value) => {
      clearTimeout(timer);
      removeEventListener("message", heard);
      act(value);
    };
    const heard = (e) => {
      if (e.source !== frame?.contentWindow || e.data?.id !== message.id) return;
      if (typeof e.data.fault === "string") end(fail, new Error(e.data.fault));
      else end(done, e.data.svg);
    };
    const timer = setTimeout(() => {
      closeFrame();
      end(fail, new Error(t("it takes too long")));
    }, PATIENCE);
    addEventListener("message", heard);
    frame.contentWindow.postMessage(message, "*");
  });
}

function theme() {
  const style = getComputedStyle(document.documentElement);
  const c = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return {
    darkMode: document.documentElement.dataset.theme === "dark", fontFamily: "system-ui, sans-serif", fontSize: "14px", background: c.raised, mainBkg: c.sunken, primaryColor: c["accent-soft"], primaryTextColor: c.ink,
    primaryBorderColor: c.accent, secondaryColor: c["ok-soft"], secondaryTextColor: c.ink, tertiaryColor: c["weak-soft"], tertiaryTextColor: c.ink, lineColor: c["ink-2"], textColor: c.ink, nodeBorder: c.edge, clusterBkg: c.raised,
    clusterBorder: c.line, edgeLabelBackground: c.raised, noteBkgColor: c["weak-soft"], noteTextColor: c.ink, noteBorderColor: c.line, actorBkg: c.sunken, actorBorder: c.edge, actorTextColor: c.ink, signalColor: c["ink-2"],
    signalTextColor: c.ink, labelBoxBkgColor: c.sunken, labelTextColor: c.ink, loopTextColor: c.ink, titleColor: c.ink, gridColor: c.line, taskTextColor: c.ink, taskTextOutsideColor: c.ink, taskTextDarkColor: c.ink, sectionBkgColor: c.sunken,
  };
}

/** The drawing of a mermaid source: {svg, width, height, title}. Fails with the reason, in words, when there is none. */
export function sketch(text) {
  const mine = turn.then(() => drawing(text));
  turn = mine.catch(() => null); // its own asker hears of it; the next one only waits
  return mine;
}

async function drawing(text) {
  await opened();
  const svg = await exchange({ id: ++number, text, theme: theme() });
  if (typeof svg !== "string" || svg.length > LARGEST) throw new Error(t("the drawing is too large"));
  return cleaned(svg);
}

// Only what a picture needs: a saved file may be opened where scripts would run.
function cleaned(text) {
  const page = new DOMParser().parseFromString(text, "text/html"); // nothing runs or loads in it
  const svg = page.querySelector("svg");
  if (!svg) throw new Error(t("there is nothing to draw"));
  svg.querySelectorAll("script, foreignObject, image, iframe, object, embed, animate, set, link, meta, audio, video").forEach((node) => node.remove());
  svg.querySelectorAll("a").forEach((node) => node.replaceWith(...node.childNodes));
  for (const node of [svg, ...svg.querySelectorAll("*")]) node.getAttributeNames().forEach((name) => clean(node, name));
  for (const style of svg.querySelectorAll("style")) style.textContent = harmless(style.textContent);
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "0 0 600 400").split(/[\s,]+/).map(Number);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const title = [...svg.querySelectorAll(":scope > title, :scope > desc")].map((node) => node.textContent).join(". ");
  return { svg: new XMLSerializer().serializeToString(svg), width: Math.ceil(width), height: Math.ceil(height), title };
}

const harmless = (css) => css.replace(/@import[^;]*;?/gi, "").replace(/url\(\s*(?!["']?#)[^)]*\)/gi, "none");

function clean(node, name) {
  const value = node.getAttribute(name);
  if (/^on/i.test(name) || (/href$/i.test(name) && !value.startsWith("#"))) node.removeAttribute(name);
  else if (/url\(/i.test(value)) node.setAttribute(name, harmless(value));
}
