/**
 * Starts Python: from a snapshot of an interpreter that has imported everything, if this device has one cached, otherwise
 * normally. Only this file knows Pyodide.
 */

import { LIBRARY, filesOf, install, refresh } from "./archive.js";
import { SnapshotError, restoreLibraries, stateOf } from "./snapshot.js";

/** @import { Assets } from "./assets.js" */
/** @import { Facts } from "./snapshot.js" */
/** @typedef {import("../runtime/pyodide/pyodide.mjs").PyodideAPI} PyodideAPI */
/** @typedef {import("../runtime/pyodide/pyodide.mjs").PyProxy} PyProxy */
/** @typedef {Map<string, Uint8Array<ArrayBuffer>>} Files of an archive, by name */
/** @typedef {(settings: any) => Promise<any>} CreateModule makes Emscripten's `Module` */

const RUNTIME = new URL("../runtime/", import.meta.url);
const SNAPSHOT = "runtime/snapshot/";

/** The Python interpreter, which may start before all of its files have been loaded. */
export class Python {
  /** @type {PyodideAPI} */
  pyodide;
  /** Whether it was restored from a snapshot. */
  isRestored;
  /** Whether all files are loaded, not only those that a first label needs. */
  isComplete;
  /** @type {Promise<void> | undefined} */
  #completing;
  #assets;

  /**
   * @param {Assets} assets
   * @param {PyodideAPI} pyodide
   * @param {boolean} isRestored with everything
   */
  constructor(assets, pyodide, isRestored) {
    this.#assets = assets;
    this.pyodide = pyodide;
    this.isRestored = this.isComplete = isRestored;
  }

  /** Load what a first label does not need. After a failure, the next call tries again. */
  complete() {
    this.#completing ??= this.#complete().catch((error) => {
      this.#completing = undefined;
      throw error;
    });
    return this.#completing;
  }

  async #complete() {
    if (this.isComplete) return;
    install(this.pyodide.FS, LIBRARY, await readArchives(this.#assets, this.#assets.manifest.python.later));
    refresh(this.pyodide);
    this.isComplete = true;
  }
}

/**
 * @param {Assets} assets
 * @param {() => void} onRead called when all files that Python needs to start are loaded
 * @returns {Promise<Python>}
 */
export async function startPython(assets, onRead) {
  // All at once: reading, compiling and running happen on different threads.
  const glue = import("../runtime/pyodide/pyodide.asm.mjs");
  const { first, later } = assets.manifest.python;
  const library = first.filter((path) => path.endsWith("/stdlib.zip"));
  const libraryFiles = readArchives(assets, library);
  const packages = readArchives(assets, first.filter((path) => !library.includes(path)));
  for (const promise of [glue, libraryFiles, packages]) promise.catch(() => {}); // awaited later
  try {
    const snapshot = await keptSnapshot(assets);
    if (snapshot) {
      onRead();
      const all = Promise.all([libraryFiles, packages, readArchives(assets, later)]).then((read) => read.flat());
      return new Python(assets, await restore(snapshot, glue, all), true);
    }
  } catch (error) {
    console.debug(`The snapshot of Python cannot be used, so Python starts without it: ${error}`);
  }
  packages.then(onRead, onRead);
  const pyodide = await load(libraryFiles);
  install(pyodide.FS, LIBRARY, await packages); // Python has started while these arrived
  refresh(pyodide);
  return new Python(assets, pyodide, false);
}

/**
 * @param {Assets} assets
 * @param {string[]} paths
 * @returns {Promise<Files[]>}
 */
function readArchives(assets, paths) {
  return Promise.all(paths.map(async (path) => filesOf(await assets.read(path))));
}

/**
 * @param {Promise<Files[]>} archives
 * @param {object} [options] further ones
 */
async function load(archives, options) {
  const { loadPyodide } = await import("../runtime/pyodide/pyodide.mjs");
  return loadPyodide({
    indexURL: new URL("pyodide/", RUNTIME).href,
    fsInit: async (fs) => install(fs, LIBRARY, await archives),
    env: { PYTHONPATH: LIBRARY },
    // Decoders complain about damaged files here; users get these errors as answers.
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
    if (assets.manifest.assets[path]?.sha256 !== sha256) throw new SnapshotError(`It was made with a different ${path}.`);
  }
  const memory = Promise.all(
    facts.parts.map(async (_, index) => {
      const part = await assets.kept(`${SNAPSHOT}memory-${index}.bin`);
      if (!part) throw new SnapshotError("Part of it is not on this device.");
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
      const file = files.get(path.slice(LIBRARY.length + 1));
      if (!file) throw new SnapshotError(`There is no ${path}.`);
      return WebAssembly.compile(file);
    }),
  );
}

/**
 * @param {PyodideAPI} pyodide
 * @returns {number} bytes of memory that Python has allocated; it never returns any
 */
export function heapOf(pyodide) {
  const { _module: module } = /** @type {{_module: {HEAPU8: Uint8Array}}} */ (/** @type {unknown} */ (pyodide));
  return module.HEAPU8.length;
}
