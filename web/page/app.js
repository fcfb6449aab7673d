/** Starts the page: creates the engine, the list of pictures and the tools' work, and sets up the shell. */

import { announce } from "./lib/announce.js";
import { Batch } from "./workspace/batch.js";
import { Deletion } from "./shell/deletion.js";
import { Onsight } from "./client.js";
import { setUpEnginePanel } from "./shell/engine-panel.js";
import { plural } from "./lib/texts.js";
import { chosenDevice } from "./shell/gpu-choice.js";
import { chooseFiles } from "./lib/picture-files.js";
import { setUpFileInput } from "./shell/file-input.js";
import { Offline } from "./shell/offline.js";
import { Pictures } from "./workspace/pictures.js";
import { currentTool, goToTool, setUpRouter } from "./shell/router.js";
import { withTool } from "./shell/tool-loader.js";
import { TOOLS } from "./shell/tools.js";
import { setUpShareTarget } from "./shell/share-target.js";
import { onKeys, setUpShortcuts } from "./lib/shortcuts.js";
import { setUpTheme } from "./shell/theme.js";

/** @import { FileWithPath } from "./lib/picture-files.js" */
/** @import { App } from "./workspace/app.js" */

const pictures = new Pictures();
/** @type {Map<string, Batch<any>>} */
const batches = new Map();
/** @type {App["background"]} */
const background = new Set();
const isBusy = () => [...background, ...batches.values()].some(({ busy }) => busy);
const offline = new Offline({ isBusy, countPictures: () => pictures.items.length, stop: () => onsight.close() });
const onsight = Onsight.create({ after: offline.settled, device: chosenDevice() });

const deletion = new Deletion(async () => {
  onsight.close();
  await Promise.all([...background].map((work) => work.close()));
});

/** @type {App} */
const app = {
  onsight,
  pictures,
  tools: TOOLS,
  background,
  deleteAll: () => deletion.run(),
  batch(tool) {
    let batch = batches.get(tool.key);
    if (!batch) batches.set(tool.key, (batch = new Batch(onsight, pictures, tool)));
    return batch;
  },
};

setUpTheme();
setUpEnginePanel(onsight, offline);
setUpShortcuts();
onKeys({ o: chooseFiles });
setUpRouter(app);
setUpFileInput(receive);
setUpShareTarget(receive);
// Not before the first answer, which needs the network and the processor for itself.
onsight
  .whenIdle()
  .then(() => offline.cacheEngine(() => onsight.cacheAll()))
  .catch(() => {}); // next time

addEventListener("online", () => onsight.restart().catch(() => {})); // does nothing unless the start has failed

addEventListener("beforeunload", (event) => {
  if (isBusy()) event.preventDefault();
});

/**
 * @param {FileWithPath[]} files
 * @param {boolean} [isWhole] whether these are all the pictures of a folder
 * @param {FileWithPath[]} [beside] the other files of the same folders, such as sidecars and videos
 */
function receive(files, isWhole = false, beside = []) {
  if (!files.length) return;
  const tool = currentTool();
  if (tool?.receives) return withTool(tool, (module) => module.receive?.(app, files, isWhole, beside));
  pictures.add(files);
  announce(plural(files.length, "{count} picture added.", "{count} pictures added."));
  goToTool();
}
