/**
 * Snapshots of Python with NumPy, Pillow and Onsight imported.
 *
 * Pyodide itself can keep and restore the bare interpreter's memory. With extension modules loaded there is more: each is
 * a WebAssembly instance with data at a fixed place in memory and functions at fixed places in the table. So those
 * places are recorded, and the modules are instantiated again at the very same ones before memory is written back.
 *
 * Runs in Node, where the build makes the snapshot, and in the worker, which restores it. What it uses of Emscripten's
 * dynamic linker is what `Module` exports; where another Pyodide is different, it throws and the start is an ordinary one.
 */

/**
 * @typedef {any} Module Emscripten's
 * @typedef {object} Library an extension module
 * @property {string} path in Python's file system
 * @property {number} handle address of the linker's own record
 * @property {number} memoryBase where its data begins
 * @property {number} tableBase index of its first function in the table
 * @property {number} tableSize
 *
 * @typedef {object} Facts what must be as it was
 * @property {Record<string, string>} madeWith SHA-256 of the files that the snapshot was made with, by path
 * @property {string} state Pyodide's own part, as base64
 * @property {number} memoryBytes
 * @property {number} tableBefore entries of the function table before the first library
 * @property {number} tableAfter and after the last
 * @property {Library[]} libraries in the order in which they were loaded
 * @property {[index: number, library: number, name: string][]} slots functions that the linker put between libraries
 * @property {Record<string, number>} symbols addresses that the linker has resolved since the start
 * @property {[address: number, bytes: number][][]} parts where the content of each memory file belongs; the rest is zero
 */

export class SnapshotError extends Error {}

/** Entries of the function table that a runtime may add on its own, by what the browser can do, before any library. */
const SPARE_ENTRIES = 64;

/** What a library may not have: code of its own for JavaScript would have to be restored, too. */
const FOREIGN = /^__em_js__|^__start_em_asm$/;

/**
 * @typedef {{tableLength: number, symbols: Set<string>}} Before the first library is loaded
 */

/**
 * Make room in a fresh interpreter of which a snapshot will be made.
 * @param {Module} module
 * @returns {Before}
 */
export function beforeLibraries(module) {
  module.wasmTable.grow(SPARE_ENTRIES);
  return { tableLength: module.wasmTable.length, symbols: new Set(Object.keys(module.GOT)) };
}

/**
 * Note what `restoreLibraries` must know of the libraries that are loaded.
 * @param {Module} module
 * @param {Before} before
 * @returns {Pick<Facts, "memoryBytes" | "tableBefore" | "tableAfter" | "libraries" | "slots" | "symbols">}
 */
export function recordLibraries(module, before) {
  /** @type {[string, {name: string, exports: Record<string, unknown>}][]} */
  const loaded = Object.entries(module.LDSO.loadedLibsByHandle);
  const records = loaded.filter(([handle]) => handle !== "0").map(([key, { name, exports }]) => {
    const handle = Number(key);
    const [memoryBase, , tableBase, tableSize] = module.HEAPU32.subarray((handle + 12) >> 2, (handle + 28) >> 2);
    return { exports, library: { path: name, handle, memoryBase, tableBase, tableSize } };
  });
  records.sort((one, other) => one.library.tableBase - other.library.tableBase);
  /** @type {Map<unknown, [number, string]>} */
  const origins = new Map();
  for (const [index, { exports }] of records.entries()) {
    for (const [name, value] of Object.entries(exports)) if (!origins.has(value)) origins.set(value, [index, name]);
  }
  const libraries = records.map(({ library }) => library);
  /** @type {Facts["slots"]} */
  const slots = [];
  for (let index = before.tableLength; index < module.wasmTable.length; index++) {
    if (libraries.some(({ tableBase, tableSize }) => index >= tableBase && index < tableBase + tableSize)) continue;
    const origin = origins.get(module.wasmTable.get(index));
    if (!origin) throw new SnapshotError(`The function at ${index} of the table is of no library.`);
    slots.push([index, ...origin]);
  }
  const symbols = Object.entries(module.GOT).filter(([name]) => !before.symbols.has(name));
  return {
    memoryBytes: module.HEAPU8.length,
    tableBefore: before.tableLength,
    tableAfter: module.wasmTable.length,
    libraries,
    slots,
    symbols: Object.fromEntries(symbols.map(([name, { value }]) => [name, value])),
  };
}

/**
 * Instantiate libraries where they were, and write memory back.
 * @param {Module} module in which no library is loaded yet
 * @param {Facts} facts
 * @param {WebAssembly.Module[]} compiled the libraries
 * @param {Uint8Array[]} memory the memory files
 */
export function restoreLibraries(module, facts, compiled, memory) {
  if (module.wasmTable.length > facts.tableBefore || module.HEAPU8.length > facts.memoryBytes) {
    throw new SnapshotError("The snapshot was made with another runtime.");
  }
  if (module.HEAPU8.length < facts.memoryBytes && !module.growMemory(facts.memoryBytes)) {
    throw new SnapshotError("There is not enough memory for the snapshot.");
  }
  module.wasmTable.grow(facts.tableAfter - module.wasmTable.length);
  const linked = facts.libraries.map((library, index) => {
    const exports = instantiate(module, /** @type {WebAssembly.Module} */ (compiled[index]), library);
    const record = module.newDSO(library.path, library.handle, exports);
    Object.assign(record, { refcount: 1, global: false });
    return exports;
  });
  for (const [index, library, name] of facts.slots) module.setWasmTableEntry(index, linked[library]?.[name]);
  for (const [name, value] of Object.entries(facts.symbols)) {
    module.GOT[name] ??= new WebAssembly.Global({ value: "i32", mutable: true });
    module.GOT[name].value = value;
  }
  const trampoline = trampolineOf(module);
  const trampolineHere = module.HEAPU32[trampoline];
  // Now only: instantiating has written each library's initial data.
  for (const [index, runs] of facts.parts.entries()) {
    let start = 0;
    for (const [address, bytes] of runs) {
      module.HEAPU8.set(/** @type {Uint8Array} */ (memory[index]).subarray(start, start + bytes), address);
      start += bytes;
    }
  }
  module.HEAPU32[trampoline] = trampolineHere;
}

/**
 * @param {Module} module
 * @returns {number} index of the word that tells CPython how to call functions of another signature than they have: a
 *   function in the table where the browser can check signatures itself, else 0
 */
function trampolineOf(module) {
  const offset = module.HEAPU32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2];
  const word = (module.__PyRuntime + offset) >> 2;
  if (!(word > 0 && word < module.HEAPU32.length)) throw new SnapshotError("The runtime is another one.");
  return word;
}

/**
 * As Emscripten's `loadWebAssemblyModule`, but at given places, and without the initial work that memory holds already.
 * @param {Module} module
 * @param {WebAssembly.Module} compiled
 * @param {Library} library
 * @returns {Record<string, any>} what it exports
 */
function instantiate(module, compiled, { path, memoryBase, tableBase }) {
  if (WebAssembly.Module.exports(compiled).some(({ name }) => FOREIGN.test(name))) {
    throw new SnapshotError(`${path} has JavaScript of its own.`);
  }
  const { weakImports, neededDynlibs } = module.getDylinkMetadata(compiled);
  if (neededDynlibs.length > 0) throw new SnapshotError(`${path} needs other libraries.`);
  /** @type {Record<string, any>} */
  let exports = {};
  /** @type {WebAssembly.ModuleImports} */
  const places = { __memory_base: memoryBase, __table_base: tableBase };
  const env = new Proxy(places, {
    get(known, /** @type {string} */ name) {
      // A symbol may be its own, known only when it is instantiated.
      const own = (/** @type {unknown[]} */ ...values) => exports[name](...values);
      return (known[name] ??= module.resolveGlobalSymbol(name).sym ?? own);
    },
  });
  const got = new Proxy(weakImports, module.GOTHandler);
  const instance = new WebAssembly.Instance(compiled, {
    env,
    wasi_snapshot_preview1: env,
    "GOT.mem": got,
    "GOT.func": got,
  });
  exports = module.relocateExports(instance.exports, memoryBase);
  return exports;
}

/**
 * @param {Facts} facts
 * @returns {Uint8Array<ArrayBuffer>} what `loadPyodide` takes as a snapshot, of no memory
 */
export function stateOf({ state }) {
  return Uint8Array.from(atob(state), (character) => character.charCodeAt(0));
}
