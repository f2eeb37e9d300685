// Runs inside <head>, before the first paint. Gradio sets body.dark from the system and overrides a
// stored choice, so the tokens hang on html[data-theme] and body.dark is put right whenever it strays.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("lumora.theme");
    } catch {
      return null; // storage switched off: the system decides
    }
  };
  const wanted = () => (["light", "dark"].includes(stored()) ? stored() : system.matches ? "dark" : "light");
  const correct = () => {
    const dark = root.dataset.theme === "dark";
    if (document.body && document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  };
  const apply = () => {
    root.dataset.theme = wanted();
    root.style.colorScheme = root.dataset.theme;
    correct();
    dispatchEvent(new Event("lumora:theme"));
  };
  window.lumoraTheme = {
    get current() {
      return root.dataset.theme;
    },
    toggle() {
      const next = root.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("lumora.theme", next);
      } catch {
        root.dataset.theme = next; // kept for this page only
      }
      apply();
    },
  };
  system.addEventListener("change", apply);
  addEventListener("storage", (e) => e.key === "lumora.theme" && apply());
  addEventListener("DOMContentLoaded", () => {
    correct();
    new MutationObserver(correct).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });
  apply();
})();
