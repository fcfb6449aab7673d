/** What the engine does now: in the header at a glance, in its panel in full, in the footer when it is ready. */

import { announce } from "../lib/announce.js";
import { copyFrom } from "../lib/clipboard.js";
import { button, fillFacts, listen, part, ref, setProgress } from "../lib/dom.js";
import { errorDetail } from "../lib/errors.js";
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
    foot.textContent = engine.state === "ready" ? `Onsight ${engine.info.version}` : "";
    if (engine.state !== state && engine.state !== "loading") announce(titleWords(engine));
    state = engine.state;
  };
  onsight.addEventListener("engine", show);
  onsight.addEventListener("workers", show);
  offline.on("change", show);
  // What runs the networks can change by itself.
  listen(panel, "beforetoggle", show);
  show();
}

/**
 * The switch for the GPU, where there is one.
 * @param {Onsight} onsight
 * @param {HTMLElement} panel
 */
function setUpGpuSwitch(onsight, panel) {
  const choice = ref(panel, "engine-gpu");
  const toggle = part(choice, "gpu", HTMLInputElement);
  const note = ref(choice, "gpu-note");
  // Asked when somebody looks: a GPU may have to be woken for it.
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
    note.textContent = "Changing over…";
    let isUsed = !isWanted;
    let problem = "";
    try {
      isUsed = (await onsight.setDevice(device)).provider === "webgpu";
      if (isUsed !== isWanted) problem = "It could not be used, so the networks stay on the processor.";
    } catch (error) {
      problem = /** @type {Error} */ (error).message;
    }
    if (toggle.checked !== isWanted) return; // changed again meanwhile
    toggle.checked = isUsed;
    rememberDevice(isUsed ? "webgpu" : "wasm");
    note.textContent = problem;
  });
}

/** @param {EngineState} engine */
function pillWords(engine) {
  if (engine.state === "loading") return engine.fraction === null ? "Starting…" : `${Math.floor(engine.fraction * 100)}%`;
  return { ready: "Ready", failed: "Failed", closed: "Closed" }[engine.state];
}

/** @param {EngineState} engine */
function titleWords(engine) {
  if (engine.state === "loading") return engine.text;
  return { ready: "The engine is ready", failed: "The engine did not start", closed: "The engine is closed" }[
    engine.state
  ];
}

/** @param {EngineState} engine */
function explanation(engine) {
  if (engine.state === "loading") return "You can add pictures already. They wait in line and start by themselves.";
  if (engine.state === "failed") return engine.error.message;
  if (engine.state === "ready") return "It runs in this tab, on your own device.";
  return "";
}

/**
 * @param {EngineInfo} info
 * @param {number} workers
 * @param {boolean} isOffline whether it works with the network cut
 * @returns {[string, string][]}
 */
function engineFacts({ version, models, provider, threads, isolated }, workers, isOffline) {
  const why = isolated ? "" : " (this page’s host does not allow more)";
  return [
    ["Version", version],
    ["Model", models.join(", ")],
    ["Offline", isOffline ? "Yes: all of it is on this device" : "Not yet"],
    ["Workers", workers === 1 ? "1" : `${workers}, while many pictures wait`],
    ["Networks on", provider === "webgpu" ? "the GPU" : "the processor"],
    ["Threads", threads === 1 ? `1, single-threaded${why}` : String(threads)],
  ];
}
