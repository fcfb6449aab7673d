"""What is measured in a browser: our page and other libraries, each behind the same two functions.

A subject's ``BOOT`` is run on an empty page of its site. It loads the library and the network, and leaves
``globalThis.ask(method, blob)``, which answers ``{labels, …milliseconds by stage}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.bench.page import STORED_DATA
from tests.bench.peer_sites import CLASSIFIER, RUNTIMES

_ONSIGHT = """async ({ workers }) => {
  const { Onsight } = await import("./page/client.js");
  globalThis.onsight = await Onsight.start({ workers });
  globalThis.ask = async (method, blob) => {
    let stages;
    const result = await onsight[method](blob, { onTimings: (ms) => { stages = ms; } });
    return { ...stages, labels: result.boxes ? result.boxes.map((box) => box.label) : [result.label] };
  };
  return { threads: onsight.engine.info.threads, workers: onsight.workers };
}"""

_TRANSFORMERS = """async ({ threads, model, runtime }) => {
  const { env, pipeline, RawImage } = await import("./transformers.min.js");
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = "/models/";
  const wasm = env.backends.onnx.wasm;
  wasm.wasmPaths = { mjs: `/${runtime}.mjs`, wasm: `/${runtime}.wasm` };
  wasm.numThreads = threads;
  const classifier = await pipeline("image-classification", model, { device: "wasm", dtype: "fp32" });
  // A pipeline calls its parts by these methods.
  let spent;
  const timed = (part, stage) => {
    const call = part._call.bind(part);
    part._call = async (...values) => {
      const started = performance.now();
      const result = await call(...values);
      spent[stage] = performance.now() - started;
      return result;
    };
  };
  timed(classifier.processor, "preprocess");
  timed(classifier.model, "infer");
  globalThis.ask = async (_, blob) => {
    spent = {};
    const started = performance.now();
    const image = await RawImage.read(blob);
    const decoded = performance.now();
    const found = await classifier(image);
    const decode = decoded - started;
    const postprocess = performance.now() - decoded - spent.preprocess - spent.infer;
    return { decode, ...spent, postprocess, labels: [found[0].label] };
  };
  return { threads: wasm.numThreads, workers: 1 };
}"""

_COCO_SSD = """async ({ threads }) => {
  for (const name of ["tf.min.js", "tf-backend-wasm.min.js", "coco-ssd.min.js"]) {
    await new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), {
        src: `/${name}`, async: false, onload: resolve, onerror: reject,
      }));
    });
  }
  tf.wasm.setWasmPaths("/");
  tf.wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  await tf.ready();
  const detector = await cocoSsd.load({ modelUrl: "/model/model.json" });
  globalThis.ask = async (_, blob) => {
    const started = performance.now();
    const image = await createImageBitmap(blob);
    const decode = performance.now() - started;
    const found = await detector.detect(image);
    image.close();
    return { decode, infer: performance.now() - started - decode, labels: found.map((one) => one.class) };
  };
  return { threads: tf.wasm.getThreadsCount(), workers: 1 };
}"""


@dataclass(frozen=True)
class Subject:
    """Something that looks at pictures in a browser.

    Attributes:
        id: In reports.
        name: For people.
        boot: The script, see above.
        options: For it, beside the number of threads.
        methods: What it can do: ``classify``, ``detect``.
        site: Folder to serve; None is our built site.
        page: Address of an empty page there.
        settle: Script to run after a first visit, for what it prepares for later ones.
    """

    id: str
    name: str
    boot: str
    options: dict[str, str]
    methods: tuple[str, ...]
    site: Path | None
    page: str = ""
    settle: str = "undefined"


def onsight() -> Subject:
    """Return our page."""
    return Subject("onsight", "Onsight", _ONSIGHT, {}, ("classify", "detect"), None, "manifest.json", STORED_DATA)


def transformers(site: Path, runtime: str = RUNTIMES[0]) -> Subject:
    """Return transformers.js, on one of onnxruntime's builds."""
    plain = runtime != RUNTIMES[0]
    name = "transformers.js, build without WebGPU" if plain else "transformers.js"
    options = {"model": CLASSIFIER, "runtime": runtime}
    return Subject("transformers-plain" if plain else "transformers", name, _TRANSFORMERS, options, ("classify",), site)


def coco_ssd(site: Path) -> Subject:
    """Return coco-ssd on TensorFlow.js's WebAssembly backend."""
    return Subject("coco-ssd", "coco-ssd", _COCO_SSD, {}, ("detect",), site)
