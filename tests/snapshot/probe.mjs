/**
 * Start the site's Python in Node, ordinarily or from its snapshot, and print what tests/snapshot/probe.py finds:
 *
 *     node tests/snapshot/probe.mjs SITE ordinary|restored|MEMBER=JSON
 *
 * MEMBER=JSON changes one of the snapshot's facts first.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { archivesIn } from "../../web/node_python.mjs";
import { LIBRARY, install } from "../../web/worker/archive.js";
import { restoreLibraries, stateOf } from "../../web/worker/snapshot.js";

const [site, how] = process.argv.slice(2);
const from = (...parts) => import(pathToFileURL(join(site, ...parts)).href);
const { loadPyodide } = await from("runtime", "pyodide", "pyodide.mjs");

const folders = ["first", "later"].map((folder) => join(site, "runtime", "python", folder));
const archives = (await Promise.all(folders.map(archivesIn))).flatMap((found) => [...found.values()]);

const options = {
  indexURL: join(site, "runtime", "pyodide") + "/",
  env: { PYTHONPATH: LIBRARY },
  fsInit: (fs) => install(fs, LIBRARY, archives),
};
if (how !== "ordinary") {
  const folder = join(site, "runtime", "snapshot");
  const facts = JSON.parse(await readFile(join(folder, "facts.json"), "utf-8"));
  if (how !== "restored") facts[how.split("=")[0]] = JSON.parse(how.split("=")[1]);
  const memory = await Promise.all(facts.parts.map((_, index) => readFile(join(folder, `memory-${index}.bin`))));
  const files = new Map(archives.flatMap((archive) => [...archive]));
  const compiled = await Promise.all(
    facts.libraries.map(({ path }) => WebAssembly.compile(files.get(path.slice(LIBRARY.length + 1)))),
  );
  const { default: create } = await from("runtime", "pyodide", "pyodide.asm.mjs");
  options._loadSnapshot = stateOf(facts);
  options.createPyodideModule = async (settings) => {
    const module = await create(settings);
    try {
      restoreLibraries(module, facts, compiled, memory);
    } catch ({ message }) {
      console.log(JSON.stringify({ error: message }));
      process.exit(0);
    }
    return module;
  };
}
const pyodide = await loadPyodide(options);
if (how !== "ordinary") pyodide.pyimport("onsight.page.snapshot").wake();
const probe = fileURLToPath(new URL("probe.py", import.meta.url));
const scope = pyodide.toPy({ __name__: "probe" });
pyodide.runPython(await readFile(probe, "utf-8"), { globals: scope });
console.log(scope.get("probe")());
