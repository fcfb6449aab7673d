"""Measure detection in Chromium against one run of its larger network, by stage, on a small and on a large JPEG.

python -m tests.bench.detect [--runs N] [--megapixels N …]    needs a built dist/

Prints JSON, medians in milliseconds. Calls and runs of the network take turns, so that what slows the machine down for
a while slows both down; each ratio is the median over the turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from onsight.networks.spec import ModelSpec
from tests.bench.figures import median
from tests.bench.page import CENTERNET, CENTERNET_SIDE, TIMED, opened
from tests.bench.samples import photograph

ROOT = Path(__file__).resolve().parents[2]


def measure(megapixels: list[float], runs: int) -> dict[str, Any]:
    """Return the figures by size of the JPEG in megapixels."""
    spec = ModelSpec.load(ROOT / "models" / "centernet-mobilenet-v3")
    report: dict[str, Any] = {}
    with opened() as engine:
        page = engine.page
        for size in megapixels:
            name = f"{size:g}"
            engine.prepare(name, photograph(size))
            page.evaluate(TIMED, [name, "detect"])  # loads the networks
            turns = []
            for _ in range(runs):
                (alone,) = page.workers[0].evaluate(CENTERNET, [spec.input.name, CENTERNET_SIDE, 1])
                turns.append({**page.evaluate(TIMED, [name, "detect"]), "centernet_alone": alone})
            times = median(turns)
            report[name] = {
                **times,
                "infer_to_centernet": _ratio(turns, "infer"),
                "total_to_centernet": _ratio(turns, "total"),
                "quartiles": [
                    round(value, 2)
                    for value in statistics.quantiles((turn["total"] / turn["centernet_alone"] for turn in turns), n=4)
                ],
            }
    return report


def _ratio(turns: list[dict[str, float]], name: str) -> float:
    return round(statistics.median(turn[name] / turn["centernet_alone"] for turn in turns), 2)


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detect", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=21, help="turns to take the median of (default 21)")
    parser.add_argument("--megapixels", type=float, nargs="+", default=[1, 12], help="sizes of the JPEGs")
    options = parser.parse_args()
    print(json.dumps(measure(options.megapixels, options.runs), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
