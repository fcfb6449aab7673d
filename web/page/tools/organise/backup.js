/** Saves all libraries as files, for users who are about to delete everything that is stored on this device. */

import { download } from "../../lib/download.js";
import { plural, t } from "../../lib/texts.js";
import { organiserOf } from "./organiser.js";

/** @import { App } from "../../workspace/app.js" */

/**
 * Save every library as a file.
 * @param {App} app
 * @param {(text: string) => void} report called with a sentence about the outcome
 * @throws {Error} an import is in progress, or a library cannot be read
 */
export async function saveLibraries(app, report) {
  const { importer, library } = organiserOf(app);
  if (importer.busy) throw new Error(t("An import is in progress. Cancel it in Organise, then save."));
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
  report(
    plural(
      libraries.length,
      "{count} file saved to your downloads. Check that it is there before you delete anything.",
      "{count} files saved to your downloads. Check that they are there before you delete anything.",
    ),
  );
}
