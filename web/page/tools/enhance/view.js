/** Enhance: better light and colour, less noise, more pixels. */

import { notice } from "../../lib/announce.js";
import { EnhanceView } from "./enhance-view.js";
import { edits } from "./edits.js";
import { saveMany } from "./exporting.js";
import { recall, remember } from "./remembered.js";
import { shortSummary, summaryText } from "./wording.js";
import { plural, t } from "../../lib/texts.js";

// End-to-end tests reset it.
export { choices } from "./exporting.js";

/** @import { EnhanceAnalysis } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */

/** @type {Tool<EnhanceAnalysis>} */
const ENHANCE = {
  key: "enhance",
  get title() {
    return t("Enhance");
  },
  get lead() {
    return t("Better light and colour, less noise, more pixels.");
  },
  get again() {
    return t("Enhance it");
  },
  get stages() {
    return /** @type {const} */ ([
      ["analyse", t("Measuring light, colour and noise…"), t("Measuring")],
      ["postprocess", t("Choosing settings…"), t("Choosing")],
    ]);
  },
  found: (count) => plural(count, "{count} enhanced", "{count} enhanced"),
  unsure: {
    get name() {
      return t("Already fine");
    },
    count: (count) => plural(count, "{count} already fine", "{count} already fine"),
    isFine: true,
  },
  isUnsure: ({ changes }) => changes.length === 0,
  run: (onsight, file, options) => onsight.enhanceAnalysis(file, options),
  short: shortSummary,
  text: summaryText,
  data: (analysis) => ({ ...analysis, settings: edits.since(analysis), auto: analysis.settings }),
  saving: {
    get formats() {
      return { pictures: t("Pictures (ZIP)") };
    },
    isFirst: true,
    async save(onsight, looks, _format, { signal, onCount }) {
      const pictures = looks.map(({ picture }) => picture);
      const { saved, failures } = await saveMany(onsight, pictures, { signal, onProgress: onCount });
      const [first] = failures;
      if (!first) return;
      notice(
        [
          plural(saved, "{count} picture saved.", "{count} pictures saved."),
          plural(failures.length, "{count} could not be saved.", "{count} could not be saved."),
          t("{name}: {reason}", { name: first.picture.name, reason: first.error.message }),
        ].join(" "),
      );
    },
  },
};

/** @type {WeakSet<App>} */
const known = new WeakSet();

/**
 * Give every picture its settings when it has been analysed, even while another tool is shown.
 * @param {App} app
 */
function setUpEdits(app) {
  const { pictures } = app;
  const batch = app.batch(ENHANCE);
  batch.on("job", (picture) => {
    const job = batch.job(picture);
    if (job.state !== "done") return;
    if (!edits.begin(picture, job.result, recall(picture.file, job.result.settings))) return;
    notice(t("Your last settings for {name} are back. Undo removes them.", { name: picture.name }));
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
    notice(
      plural(
        lost.length,
        "{name} was removed. Its changes had not been saved.",
        "{count} pictures were removed whose changes had not been saved.",
        { name: first.name },
      ),
    );
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
