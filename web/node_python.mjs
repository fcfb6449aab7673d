/** Python as the site has it, in Node: for the build, which makes a snapshot and traces what is read, and for tests. */

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import { LIBRARY, filesOf, install, refresh } from "./worker/archive.js";

/**
 * @param {string} folder of archives
 * @returns {Promise<Map<string, Map<string, Uint8Array<ArrayBuffer>>>>} their files, by the archive's name
 */
export async function archivesIn(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".zip")).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, filesOf(new Uint8Array(await readFile(join(folder, name))))])));
}

/**
 * @param {string} runtime folder with Pyodide
 * @param {string[]} folders of archives
 * @param {object} [options] further ones for `loadPyodide`
 */
export async function startPython(runtime, folders, { env, ...options } = {}) {
  const { loadPyodide } = await import(pathToFileURL(join(runtime, "pyodide.mjs")).href);
  const all = await Promise.all(folders.map(archivesIn));
  const [library, packages] = [true, false].map((isLibrary) =>
    all.flatMap((archives) => [...archives].flatMap(([name, files]) => ((name === "stdlib.zip") === isLibrary ? [files] : []))),
  );
  const pyodide = await loadPyodide({
    indexURL: `${runtime}/`,
    fsInit: (fs) => install(fs, LIBRARY, library),
    env: { PYTHONPATH: LIBRARY, ...env },
    ...options,
  });
  // Not before: Pyodide would note which packages there are, in an object that its snapshot must not have.
  install(pyodide.FS, LIBRARY, packages);
  refresh(pyodide);
  return pyodide;
}

/**
 * Run a script in a scope of its own.
 * @param {any} pyodide
 * @param {string} path
 * @returns {Promise<any>} the scope; to be destroyed
 */
export async function scopeOf(pyodide, path) {
  // The bare name: the snapshot tells nothing of this machine.
  const filename = basename(path);
  const scope = pyodide.toPy({ __name__: filename.replace(/\.py$/, "") });
  pyodide.runPython(await readFile(path, "utf-8"), { globals: scope, filename });
  return scope;
}
