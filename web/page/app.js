/** Puts the page together: one engine, the loaded pictures, the work of each tool, the views. */

import { announce } from "./announce.js";
import { Batch } from "./batch.js";
import { Deletion } from "./deletion.js";
import { Onsight } from "./client.js";
import { setUpEnginePanel } from "./engine-panel.js";
import { formatPlural } from "./format.js";
import { wantsGraphics } from "./graphics.js";
import { chooseFiles, setUpIntake } from "./intake.js";
import { Offline } from "./offline.js";
import { Pictures } from "./pictures.js";
import { Organiser } from "./organise/organiser.js";
import { currentRoute, goToTool, setUpRouter } from "./router.js";
import { TOOLS } from "./routes.js";
import { setUpShared } from "./shared.js";
import { onKeys, setUpShortcuts } from "./shortcuts.js";
import { setUpTheme } from "./theme.js";

/** @import { CallOptions } from "./client.js" */
/** @import { FileWithPath } from "./intake.js" */
/** @import { Tool } from "./routes.js" */

/**
 * @typedef {object} App
 * @property {Onsight} onsight
 * @property {Pictures} pictures
 * @property {readonly Tool[]} tools
 * @property {<Result>(tool: string, run: (file: File, options: CallOptions) => Promise<Result>) => Batch<Result>} batch
 *   the work of a tool, which goes on while other views are shown; `run` counts the first time only
 * @property {Deletion} deletion of everything that is kept on this device
 * @property {Organiser} organiser the library, from the first time that it is wanted
 */

const pictures = new Pictures();
/** @type {Map<string, Batch<any>>} */
const batches = new Map();
/** @type {Organiser | undefined} */
let organiser;
const isBusy = () => (organiser?.busy ?? false) || [...batches.values()].some(({ busy }) => busy);
const offline = new Offline({ isBusy, countPictures: () => pictures.items.length, stop: () => onsight.close() });
const onsight = Onsight.create({ after: offline.settled, graphics: wantsGraphics() });

/** @type {App} */
const app = {
  onsight,
  pictures,
  tools: TOOLS,
  deletion: new Deletion(async () => {
    onsight.close();
    await organiser?.close();
  }),
  batch(tool, run) {
    let batch = batches.get(tool);
    if (!batch) batches.set(tool, (batch = new Batch(onsight, pictures, run)));
    return batch;
  },
  get organiser() {
    return (organiser ??= new Organiser(onsight));
  },
};

setUpTheme();
setUpEnginePanel(onsight, offline);
setUpShortcuts();
onKeys({ o: chooseFiles });
setUpRouter(app);
setUpIntake(receive);
setUpShared(receive);
onsight.ready.then(() => offline.keep(() => onsight.keepAll())).catch(() => {}); // next time

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
  const { receive: take } = currentRoute();
  if (take) return take(app, files, isWhole, beside);
  pictures.add(files);
  announce(`${formatPlural(files.length, "picture")} added.`);
  goToTool();
}
