/**
 * Bundles the page and the workers of an assembled site, so that a first visit on a slow network does not load one module
 * after another.
 *
 *     node web/bundle.mjs SITE
 *
 * The site holds the sources. Entry points keep their addresses; code that several of them share becomes chunks in `page/`;
 * the other sources are removed. index.html lists the modules that an entry point imports, so that the browser loads them
 * at the same time.
 */

import { readFile, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Where index.html wants the list of modules. */
const PLACEHOLDER = "<!-- The build puts the list of modules here. -->";

const APP = "page/app.js";

/** Runs before the first paint, so it is not a module. */
const CLASSIC_SCRIPT = "page/shell/before-paint.js";

const STYLE = "style.css";
const NODE_MODULES = fileURLToPath(new URL("node_modules", import.meta.url));

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Usage: node web/bundle.mjs SITE");
const site = resolve(folder);

const tools = (await readdir(join(site, "page/tools"))).sort().map((tool) => `page/tools/${tool}/view.js`);

/** @type {import("esbuild").BuildOptions & {metafile: true}} */
const OPTIONS = {
  absWorkingDir: site,
  allowOverwrite: true,
  bundle: true,
  charset: "utf8",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "inline",
  logLevel: "warning",
  metafile: true,
};

/** @type {import("esbuild").BuildOptions & {metafile: true}} */
const MODULES = { ...OPTIONS, outdir: site, outbase: site, format: "esm", target: "es2023", nodePaths: [NODE_MODULES] };

const page = await build({
  ...MODULES,
  entryPoints: [APP, "page/client.js", "page/tools/organise/backup.js", ...tools],
  // Modules find the site from their own address, so chunks are one folder below it.
  chunkNames: "page/[name]-[hash]",
  splitting: true,
});

// Each worker has its own modules in any case, so each is one file.
const workers = await build({
  ...MODULES,
  entryPoints: ["worker/worker.js", "worker/networks-worker.js"],
  external: ["../runtime/*"],
});

const styles = [await build({ ...OPTIONS, entryPoints: ["css/page.css"], outfile: join(site, "css/page.css"), external: ["*.woff2"] })];
for (const folder of ["page/workspace", ...tools.map(dirname)]) styles.push(await joinStyles(folder));

const results = [page, workers, ...styles].map(({ metafile }) => metafile);
const written = new Set(results.flatMap(({ outputs }) => Object.keys(outputs)));
await checkDepth([...written].filter((address) => address.endsWith(".js")));
await writeModules(page.metafile.outputs);
for (const folder of ["common", "css", "page", "worker"]) await removeSources(folder);

/**
 * Make one style sheet of a folder's, in the order of their names after style.css, which the others may override.
 * @param {string} folder address below the site
 */
async function joinStyles(folder) {
  const names = (await readdir(join(site, folder))).filter((name) => name.endsWith(".css") && name !== STYLE).sort();
  const contents = [STYLE, ...names].map((name) => `@import "./${name}";`).join("\n");
  // Written from memory, since style.css is both a source and the result.
  return build({ ...OPTIONS, stdin: { contents, resolveDir: join(site, folder), loader: "css" }, outfile: join(site, folder, STYLE) });
}

/**
 * Fail if a module that asks for its own address is not one folder below the site.
 * @param {string[]} addresses
 */
async function checkDepth(addresses) {
  for (const address of addresses) {
    const text = await readFile(join(site, address), "utf8");
    if (text.includes("import.meta.url") && address.split("/").length !== 2) {
      throw new Error(`${address} uses import.meta.url, but it is not one folder below the site. Use common/site.js.`);
    }
  }
}

/**
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @param {string} entry address of an entry point
 * @returns {Set<string>} addresses of this module and of all that it imports statically
 */
function modulesOf(outputs, entry) {
  const modules = new Set([entry]);
  for (const address of modules) {
    for (const { path, kind, external } of outputs[address]?.imports ?? []) {
      if (kind !== "import-statement") continue;
      modules.add(external ? join(dirname(address), path) : path);
    }
  }
  return modules;
}

/**
 * List the modules of the page in index.html, and those of each tool in a template for `page/shell/tool-loader.js`.
 * @param {import("esbuild").Metafile["outputs"]} outputs
 */
async function writeModules(outputs) {
  const app = modulesOf(outputs, APP);
  const link = (/** @type {string} */ address) => `<link rel="modulepreload" href="${address}" />`;
  const lines = [...app].map(link);
  for (const tool of tools) {
    const own = [...modulesOf(outputs, tool)].filter((address) => !app.has(address));
    lines.push(`<template data-modules="${dirname(tool)}/">${own.map(link).join("")}</template>`);
  }
  const file = join(site, "index.html");
  const parts = (await readFile(file, "utf8")).split(PLACEHOLDER);
  if (parts.length !== 2) throw new Error("index.html has no place for the list of modules.");
  await writeFile(file, parts.join(lines.join("\n    ")));
}

/**
 * Remove the sources in a folder, which are in the bundles now, and folders that are empty then.
 * @param {string} folder address below the site
 */
async function removeSources(folder) {
  for (const entry of await readdir(join(site, folder), { withFileTypes: true })) {
    const address = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await removeSources(address);
    else if (/\.(?:css|js)$/.test(address) && !written.has(address) && address !== CLASSIC_SCRIPT) await rm(join(site, address));
  }
  if (!(await readdir(join(site, folder))).length) await rmdir(join(site, folder));
}
