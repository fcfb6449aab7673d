/**
 * Print which files of Python a start and a first label read, as JSON of their names below the library folder.
 *
 *     node web/trace_first_label.mjs RUNTIME ARCHIVES SHAPES MODEL…
 *
 * RUNTIME is the folder with Pyodide, ARCHIVES one with archives of everything, SHAPES the JSON of the shapes of the
 * network's outputs, each MODEL the folder of a model, that of the classifier first.
 */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { scopeOf, startPython } from "./node_python.mjs";
import { LIBRARY } from "./worker/archive.js";

const [runtime, archives, shapes, ...models] = process.argv.slice(2);
const pyodide = await startPython(runtime, [archives]);
const texts = await Promise.all(
  models.map(async (folder) => {
    const text = (name) => readFile(join(folder, name), "utf-8");
    return [basename(folder), await text("model.json"), await text("labels.txt").catch(() => "")];
  }),
);
const scope = await scopeOf(pyodide, fileURLToPath(new URL("../py/trace_first_label.py", import.meta.url)));
console.log(scope.get("trace")(JSON.stringify(texts), shapes, `${LIBRARY}/`));
