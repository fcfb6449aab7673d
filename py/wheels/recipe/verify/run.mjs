// Run a Python script in Pyodide under Node, with wheels loaded; its output is this process's output.
//
// usage: node run.mjs PYODIDE_PACKAGE WHEELS SCRIPT ARGUMENT…
// WHEELS is a comma-separated list of paths. /build is mounted where it is outside, so that paths mean the same in the
// script. Exits with the script's status.
import { pathToFileURL } from "node:url";

const [packageDirectory, wheels, script, ...argv] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${packageDirectory}/pyodide.mjs`).href);
const pyodide = await loadPyodide({
  indexURL: `${packageDirectory}/`,
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
});
await pyodide.loadPackage(wheels.split(","), { messageCallback: () => {}, checkIntegrity: false });
pyodide.FS.mkdirTree("/build");
pyodide.mountNodeFS("/build", "/build");
pyodide.FS.mkdirTree("/recipe");
pyodide.mountNodeFS("/recipe", "/recipe");

const run = pyodide.runPython(`
def run(script, *argv):
    import runpy, sys, traceback
    sys.argv = [script, *argv]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
run`);
process.exit(run(script, ...argv));
