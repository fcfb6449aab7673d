// A classic script in the head: the chosen colours must stand before the first paint, or the page flashes.
try {
  const theme = localStorage.getItem("onsight.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's choice stands.
}
