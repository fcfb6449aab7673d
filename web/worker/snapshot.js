/**
 * Snapshots of Python with NumPy, Pillow and Onsight imported.
 *
 * Pyodide can save and restore the memory of a bare interpreter. Extension modules need more: each is a WebAssembly
 * instance with data at a fixed address and functions at fixed indices of the table. The snapshot records these
 * addresses and indices. To restore it, the modules are instantiated at the same ones before memory is written back.
 *
 * This runs in Node, where the build makes the snapshot, and in the worker, which restores it. It uses what `Module`
 * exports of Emscripten's dynamic linker. If another version of Pyodide differs, it throws, and Python starts normally.
 */

/**
 * @typedef {any} Module Emscripten's
 * @typedef {object} Library an extension module
 * @property {string} path in Python's file system
 * @property {number} handle address of the linker's record
 * @property {number} memoryBase address of its data
 * @property {number} tableBase index of its first function in the table
 * @property {number} tableSize
 *
 * @typedef {object} Facts everything about the interpreter except the content of its memory
 * @property {Record<string, string>} madeWith SHA-256 of the files that the snapshot was made with, by path
 * @property {string} state Pyodide's own state, as base64
 * @property {number} memoryBytes
 * @property {number} tableBefore entries of the function table before the first library
 * @property {number} tableAfter entries after the last library
 * @property {Library[]} libraries in the order of loading
 * @property {[index: number, library: number, name: string][]} slots functions that the linker added between libraries
 * @property {Record<string, number>} symbols addresses that the linker has resolved since the start
 * @property {[address: number, bytes: number][][]} parts the ranges of memory that each memory file contains; the rest of
 *   memory is zero
 */

export class SnapshotError extends Error {}

/** Entries of the function table that the runtime may add before any library; how many depends on the browser. */
const SPARE_ENTRIES = 64;

/** Exports that a library must not have: its JavaScript code would have to be restored too. */
const FOREIGN = /^__em_js__|^__start_em_asm$/;

/**
 * @typedef {{tableLength: number, symbols: Set<string>}} Before the first library is loaded
 */

/**
 * Prepare a fresh interpreter for a snapshot.
 * @param {Module} module
 * @returns {Before}
 */
export function beforeLibraries(module) {
  module.wasmTable.grow(SPARE_ENTRIES);
  return { tableLength: module.wasmTable.length, symbols: new Set(Object.keys(module.GOT)) };
}

/**
 * Record what `restoreLibraries` needs to know about the loaded libraries.
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
    if (!origin) throw new SnapshotError(`The function at index ${index} of the table belongs to no library.`);
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
 * @param {Module} module without libraries
 * @param {Facts} facts
 * @param {WebAssembly.Module[]} compiled the libraries
 * @param {Uint8Array[]} memory the memory files
 */
export function restoreLibraries(module, facts, compiled, memory) {
  if (module.wasmTable.length > facts.tableBefore || module.HEAPU8.length > facts.memoryBytes) {
    throw new SnapshotError("The snapshot was made with a different runtime.");
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
  // Only now, because instantiating a library writes its initial data.
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
 * @returns {number} index of the word that controls how CPython calls functions whose signatures do not match: a function
 *   in the table if the browser can check signatures, otherwise 0
 */
function trampolineOf(module) {
  const offset = module.HEAPU32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2];
  const word = (module.__PyRuntime + offset) >> 2;
  if (!(word > 0 && word < module.HEAPU32.length)) throw new SnapshotError("The runtime is a different one.");
  return word;
}

/**
 * Like Emscripten's `loadWebAssemblyModule`, but at given addresses, and without initialisation: the memory in the
 * snapshot is initialised already.
 * @param {Module} module
 * @param {WebAssembly.Module} compiled
 * @param {Library} library
 * @returns {Record<string, any>} what it exports
 */
function instantiate(module, compiled, { path, memoryBase, tableBase }) {
  if (WebAssembly.Module.exports(compiled).some(({ name }) => FOREIGN.test(name))) {
    throw new SnapshotError(`${path} contains JavaScript.`);
  }
  const { weakImports, neededDynlibs } = module.getDylinkMetadata(compiled);
  if (neededDynlibs.length > 0) throw new SnapshotError(`${path} needs other libraries.`);
  /** @type {Record<string, any>} */
  let exports = {};
  /** @type {WebAssembly.ModuleImports} */
  const places = { __memory_base: memoryBase, __table_base: tableBase };
  const env = new Proxy(places, {
    get(known, /** @type {string} */ name) {
      // The symbol may be its own, which is known only after it has been instantiated.
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
 * @returns {Uint8Array<ArrayBuffer>} the snapshot for `loadPyodide`, without memory
 */
export function stateOf({ state }) {
  return Uint8Array.from(atob(state), (character) => character.charCodeAt(0));
}
