/**
 * Starts Python: from the snapshot of an interpreter that has imported everything, where this device has it, else from
 * nothing. The only file that knows Pyodide.
 */

import { filesOf, install } from "./archive.js";
import { SnapshotError, restoreLibraries, stateOf } from "./snapshot.js";

/** @import { Assets } from "./assets.js" */
/** @import { Facts } from "./snapshot.js" */
/** @typedef {import("../runtime/pyodide/pyodide.mjs").PyodideAPI} PyodideAPI */
/** @typedef {import("../runtime/pyodide/pyodide.mjs").PyProxy} PyProxy */
/** @typedef {Map<string, Uint8Array<ArrayBuffer>>} Files of an archive, by name */
/** @typedef {(settings: any) => Promise<any>} CreateModule makes Emscripten's `Module` */

const RUNTIME = new URL("../runtime/", import.meta.url);
const SNAPSHOT = "runtime/snapshot/";
const SITE_PACKAGES = "/site-packages/";

/**
 * @param {Assets} assets
 * @returns {Promise<{pyodide: PyodideAPI, isRestored: boolean}>}
 */
export async function startPython(assets) {
  // All at once: what is read, what is compiled and what is run are on different threads.
  const glue = import("../runtime/pyodide/pyodide.asm.mjs");
  const wheels = Object.keys(assets.manifest.assets).filter((path) => path.endsWith(".whl"));
  const archives = Promise.all(wheels.map(async (path) => filesOf(await assets.read(path))));
  for (const promise of [glue, archives]) promise.catch(() => {}); // whoever awaits it hears of it
  try {
    const snapshot = await keptSnapshot(assets);
    if (snapshot) return { pyodide: await restore(snapshot, glue, archives), isRestored: true };
  } catch (error) {
    console.debug(`The snapshot of Python is of no use, so Python starts from nothing: ${error}`);
  }
  return { pyodide: await load(archives), isRestored: false };
}

/**
 * @param {Promise<Files[]>} archives
 * @param {object} [options] further ones
 */
async function load(archives, options) {
  const { loadPyodide } = await import("../runtime/pyodide/pyodide.mjs");
  return loadPyodide({
    indexURL: new URL("pyodide/", RUNTIME).href,
    lockFileURL: new URL("packages/pyodide-lock.json", RUNTIME).href,
    fsInit: async (fs, { sitePackages }) => install(fs, sitePackages, await archives),
    // Decoders grumble about damaged files; what matters of it comes as an answer.
    stdout: (line) => console.debug(line),
    stderr: (line) => console.debug(line),
    ...options,
  });
}

/**
 * @typedef {object} Snapshot
 * @property {Facts} facts
 * @property {Promise<Uint8Array[]>} memory
 */

/**
 * @param {Assets} assets
 * @returns {Promise<Snapshot | null>} null if it is not on this device: downloading it would take longer than it saves
 */
async function keptSnapshot(assets) {
  const described = await assets.kept(`${SNAPSHOT}facts.json`);
  if (!described) return null;
  /** @type {Facts} */
  const facts = JSON.parse(new TextDecoder().decode(described));
  for (const [path, sha256] of Object.entries(facts.madeWith)) {
    if (assets.manifest.assets[path]?.sha256 !== sha256) throw new SnapshotError(`It was made with another ${path}.`);
  }
  const memory = Promise.all(
    facts.parts.map(async (_, index) => {
      const part = await assets.kept(`${SNAPSHOT}memory-${index}.bin`);
      if (!part) throw new SnapshotError("It is not on this device whole.");
      return part;
    }),
  );
  memory.catch(() => {}); // awaited later
  return { facts, memory };
}

/**
 * @param {Snapshot} snapshot
 * @param {Promise<{default: CreateModule}>} glue Emscripten's part of Pyodide
 * @param {Promise<Files[]>} archives
 */
async function restore({ facts, memory }, glue, archives) {
  const compiling = compileLibraries(facts, archives);
  compiling.catch(() => {}); // awaited below
  const pyodide = await load(archives, {
    _loadSnapshot: stateOf(facts),
    createPyodideModule: async (/** @type {any} */ settings) => {
      const module = await (await glue).default(settings);
      restoreLibraries(module, facts, await compiling, await memory);
      return module;
    },
  });
  const { wake } = pyodide.pyimport("onsight.page.snapshot");
  wake();
  wake.destroy();
  return pyodide;
}

/**
 * @param {Facts} facts
 * @param {Promise<Files[]>} archives
 */
async function compileLibraries(facts, archives) {
  const files = new Map((await archives).flatMap((archive) => [...archive]));
  return Promise.all(
    facts.libraries.map(({ path }) => {
      const file = files.get(path.slice(path.indexOf(SITE_PACKAGES) + SITE_PACKAGES.length));
      if (!file) throw new SnapshotError(`There is no ${path}.`);
      return WebAssembly.compile(file);
    }),
  );
}

/**
 * @param {PyodideAPI} pyodide
 * @returns {number} bytes of memory that Python has taken; it never gives any back
 */
export function heapOf(pyodide) {
  const { _module: module } = /** @type {{_module: {HEAPU8: Uint8Array}}} */ (/** @type {unknown} */ (pyodide));
  return module.HEAPU8.length;
}
