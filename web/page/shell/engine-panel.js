/** Shows the state of the engine: briefly in the header, in detail in its panel, and its version in the footer. */

import { announce } from "../lib/announce.js";
import { copyFrom } from "../lib/clipboard.js";
import { button, fillFacts, listen, part, ref, setProgress } from "../lib/dom.js";
import { errorDetail } from "../lib/errors.js";
import { formatCount, formatPercent } from "../lib/format.js";
import { plural, t } from "../lib/texts.js";
import { chosenDevice, hasGpu, rememberDevice } from "./gpu-choice.js";

/** @import { EngineState, Onsight } from "../client.js" */
/** @import { Offline } from "./offline.js" */
/** @import { EngineInfo } from "../../protocol.d.ts" */

/**
 * @param {Onsight} onsight
 * @param {Offline} offline
 */
export function setUpEnginePanel(onsight, offline) {
  const panel = ref(document, "engine");
  const pill = button(document, "engine-pill");
  const pillText = ref(document, "engine-pill-text");
  const barProgress = part(document, "engine-progress", HTMLProgressElement);
  const progress = part(document, "engine-panel-progress", HTMLProgressElement);
  const title = ref(document, "engine-title");
  const text = ref(document, "engine-text");
  const facts = ref(document, "engine-facts");
  const failed = ref(document, "engine-failed");
  const foot = ref(document, "foot-engine");

  button(failed, "engine-retry").addEventListener("click", () => onsight.restart().catch(() => {}));
  const copyDetail = button(failed, "engine-copy");
  copyDetail.addEventListener("click", () => {
    const { engine } = onsight;
    if (engine.state === "failed") copyFrom(copyDetail, errorDetail(engine.error));
  });

  setUpGpuSwitch(onsight, panel);

  let state = "";
  const show = () => {
    const { engine } = onsight;
    pill.dataset.state = panel.dataset.state = engine.state;
    const loading = engine.state === "loading";
    const fraction = loading ? engine.fraction : null;
    barProgress.hidden = progress.hidden = !loading;
    setProgress(barProgress, fraction);
    setProgress(progress, fraction);
    pillText.textContent = pillWords(engine);
    title.textContent = titleWords(engine);
    text.textContent = explanation(engine);
    failed.hidden = engine.state !== "failed";
    fillFacts(facts, engine.state === "ready" ? engineFacts(engine.info, onsight.workers, offline.isReady) : []);
    foot.textContent = engine.state === "ready" ? t("Onsight {version}", { version: engine.info.version }) : "";
    if (engine.state !== state && engine.state !== "loading") announce(titleWords(engine));
    state = engine.state;
  };
  onsight.addEventListener("engine", show);
  onsight.addEventListener("workers", show);
  offline.on("change", show);
  // The device that runs the networks can change at any time: a GPU can get lost.
  listen(panel, "beforetoggle", show);
  show();
}

/**
 * Set up the switch for the GPU, which is shown if there is a GPU.
 * @param {Onsight} onsight
 * @param {HTMLElement} panel
 */
function setUpGpuSwitch(onsight, panel) {
  const choice = ref(panel, "engine-gpu");
  const toggle = part(choice, "gpu", HTMLInputElement);
  const note = ref(choice, "gpu-note");
  // Checked when the panel is opened, because the check may have to wake up a GPU.
  panel.addEventListener(
    "beforetoggle",
    async () => {
      toggle.checked = (await chosenDevice()) === "webgpu";
      choice.hidden = !(await hasGpu());
    },
    { once: true },
  );
  listen(toggle, "change", async () => {
    const isWanted = toggle.checked;
    const device = isWanted ? "webgpu" : "wasm";
    rememberDevice(device);
    note.textContent = t("Switching…");
    let isUsed = !isWanted;
    let problem = "";
    try {
      isUsed = (await onsight.setDevice(device)).provider === "webgpu";
      if (isUsed !== isWanted) problem = t("The GPU could not be used, so the networks still run on the processor.");
    } catch (error) {
      problem = /** @type {Error} */ (error).message;
    }
    if (toggle.checked !== isWanted) return; // the user has changed it again
    toggle.checked = isUsed;
    rememberDevice(isUsed ? "webgpu" : "wasm");
    note.textContent = problem;
  });
}

/** @param {EngineState} engine */
function pillWords(engine) {
  if (engine.state === "loading") {
    if (engine.fraction === null) return t("Starting…");
    return formatPercent(Math.floor(engine.fraction * 100) / 100);
  }
  return { ready: t("Ready"), failed: t("Failed"), closed: t("Closed") }[engine.state];
}

/** @param {EngineState} engine */
function titleWords(engine) {
  if (engine.state === "loading") return engine.text;
  if (engine.state === "ready") return t("The engine is ready");
  return engine.state === "failed" ? t("The engine did not start") : t("The engine is closed");
}

/** @param {EngineState} engine */
function explanation(engine) {
  if (engine.state === "loading") return t("You can add pictures now. They are queued and start automatically.");
  if (engine.state === "failed") return engine.error.message;
  if (engine.state === "ready") return t("It runs in this tab, on your own device.");
  return "";
}

/**
 * @param {EngineInfo} info
 * @param {number} workers
 * @param {boolean} isOffline whether it works without a network
 * @returns {[string, string][]}
 */
function engineFacts({ version, models, provider, threads, isolated }, workers, isOffline) {
  return [
    [t("Version"), version],
    [t("Models"), models.join(", ")],
    [t("Works offline"), isOffline ? t("Yes, everything is on this device") : t("Not yet")],
    [t("Workers"), plural(workers, "{count}", "{count}, while many pictures are queued")],
    [t("Networks run on"), provider === "webgpu" ? t("the GPU") : t("the processor")],
    [t("Threads"), threadsText(threads, isolated)],
  ];
}

/**
 * @param {number} threads
 * @param {boolean} isolated whether the page may use several threads
 */
function threadsText(threads, isolated) {
  if (threads > 1) return formatCount(threads);
  return isolated ? t("1, single-threaded") : t("1, single-threaded (this page’s host does not allow more)");
}
