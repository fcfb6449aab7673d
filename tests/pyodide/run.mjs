/**
 * Run pytest in Pyodide: node tests/pyodide/run.mjs PLAN.json (see suite.py).
 */
import { readFile } from "node:fs/promises";
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { startPython } from "../../web/node_python.mjs";

const plan = JSON.parse(await readFile(process.argv[2], "utf-8"));
const runtime = join(plan.dist, "runtime");
const folders = ["first", "later"].map((folder) => join(runtime, "python", folder));
const pyodide = await startPython(join(runtime, "pyodide"), folders, {
  env: { HOME: "/home", HYPOTHESIS_STORAGE_DIRECTORY: "/tmp/hypothesis" },
});

const { FS } = pyodide;
/** @param {string} source @param {string} target */
function lend(source, target) {
  FS.mkdirTree(target);
  pyodide.mountNodeFS(target, source);
}

for (const path of plan.packages) {
  const target = `/lib/lent/${basename(path)}`;
  if (statSync(path).isDirectory()) {
    lend(path, target);
  } else {
    FS.mkdirTree("/lib/lent");
    FS.writeFile(target, await readFile(path));
  }
}
for (const [name, source] of Object.entries(plan.samples)) lend(source, `/lib/lent/${name}`);
for (const name of ["tests", "models"]) lend(join(plan.root, name), `/onsight/${name}`);
FS.writeFile("/onsight/pyproject.toml", await readFile(join(plan.root, "pyproject.toml")));

const run = pyodide.runPython(`
import os, sys
sys.path.append("/lib/lent")
sys.dont_write_bytecode = True
os.chdir("/onsight")

def run(arguments):
    import pytest
    return int(pytest.main(arguments.to_py()))
run
`);
process.exitCode = run(plan.arguments);
