"""Measure the tools in Chromium: labels, tags, detection, Enhance, enlarging.

python -m tests.bench.tools [--runs N] [--megapixels N]    needs a built dist/

Prints JSON. Times are medians in milliseconds; machines differ and are shared, so compare the numbers of one run and
not those of two. What labels and detection take beside other libraries, ``build.py bench`` measures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from pathlib import Path
from typing import Any

from onsight.networks.spec import ModelSpec
from onsight.tools.enhance.upscale import UPSCALERS
from tests.bench import enhance
from tests.bench.figures import median, ratio
from tests.bench.page import CENTERNET, CENTERNET_SIDE, TIMED, opened
from tests.bench.samples import photograph

ROOT = Path(__file__).resolve().parents[2]

MEMORY = """async () => {
  if (!performance.measureUserAgentSpecificMemory) return null;
  return (await performance.measureUserAgentSpecificMemory()).bytes;
}"""

UPSCALE = """async ([model, input, output, side, megapixels, runs]) => {
  const { networks } = await import(self.location);
  const times = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i * i) / 2);
    await networks.run(model, { [input]: { data, dims: [1, 1, side, side] } }, [output]);
    times.push((performance.now() - started) / 1000 / megapixels);
  }
  return times.slice(1);
}"""
"""Runs an enlarging network alone on one part of a picture, in the engine's worker."""


def measure_tools(picture: bytes, megapixels: float, runs: int) -> dict[str, Any]:
    """Return warm label, tags and detection by stage, the figures of Enhance, and the page's memory."""
    report: dict[str, Any] = {}
    with opened(flags=["--enable-blink-features=ForceEagerMeasureMemory"]) as engine:
        page = engine.page
        engine.prepare("photo", picture)
        report["engine"] = engine.info
        page.evaluate(TIMED, ["photo", "tag"])  # its first look is of another size, for which memory is taken
        # Alternating, so that a temporary slowdown of the machine affects both.
        turns = [[page.evaluate(TIMED, ["photo", method]) for method in ("classify", "tag")] for _ in range(runs)]
        label, tags = (median(times) for times in zip(*turns, strict=True))
        report |= {"warm_label_ms": label, "warm_tags_ms": tags, "tags_to_label": ratio(tags, label)}
        page.evaluate(TIMED, ["photo", "detect"])  # loads its networks
        report["warm_detection_ms"] = median([page.evaluate(TIMED, ["photo", "detect"]) for _ in range(runs)])
        spec = ModelSpec.load(ROOT / "models" / "centernet-mobilenet-v3")
        alone = page.workers[0].evaluate(CENTERNET, [spec.input.name, CENTERNET_SIDE, runs])
        report["centernet_alone_ms"] = round(statistics.median(alone), 1)
        for name, stage in (("detection_networks_to_centernet", "infer"), ("detection_to_centernet", "total")):
            report[name] = round(report["warm_detection_ms"][stage] / report["centernet_alone_ms"], 2)
        report["enhance"] = enhance.measure(page, "photo", megapixels, runs)
        report["memory_bytes"] = page.evaluate(MEMORY)
    return report


def measure_upscaling(runs: int) -> dict[str, Any]:
    """Return the seconds that enlarging networks take for a megapixel of what they make, in Chromium on one thread."""
    report: dict[str, Any] = {}
    with opened(plain=True) as engine:
        page = engine.page
        report["threads"] = engine.info["threads"]
        for model in UPSCALERS:
            spec = ModelSpec.load(ROOT / "models" / model)
            side = spec.input.input_size[0]
            megapixels = ((side - 2 * (spec.context or 0)) * (spec.scale or 1)) ** 2 / 1e6
            times = page.workers[0].evaluate(UPSCALE, [model, spec.input.name, spec.outputs[0], side, megapixels, runs])
            report[model] = {"median": round(statistics.median(times), 3), "least": round(min(times), 3)}
    return report


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tools", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="runs to take the median of (default 15)")
    parser.add_argument("--megapixels", type=float, default=12, help="size of the JPEG (default 12)")
    options = parser.parse_args()
    picture = photograph(options.megapixels)
    report = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "picture": {"megapixels": options.megapixels, "bytes": len(picture)},
        "runs": options.runs,
        "browser": measure_tools(picture, options.megapixels, options.runs),
        "upscaling_s_per_output_megapixel": measure_upscaling(options.runs),
    }
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
