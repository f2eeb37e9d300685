// Runs inside <head>, before the first paint: theme, contrast, text size and reading face, from the mirror of the
// preferences. Gradio sets body.dark from the system and overrides a choice, so the tokens hang on
// html[data-theme] and body.dark is put right whenever it strays.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const more = matchMedia("(prefers-contrast: more)");
  const root = document.documentElement;
  const stored = () => {
    try {
      const old = localStorage.getItem("lumora.theme"); // where the choice was kept before there were preferences
      return { ...(old && { theme: old }), ...JSON.parse(localStorage.getItem("lumora.preferences")) };
    } catch {
      return {}; // storage switched off, or not ours: the system decides
    }
  };
  let values = stored();
  const correct = () => {
    const dark = root.dataset.theme === "dark";
    if (document.body && document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  };
  const apply = (chosen = values) => {
    values = chosen;
    root.dataset.theme = ["light", "dark"].includes(values.theme) ? values.theme : system.matches ? "dark" : "light";
    root.dataset.contrast = values.contrast === "more" || more.matches ? "more" : "normal";
    root.dataset.reading = values.reading === "sans" ? "sans" : "serif";
    root.style.colorScheme = root.dataset.theme;
    const size = Number(values.text_size);
    if (size >= 12 && size <= 28) root.style.setProperty("--answer-size", `${size}px`);
    else root.style.removeProperty("--answer-size");
    correct();
    dispatchEvent(new Event("lumora:theme"));
  };
  window.lumoraTheme = {
    /** "light" or "dark", whatever decided it. */
    get current() {
      return root.dataset.theme;
    },
    /** Shows other preferences: {theme, contrast, text_size, reading}. */
    apply,
    /** The other theme, kept as a preference by look.js. */
    toggle() {
      dispatchEvent(new CustomEvent("lumora:choose", { detail: { theme: root.dataset.theme === "dark" ? "light" : "dark" } }));
    },
  };
  for (const query of [system, more]) query.addEventListener("change", () => apply());
  addEventListener("storage", (e) => e.key === "lumora.preferences" && apply(stored()));
  addEventListener("DOMContentLoaded", () => {
    correct();
    new MutationObserver(correct).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });
  apply();
})();
