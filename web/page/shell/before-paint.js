// A classic script in the head: the theme must be set before the first paint, or the page flashes.
try {
  const theme = localStorage.getItem("onsight.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is not allowed, so the system's theme is used.
}

// If the page's modules cannot be loaded, show a message in their place. It cannot be translated without them.
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
