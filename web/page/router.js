/** Shows the view that the address names (`#/classify`). */

import { box, part } from "./dom.js";
import { HOME, ROUTES, TOOL_ROUTES } from "./routes.js";

/** @import { App } from "./app.js" */

let current = HOME;

export function currentRoute() {
  return current;
}

/** Show a tool, if none is shown: pictures have arrived. */
export function goToTool() {
  const first = TOOL_ROUTES[0];
  if (first && !TOOL_ROUTES.includes(current)) location.hash = first.path;
}

/** @param {App} app */
export function setUpRouter(app) {
  const main = document.getElementById("main");
  if (!main) throw new TypeError("The page has no main element.");
  const links = TOOL_ROUTES.map(({ path, title }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${path}`;
    link.textContent = title;
    item.append(link);
    return { path, link, item };
  });
  box(document, "nav").append(...links.map(({ item }) => item));
  document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
    event.preventDefault(); // its fragment would be taken for a route
    main.focus();
  });

  /** @type {() => void} */
  let leave = () => {};
  const show = () => {
    const path = location.hash.replace(/^#/, "");
    current = ROUTES.find((route) => route.path === path) ?? HOME;
    leave();
    leave = current.mount(main, app);
    part(document, "files", HTMLInputElement).accept = current.accept ?? "image/*";
    document.title = current === HOME ? "Onsight" : `${current.title} · Onsight`;
    box(document, "veil-text").textContent = current.drop ?? TOOL_ROUTES[0]?.drop ?? "";
    for (const { path: target, link } of links) {
      if (target === current.path) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "center" }); // where the tools do not fit beside each other
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };
  addEventListener("hashchange", () => {
    if (!main.isConnected) return location.reload(); // everything was deleted
    show();
    scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  });
  show();
}
