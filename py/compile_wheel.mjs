/**
 * Compile a wheel, or the standard library, to bytecode with the very interpreter that will run it.
 *
 *     node py/compile_wheel.mjs WHEEL|python_stdlib.zip TARGET
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const { loadPyodide } = await import(here("../web/node_modules/pyodide/pyodide.mjs"));

const [source, target] = process.argv.slice(2);
const pyodide = await loadPyodide();
pyodide.FS.writeFile("/compile_wheel.py", await readFile(here("compile_wheel.py")));
pyodide.runPython("import sys; sys.path.insert(0, '/')");
const module = pyodide.pyimport("compile_wheel");
pyodide.FS.writeFile("/source", await readFile(source));
(source.endsWith(".zip") ? module.compile_library : module.compile_wheel)("/source", "/target");
await writeFile(target, pyodide.FS.readFile("/target"));
