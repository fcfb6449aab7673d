/** Loads a tool's code, markup and style when the tool is first needed. */

import { TOOLS } from "./tools.js";

/** @import { Tool, ToolModule } from "./tools.js" */

/** What all tools share. Its markup and style are loaded with the first tool; its code is imported by the tools. */
const WORKSPACE = "page/workspace/";

/** Tools that are being loaded, by path. @type {Map<string, Promise<ToolModule>>} */
const loading = new Map();

/** Tools that are loaded, by path. @type {Map<string, ToolModule>} */
const loaded = new Map();

/** Callbacks for when a tool is loaded, by path. @type {Map<string, ((module: ToolModule) => void)[]>} */
const waiting = new Map();

/** How often loading a tool's code has failed, by path. @type {Map<string, number>} */
const failures = new Map();

/** Markup and style that are loaded or being loaded, by folder. @type {Map<string, Promise<void>>} */
const folders = new Map();

/**
 * The tool's code, if the tool can be shown at once.
 * @param {Tool} tool
 */
export function loadedTool(tool) {
  return loaded.get(tool.path);
}

/**
 * Load a tool. If that fails, it can be tried again.
 * @param {Tool} tool
 * @returns {Promise<ToolModule>} resolves when its code, markup and style are loaded
 */
export function loadTool(tool) {
  let promise = loading.get(tool.path);
  if (!promise) {
    preloadModules(tool.folder);
    promise = Promise.all([loadCode(tool), loadFolder(WORKSPACE), loadFolder(tool.folder)]).then(([module]) => {
      loaded.set(tool.path, module);
      for (const use of waiting.get(tool.path) ?? []) use(module);
      waiting.delete(tool.path);
      return module;
    });
    promise.catch(() => loading.delete(tool.path));
    loading.set(tool.path, promise);
  }
  return promise;
}

/**
 * Use a tool's module now or, if it is not loaded, as soon as it is. A failed load only delays the call.
 * @param {Tool} tool
 * @param {(module: ToolModule) => void} use
 */
export function withTool(tool, use) {
  const module = loaded.get(tool.path);
  if (module) return use(module);
  waiting.set(tool.path, [...(waiting.get(tool.path) ?? []), use]);
  loadTool(tool).catch(() => {}); // the tool's view shows the failure
}

/**
 * @param {Tool} tool
 * @returns {Promise<ToolModule>}
 */
async function loadCode(tool) {
  const failed = failures.get(tool.path) ?? 0;
  try {
    // Browsers remember that a module could not be fetched, so another address is used.
    if (failed) return await import(new URL(`${tool.folder}view.js?try=${failed}`, document.baseURI).href);
    return await tool.load();
  } catch (error) {
    failures.set(tool.path, failed + 1);
    throw error;
  }
}

/**
 * Load all modules of a tool at the same time: the browser learns of them from the build, not from one after another.
 * @param {string} folder
 */
function preloadModules(folder) {
  const list = document.querySelector(`template[data-modules="${folder}"]`);
  if (!(list instanceof HTMLTemplateElement)) return;
  document.head.append(list.content);
  list.remove();
}

/**
 * Add the markup and style of a folder to the page.
 * @param {string} folder below the site
 * @returns {Promise<void>}
 */
function loadFolder(folder) {
  let promise = folders.get(folder);
  if (!promise) {
    const order = TOOLS.findIndex((tool) => tool.folder === folder); // -1 for the workspace, which comes first
    promise = Promise.all([addTemplates(`${folder}templates.html`), addStyle(`${folder}style.css`, order)]).then(() => {});
    promise.catch(() => folders.delete(folder));
    folders.set(folder, promise);
  }
  return promise;
}

/**
 * @param {string} path below the site
 * @param {number} order among the tools' style sheets, which must not depend on which tool was opened first
 * @returns {Promise<void>}
 */
function addStyle(path, order) {
  const present = [...document.head.querySelectorAll("link[data-order]")];
  if (present.some((link) => link.getAttribute("href") === path)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = path;
  link.dataset.order = String(order);
  const next = present.find((other) => other instanceof HTMLElement && Number(other.dataset.order) > order);
  document.head.insertBefore(link, next ?? null);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${path} could not be loaded.`));
    });
  });
}

/**
 * Add templates to the page. They are fetched as a document, because markup is never made from strings.
 * @param {string} path below the site
 * @returns {Promise<void>}
 */
function addTemplates(path) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const templates = request.status === 200 ? [...(request.responseXML?.querySelectorAll("template") ?? [])] : [];
      if (!templates.length) return reject(new Error(`${path} could not be loaded.`));
      for (const template of templates) if (!document.getElementById(template.id)) document.body.append(template);
      resolve();
    });
    request.addEventListener("error", () => reject(new Error(`${path} could not be loaded.`)));
    request.send();
  });
}
