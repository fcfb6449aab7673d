/** The switch between the light and the dark theme. */

import { button } from "../lib/dom.js";
import { remember } from "../lib/local-storage.js";

const KEY = "onsight.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

/** Set up the switch. Until the user chooses a theme, the page follows the system's. */
export function setUpTheme() {
  const toggle = button(document, "theme");
  toggle.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    const followsSystem = theme === (dark.matches ? "dark" : "light");
    if (followsSystem) delete root.dataset.theme;
    else root.dataset.theme = theme;
    remember(KEY, followsSystem ? null : theme);
    show();
  });
  dark.addEventListener("change", show);
  show();

  function show() {
    toggle.setAttribute("aria-pressed", String(isDark()));
    const meta = document.querySelector('meta[name="theme-color"]');
    meta?.setAttribute("content", getComputedStyle(document.body).backgroundColor);
  }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
}
