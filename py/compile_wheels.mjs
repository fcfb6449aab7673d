/**
 * Compile wheels to bytecode with the very interpreter that will run them.
 *
 *     node py/compile_wheels.mjs TARGET_FOLDER WHEEL…
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const { loadPyodide } = await import(here("../web/node_modules/pyodide/pyodide.mjs"));

const [target, ...wheels] = process.argv.slice(2);
const pyodide = await loadPyodide();
pyodide.FS.writeFile("/compile_wheel.py", await readFile(here("compile_wheel.py")));
pyodide.runPython("import sys; sys.path.insert(0, '/')");
const { compile_wheel: compileWheel } = pyodide.pyimport("compile_wheel");
for (const wheel of wheels) {
  pyodide.FS.writeFile("/in.whl", await readFile(wheel));
  compileWheel("/in.whl", "/out.whl");
  await writeFile(join(target, basename(wheel)), pyodide.FS.readFile("/out.whl"));
}
