/**
 * Make the snapshot of Python that the site ships, from the files of the site: see worker/snapshot.js.
 *
 *     node web/make_snapshot.mjs SITE TARGET MODEL…
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { scopeOf, startPython } from "./node_python.mjs";
import { beforeLibraries, recordLibraries } from "./worker/snapshot.js";

/** Memory is written in blocks, those that are all zero left out. */
const BLOCK = 1024;

/** Some hosts refuse larger files than 25 MiB. */
const PART_BYTES = 20 << 20;

/** The runtime's own files, without which no memory fits. */
const RUNTIME = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"];

/** What Pyodide writes before the memory: magic number, offset of the memory, … */
const OFFSET_WORD = 1;

process.on("uncaughtException", ({ message }) => {
  console.error(message); // not with the line of code: Pyodide's is a megabyte long
  process.exit(1);
});

const [site, target, ...models] = process.argv.slice(2);
const pythonFolder = join(site, "runtime", "python");
const pyodideFolder = join(site, "runtime", "pyodide");
const folders = ["first", "later"];
const pyodide = await startPython(pyodideFolder, folders.map((folder) => join(pythonFolder, folder)), {
  // Every visitor gets the same snapshot, so its hashes cannot be secret; make them the same in each build, too.
  env: { PYTHONHASHSEED: "0" },
  _sysExecutable: "./this.program", // as in a browser
  _makeSnapshot: true,
});
const module = pyodide._module;
const before = beforeLibraries(module);

const scope = await scopeOf(pyodide, fileURLToPath(new URL("../py/prepare_snapshot.py", import.meta.url)));
const texts = await Promise.all(
  models.map(async (model) => {
    const text = (name) => readFile(join(site, "models", model, name), "utf-8");
    return [model, await text("model.json"), await text("labels.txt").catch(() => "")];
  }),
);
const prepare = scope.get("prepare");
prepare(JSON.stringify(texts));
prepare.destroy();
scope.destroy();
pyodide.runPython("import gc; gc.collect()");

clearFreeMemory();
const facts = recordLibraries(module, before);
const snapshot = pyodide.makeMemorySnapshot();
const offset = new Uint32Array(snapshot.buffer)[OFFSET_WORD];
const parts = partsOf(snapshot.subarray(offset));
await mkdir(target, { recursive: true });
for (const [index, { bytes }] of parts.entries()) await writeFile(join(target, `memory-${index}.bin`), bytes);
const archives = await Promise.all(
  folders.map(async (folder) =>
    (await readdir(join(pythonFolder, folder)))
      .filter((name) => name.endsWith(".zip"))
      .sort()
      .map((name) => `runtime/python/${folder}/${name}`),
  ),
);
const madeWith = [...archives.flat(), ...RUNTIME.map((name) => `runtime/pyodide/${name}`)];
const hashes = await Promise.all(
  madeWith.map(async (path) => [path, createHash("sha256").update(await readFile(join(site, path))).digest("hex")]),
);
const description = {
  madeWith: Object.fromEntries(hashes),
  state: Buffer.from(snapshot.subarray(0, offset)).toString("base64"),
  ...facts,
  parts: parts.map(({ runs }) => runs),
};
await writeFile(join(target, "facts.json"), JSON.stringify(description));

/** Overwrite what was freed and would be shipped for nothing: take every free piece that there is, and give all back. */
function clearFreeMemory() {
  const held = [];
  for (let size = 1 << 20; size >= 16; size >>= 1) {
    for (let end = module._sbrk(0); module._sbrk(0) === end; ) {
      const piece = module._malloc(size);
      module.HEAPU8.fill(0, piece, piece + size);
      held.push(piece);
    }
  }
  for (const piece of held) module._free(piece);
}

/**
 * @param {Uint8Array} memory
 * @returns {{runs: [number, number][], bytes: Uint8Array}[]} what is not zero, in files of a bounded size
 */
function partsOf(memory) {
  const parts = [{ runs: [], bytes: 0 }];
  for (let start = 0; start < memory.length; start += BLOCK) {
    if (!memory.subarray(start, start + BLOCK).some(Boolean)) continue;
    if (parts.at(-1).bytes + BLOCK > PART_BYTES) parts.push({ runs: [], bytes: 0 });
    const part = parts.at(-1);
    const last = part.runs.at(-1);
    if (last && last[0] + last[1] === start) last[1] += BLOCK;
    else part.runs.push([start, BLOCK]);
    part.bytes += BLOCK;
  }
  return parts.map(({ runs }) => ({
    runs,
    bytes: Buffer.concat(runs.map(([start, bytes]) => memory.subarray(start, start + bytes))),
  }));
}
