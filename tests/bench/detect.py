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
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.bench.figures import median
from tests.bench.page import BOOT, CENTERNET, CENTERNET_SIDE, TIMED
from tests.bench.samples import photograph

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from e2e.engine import PageEngine
from onsight.spec import ModelSpec
from web.serve import make_server

ROOT = Path(__file__).resolve().parents[2]


def measure(megapixels: list[float], runs: int) -> dict[str, Any]:
    """Return the figures by size of the JPEG in megapixels."""
    server = make_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    spec = ModelSpec.load(ROOT / "models" / "centernet-mobilenet-v3")
    executable = chromium.require()
    report: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.flags())
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(300_000)
        page.goto(f"http://localhost:{server.server_address[1]}/manifest.json")
        page.evaluate(BOOT)
        engine = object.__new__(PageEngine)
        engine.page = page
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
        browser.close()
    server.shutdown()
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
