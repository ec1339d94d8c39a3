// A plain script in the head: the right colours are there before the first paint.
(() => {
  const KEY = "edgedet.theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const isDark = () => (chosen() ? chosen() === "dark" : system.matches);

  function apply() {
    const dark = isDark();
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    const colour = document.querySelector('meta[name="theme-color"]');
    if (colour) colour.content = dark ? "#121413" : "#f7f6f3";
    document.getElementById("theme")?.setAttribute("aria-pressed", String(dark));
  }

  function toggle() {
    const dark = !isDark();
    try {
      // a choice that is the system's own need not be kept: the page then follows the system again
      if (dark === system.matches) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, dark ? "dark" : "light");
    } catch {
      // without storage the choice can't be kept
    }
    apply();
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", toggle);
    apply();
  });
})();
