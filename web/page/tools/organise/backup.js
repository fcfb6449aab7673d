/** Saves all libraries, before everything that is stored on this device is deleted. */

import { download } from "../../lib/download.js";
import { formatPlural } from "../../lib/format.js";
import { organiserOf } from "./organiser.js";

/** @import { App } from "../../workspace/app.js" */

/**
 * Save every library as a file.
 * @param {App} app
 * @param {(text: string) => void} report how it ended, in a sentence
 */
export async function saveLibraries(app, report) {
  const { importer, library } = organiserOf(app);
  if (importer.busy) throw new Error("Pictures are being taken in. Cancel that in Organise, then save.");
  await library.start();
  if (library.state.state === "elsewhere") await library.takeOver();
  await library.opened(new AbortController().signal);
  const before = library.state.state === "open" ? library.state.name : null;
  const libraries = await library.list();
  for (const { name } of libraries) {
    await library.switchTo(name);
    const file = await library.copy();
    download(file, file.name);
  }
  if (before !== null) await library.switchTo(before);
  report(`${formatPlural(libraries.length, "file")} saved to your downloads. Look there before you delete.`);
}
