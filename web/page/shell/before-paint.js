// A classic script in the head: the chosen colours must stand before the first paint, or the page flashes.
try {
  const theme = localStorage.getItem("onsight.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's choice stands.
}

// The page's own modules may not arrive either: say so where they would have put the tools.
addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    const notice = document.createElement("p");
    notice.setAttribute("role", "alert");
    notice.textContent = "The page did not load completely. Check the connection and reload it.";
    document.querySelector("main")?.replaceChildren(notice);
  },
  true,
);
