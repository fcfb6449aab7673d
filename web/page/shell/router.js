/** Shows the view that the address names (`#/classify`). */

import { button, elementFromTemplate, part, ref } from "../lib/dom.js";
import { mountHome } from "./home.js";
import { mountPrivacy } from "./privacy.js";
import { loadTool, loadedTool } from "./tool-loader.js";
import { TOOLS } from "./tools.js";

/** @import { App } from "../workspace/app.js" */
/** @import { Mount, Tool } from "./tools.js" */

/** @typedef {Tool | {path: string, name: string, mount: Mount}} Route */

const HOME = { path: "/", name: "Onsight", mount: mountHome };

/** @type {readonly Route[]} */
const ROUTES = [HOME, ...TOOLS, { path: "/privacy", name: "Privacy", mount: mountPrivacy }];

/** How long a tool may take to load before the page says that it is loading. */
const PATIENCE_MS = 300;

/** @type {Route} */
let current = HOME;

/** The tool that is shown or being loaded, if one is. */
export function currentTool() {
  return "load" in current ? current : undefined;
}

/** Show a tool, if none is shown: pictures have arrived. */
export function goToTool() {
  const [first] = TOOLS;
  if (first && !currentTool()) location.hash = first.path;
}

/** @param {App} app */
export function setUpRouter(app) {
  const main = part(document, "main", HTMLElement);
  const links = TOOLS.map(({ path, name }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${path}`;
    link.textContent = name;
    item.append(link);
    return { path, link, item };
  });
  ref(document, "nav").append(...links.map(({ item }) => item));
  document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
    event.preventDefault(); // its fragment would be taken for a route
    main.focus();
  });

  let leave = () => {};
  let isFirst = true;

  addEventListener("hashchange", () => {
    if (main.hidden) return location.reload(); // everything was deleted
    isFirst = false;
    show();
    scrollTo(0, 0);
  });
  show();
  // Pictures that are dropped on the home page go to the first tool.
  if (current === HOME && TOOLS[0]) loadTool(TOOLS[0]).catch(() => {});

  function show() {
    const path = location.hash.replace(/^#/, "");
    current = ROUTES.find((route) => route.path === path) ?? HOME;
    const tool = currentTool();
    leave();
    leave = () => {};
    document.title = current === HOME ? "Onsight" : `${current.name} · Onsight`;
    part(document, "files", HTMLInputElement).accept = tool?.accept ?? "image/*";
    ref(document, "veil-text").textContent = tool?.drop ?? TOOLS[0]?.drop ?? "";
    for (const { path: target, link } of links) {
      if (target === current.path) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "center" }); // where the tools do not fit beside each other
      } else {
        link.removeAttribute("aria-current");
      }
    }
    if ("mount" in current) return open(current.mount);
    const module = loadedTool(current);
    if (module) open(module.mount);
    else void openWhenLoaded(current);
  }

  /** @param {Mount} mount */
  function open(mount) {
    leave = mount(main, app);
    if (!isFirst) main.querySelector("h1")?.focus({ preventScroll: true });
  }

  /**
   * Load a tool and show it, unless another view was opened meanwhile.
   * @param {Tool} tool
   */
  async function openWhenLoaded(tool) {
    let isLeft = false;
    main.replaceChildren();
    const timer = setTimeout(() => main.replaceChildren(waitingView(tool, "Loading…")), PATIENCE_MS);
    leave = () => {
      isLeft = true;
      clearTimeout(timer);
    };
    try {
      const { mount } = await loadTool(tool);
      if (isLeft || main.hidden) return; // or everything was deleted
      leave();
      open(mount);
    } catch (error) {
      if (isLeft || main.hidden) return;
      console.debug(`${tool.name} could not be loaded: ${error}`);
      leave();
      main.replaceChildren(failedView(tool));
      if (!isFirst) main.querySelector("h1")?.focus({ preventScroll: true });
    }
  }

  /** @param {Tool} tool */
  function failedView(tool) {
    const view = waitingView(tool, `${tool.name} could not be loaded. Check the connection and try again.`);
    const again = button(view, "again");
    again.hidden = false;
    again.addEventListener("click", () => {
      isFirst = false;
      void openWhenLoaded(tool);
    });
    return view;
  }
}

/**
 * What is shown in place of a tool that is not loaded.
 * @param {Tool} tool
 * @param {string} text
 */
function waitingView(tool, text) {
  const view = elementFromTemplate("tool-waiting");
  ref(view, "title").textContent = tool.name;
  ref(view, "text").textContent = text;
  return view;
}
