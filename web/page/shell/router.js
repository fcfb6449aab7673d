/** Shows the view that the address names (`#/classify`). */

import { box, part } from "../lib/dom.js";
import { mountHome } from "./home.js";
import { mountPrivacy } from "./privacy.js";
import { TOOLS } from "./tools.js";

/** @import { FileWithPath } from "../lib/picture-files.js" */
/** @import { App } from "../workspace/app.js" */

/** @typedef {(host: HTMLElement, app: App) => () => void} Mount fills the host; returns how to leave */

/**
 * @typedef {object} Route
 * @property {string} path after the `#`
 * @property {string} name
 * @property {string} [drop] what dropping pictures here does; elsewhere they go to the first tool
 * @property {(app: App, files: FileWithPath[], isWhole: boolean, beside: FileWithPath[]) => void} [receive]
 * @property {string} [accept] what the file chooser offers, if not pictures alone
 * @property {Mount} mount
 */

/** @type {Route} */
const HOME = { path: "/", name: "Onsight", mount: mountHome };

/** @type {readonly Route[]} */
const ROUTES = [HOME, ...TOOLS, { path: "/privacy", name: "Privacy", mount: mountPrivacy }];

let current = HOME;

export function currentRoute() {
  return current;
}

/** Show a tool, if none is shown: pictures have arrived. */
export function goToTool() {
  const [first] = TOOLS;
  if (first && !TOOLS.some(({ path }) => path === current.path)) location.hash = first.path;
}

/** @param {App} app */
export function setUpRouter(app) {
  const main = document.getElementById("main");
  if (!main) throw new TypeError("The page has no main element.");
  const links = TOOLS.map(({ path, name }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${path}`;
    link.textContent = name;
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
    document.title = current === HOME ? "Onsight" : `${current.name} · Onsight`;
    box(document, "veil-text").textContent = current.drop ?? TOOLS[0]?.drop ?? "";
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
