/**
 * Label pictures with only the archives that a first label needs; print which modules were missed, as JSON:
 *
 *     node tests/first_label/label.mjs SITE SHAPES FOLDER
 */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { archivesIn, scopeOf, startPython } from "../../web/node_python.mjs";

process.on("uncaughtException", ({ message }) => {
  console.error(message); // not with the line of code: Pyodide's is a megabyte long
  process.exit(1);
});

const [site, shapes, folder] = process.argv.slice(2);
const python = (/** @type {string} */ part) => join(site, "runtime", "python", part);
const pyodide = await startPython(join(site, "runtime", "pyodide"), [python("first")]);
const later = [...(await archivesIn(python("later"))).values()].flatMap((files) => [...files.keys()]);
const models = JSON.parse(await readFile(join(site, "manifest.json"), "utf-8")).models;
const texts = await Promise.all(
  models.map(async (/** @type {string} */ model) => {
    const text = (/** @type {string} */ name) => readFile(join(site, "models", model, name), "utf-8");
    return [model, await text("model.json"), await text("labels.txt").catch(() => "")];
  }),
);
const scope = await scopeOf(pyodide, fileURLToPath(new URL("label.py", import.meta.url)));
const label = scope.get("label");
for (const name of await readdir(folder)) label(new Uint8Array(await readFile(join(folder, name))), JSON.stringify(texts), shapes);
console.log(scope.get("report")(JSON.stringify(later)));
