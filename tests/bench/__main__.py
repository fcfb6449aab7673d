"""Measure starting, classifying, tagging, detecting and enlarging in Chromium, the first two natively beside it.

python3 build.py bench [--runs N] [--megapixels N]

Prints JSON. Times are medians in milliseconds; machines differ and are shared, so compare the two columns of one run
and not the numbers of two.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Response, sync_playwright

from tests import chromium
from tests.bench import enhance

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from e2e.engine import ANSWER, PageEngine
from onsight.spec import ModelSpec
from onsight.tasks.upscale import UPSCALERS
from pictures import sample
from web.serve import make_server

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("read", "decode", "preprocess", "infer", "postprocess")

MEMORY = """async () => {
  if (!performance.measureUserAgentSpecificMemory) return null;
  return (await performance.measureUserAgentSpecificMemory()).bytes;
}"""

BOOT = """async () => {
  const started = performance.now();
  const { Onsight } = await import("./page/client.js");
  globalThis.onsight = await Onsight.start();
  return performance.now() - started;
}"""

CENTERNET = """async ([input, side, runs]) => {
  const { runSession } = await import(new URL("session.js", self.location));
  const image = { data: new Float32Array(3 * side * side), dims: [1, 3, side, side] };
  const times = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    await runSession("centernet-mobilenet-v3", { [input]: image }, ["heat_map", "distances"]);
    times.push(performance.now() - started);
  }
  return times.slice(1);
}"""
"""Runs one network of detection alone, in the engine's worker: what the default look is held against."""
CENTERNET_SIDE = 416

UPSCALE = """async ([model, input, output, side, megapixels, runs]) => {
  const { createSession, runSession } = await import(new URL("session.js", self.location));
  const file = await fetch(new URL(`../models/${model}/model.onnx`, self.location));
  await createSession(`${model} alone`, new Uint8Array(await file.arrayBuffer()));
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i * i) / 2);
  const times = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    await runSession(`${model} alone`, { [input]: { data, dims: [1, 1, side, side] } }, [output]);
    times.push((performance.now() - started) / 1000 / megapixels);
  }
  return times.slice(1);
}"""
"""Runs an enlarging network alone on one part of a picture, in the engine's worker."""

TIMED = """async ([name, method = "classify"]) => {
  const started = performance.now();
  let timings;
  await onsight[method](new Blob([pictures[name]]), { onTimings: (ms) => { timings = ms; } });
  return { ...timings, total: performance.now() - started };
}"""


def photograph(megapixels: float) -> bytes:
    """Return a JPEG of about this size, made from a photograph, so that it has a photograph's detail."""
    with Image.open(io.BytesIO(sample("coffee"))) as image:
        scale = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = (round(image.width * scale), round(image.height * scale))
        file = io.BytesIO()
        image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


def median(samples: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: round(statistics.median(run[name] for run in samples), 1) for name in samples[0]}


def ratio(times: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float]:
    """Return how many times as long each stage takes, and all of them together."""
    return {stage: round(times[stage] / max(base[stage], 0.05), 2) for stage in (*STAGES, "total")}


class Transfers:
    """Adds up what a browser context fetches, by path."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.sizes: dict[str, int] = {}
        context.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        # 304 means that the browser had it; what it then reads has not crossed the wire.
        if response.status == 200 and response.url.startswith(self.origin):
            path = response.url.removeprefix(self.origin + "/")
            self.sizes[path] = self.sizes.get(path, 0) + int(response.headers.get("content-length", 0))

    def largest_first(self) -> dict[str, int]:
        """Return the bytes of the answers' bodies by path."""
        return dict(sorted(self.sizes.items(), key=lambda item: -item[1]))


def measure_browser(picture: bytes, megapixels: float, runs: int) -> dict[str, Any]:
    """Return boot, first label, warm label and tags by stage, transfers and memory in Chromium."""
    server = make_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://localhost:{server.server_address[1]}"
    flags = [*chromium.flags(), "--enable-blink-features=ForceEagerMeasureMemory"]
    report: dict[str, Any] = {}
    executable = chromium.require()  # before Playwright starts: finding it may start one of its own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        report["chromium"] = browser.version
        context = browser.new_context(service_workers="block")
        transfers = Transfers(context, origin)
        for visit in ("cold", "warm"):
            page = context.new_page()
            page.set_default_timeout(300_000)
            page.goto(f"{origin}/manifest.json")
            boot = page.evaluate(BOOT)
            engine = object.__new__(PageEngine)
            engine.page = page
            engine.prepare("photo", picture)
            first = page.evaluate(TIMED, ["photo"])
            report[f"{visit}_cache_ms"] = {
                "boot_to_ready": round(boot, 1),
                "first_label": round(first["total"], 1),
                "boot_to_first_label": round(boot + first["total"], 1),
            }
            if visit == "cold":
                sizes = transfers.largest_first()
                page.evaluate("onsight.keepAll()")  # what the page does when nobody waits for it
                page.close()
        report["engine"] = page.evaluate("onsight.engine.info")
        page.evaluate(TIMED, ["photo", "tag"])  # its first look is of another size, for which memory is taken
        # In turns: what slows the machine down for a while slows both down.
        turns = [[page.evaluate(TIMED, ["photo", method]) for method in ("classify", "tag")] for _ in range(runs)]
        label, tags = (median(times) for times in zip(*turns, strict=True))
        report |= {"warm_label_ms": label, "warm_tags_ms": tags, "tags_to_label": ratio(tags, label)}
        page.evaluate(TIMED, ["photo", "detect"])  # loads its networks
        report["warm_detection_ms"] = median([page.evaluate(TIMED, ["photo", "detect"]) for _ in range(runs)])
        spec = json.loads((ROOT / "models" / "centernet-mobilenet-v3" / "model.json").read_text(encoding="utf-8"))
        alone = page.workers[0].evaluate(CENTERNET, [spec["input"]["name"], CENTERNET_SIDE, runs])
        report["centernet_alone_ms"] = round(statistics.median(alone), 1)
        report["detection_networks_to_centernet"] = round(
            report["warm_detection_ms"]["infer"] / report["centernet_alone_ms"], 2
        )
        report["detection_to_centernet"] = round(report["warm_detection_ms"]["total"] / report["centernet_alone_ms"], 2)
        report["enhance"] = enhance.measure(page, "photo", megapixels, runs)
        answer = page.evaluate(ANSWER, ["photo", {}])
        report["label"] = answer["result"]["label"]
        report["memory_bytes"] = page.evaluate(MEMORY)
        report["transferred_bytes"] = {"total": sum(sizes.values()), "files": sizes}
        browser.close()
    server.shutdown()
    return report


def measure_upscaling(runs: int) -> dict[str, Any]:
    """Return the seconds that enlarging networks take for a megapixel of what they make, in Chromium on one thread."""
    # A host without headers isolates no page by itself, and a page that is not isolated has one thread.
    server = make_server(plain=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.require(), args=chromium.flags())
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(300_000)
        page.goto(f"http://localhost:{server.server_address[1]}/manifest.json")
        page.evaluate(BOOT)
        report["threads"] = page.evaluate("onsight.engine.info.threads")
        for model in UPSCALERS:
            spec = ModelSpec.load(ROOT / "models" / model)
            side = spec.input.input_size[0]
            megapixels = ((side - 2 * (spec.context or 0)) * (spec.scale or 1)) ** 2 / 1e6
            times = page.workers[0].evaluate(UPSCALE, [model, spec.input.name, spec.outputs[0], side, megapixels, runs])
            report[model] = {"median": round(statistics.median(times), 3), "least": round(min(times), 3)}
        browser.close()
    server.shutdown()
    return report


NATIVE = """
import json, resource, sys, time
started = time.perf_counter()
from onsight.native import Engine
engine = Engine(threads=int(sys.argv[3]))
picture = open(sys.argv[1], "rb").read()
def timed():
    timings = {}
    begun = time.perf_counter()
    result = engine.classify(sys.argv[1], on_timings=timings.update)
    return {**timings, "total": (time.perf_counter() - begun) * 1000}, result.label
first, _ = timed()
boot = (time.perf_counter() - started) * 1000
runs = [timed() for _ in range(int(sys.argv[2]))]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"boot_to_first_label_ms": boot, "runs": [run for run, _ in runs], "label": runs[0][1], "peak": peak}))
"""


def measure_native(path: Path, runs: int, threads: int) -> dict[str, Any]:
    """Return the same natively, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", NATIVE, str(path), str(runs), str(threads)], capture_output=True, text=True, check=True
    )
    data = json.loads(done.stdout)
    return {
        "boot_to_first_label_ms": round(data["boot_to_first_label_ms"], 1),
        "warm_label_ms": median(data["runs"]),
        "label": data["label"],
        "peak_memory_bytes": data["peak"],
        "threads": threads,
    }


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="build.py bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="warm labels to take the median of (default 15)")
    parser.add_argument("--megapixels", type=float, default=12, help="size of the JPEG (default 12)")
    options = parser.parse_args()
    picture = photograph(options.megapixels)
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"onsight-bench-{os.getpid()}.jpg"
    path.write_bytes(picture)
    try:
        browser = measure_browser(picture, options.megapixels, options.runs)
        native = measure_native(path, options.runs, browser["engine"]["threads"])
        upscaling = measure_upscaling(options.runs)
    finally:
        path.unlink()
    report = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "picture": {"megapixels": options.megapixels, "bytes": len(picture)},
        "runs": options.runs,
        "browser": browser,
        "native": native,
        "upscaling_s_per_output_megapixel": upscaling,
        "browser_to_native": ratio(browser["warm_label_ms"], native["warm_label_ms"]),
    }
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
