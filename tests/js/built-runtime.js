/** Lets modules import what the build puts into runtime/ from the npm package itself. Import it before them. */

import { register } from "node:module";

const package_ = new URL("../../web/node_modules/client-zip/index.js", import.meta.url).href;
const hook = `export async function resolve(specifier, context, next) {
  return next(specifier.endsWith("/runtime/client-zip/client-zip.mjs") ? "${package_}" : specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
