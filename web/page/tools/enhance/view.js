/** Enhance: better light and colour, less noise, more pixels. */

import { notice } from "../../lib/announce.js";
import { EnhanceView } from "./enhance-view.js";
import { edits } from "./edits.js";
import { saveMany } from "./exporting.js";
import { recall, remember } from "./remembered.js";
import { shortSummary, summaryText } from "./wording.js";
import { formatCount, formatPlural } from "../../lib/format.js";

/** @import { EnhanceAnalysis } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */

/** @type {Tool<EnhanceAnalysis>} */
const ENHANCE = {
  key: "enhance",
  title: "Enhance",
  lead: "Better light and colour, less noise, more pixels.",
  again: "Enhance it",
  stageWords: {
    queued: "Next in line…",
    read: "Reading the file…",
    decode: "Opening the picture…",
    analyse: "Measuring light, colour and noise…",
    postprocess: "Choosing settings…",
  },
  stageNames: [
    ["read", "Reading"],
    ["decode", "Decoding"],
    ["analyse", "Measuring"],
    ["postprocess", "Choosing"],
  ],
  found: "enhanced",
  unsure: { name: "Fine already", word: "fine already", isFine: true },
  isUnsure: ({ changes }) => changes.length === 0,
  run: (onsight, file, options) => onsight.enhanceAnalysis(file, options),
  short: shortSummary,
  text: summaryText,
  data: (analysis) => ({ ...analysis, settings: edits.since(analysis), auto: analysis.settings }),
  saving: {
    formats: { pictures: "Pictures (ZIP)" },
    isFirst: true,
    async save(onsight, looks, _format, { signal, onCount }) {
      const pictures = looks.map(({ picture }) => picture);
      const { saved, failures } = await saveMany(onsight, pictures, { signal, onProgress: onCount });
      const [first] = failures;
      if (!first) return;
      const others = failures.length > 1 ? `, and ${formatCount(failures.length - 1)} more` : "";
      notice(`${formatPlural(saved, "picture")} saved. ${first.picture.name} was not: ${first.error.message}${others}`);
    },
  },
};

/** @type {WeakSet<App>} */
const known = new WeakSet();

/**
 * What goes on while other tools are shown: every picture that was measured gets its settings.
 * @param {App} app
 */
function setUpEdits(app) {
  const { pictures } = app;
  const batch = app.batch(ENHANCE);
  batch.on("job", (picture) => {
    const job = batch.job(picture);
    if (job.state !== "done") return;
    if (!edits.begin(picture, job.result, recall(picture.file, job.result.settings))) return;
    notice(`Your last settings for ${picture.name} are back. Undo takes them away.`);
  });
  edits.on("change", (changed) => {
    for (const picture of changed) {
      const both = edits.both(picture);
      if (both) remember(picture.file, both.settings, both.start);
    }
  });
  pictures.on("remove", (removed) => {
    const lost = removed.filter((picture) => edits.isUnsaved(picture));
    edits.forget(removed);
    const [first] = lost;
    if (!first) return;
    const whose = lost.length === 1 ? first.name : formatPlural(lost.length, "picture");
    notice(`Removed with changes that were not saved: ${whose}.`);
  });
  addEventListener("beforeunload", (event) => {
    if (edits.hasUnsaved) event.preventDefault();
  });
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mount(host, app) {
  if (!known.has(app)) {
    known.add(app);
    setUpEdits(app);
  }
  const view = new EnhanceView(host, app, ENHANCE);
  return () => view.close();
}
