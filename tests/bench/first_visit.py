"""Measure a first visit as a person sees it, on a slow network: open the page, drop a picture, read the label.

python -m tests.bench.first_visit [--megabits N] [--round-trip MS] [--runs N] [--megapixels N] [--only SUBJECT]

Prints JSON: medians, in milliseconds since the navigation, for our page and for one with transformers.js and the same
EfficientNet-Lite2 network, taking turns; first on the slow network (network.py says what it models), then without a
limit. Each visit has a browser with a new profile. ``bytes`` and ``requests`` count everything until the label
appeared, over the connections of the page, the workers and the service worker.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from tests import chromium
from tests.bench import peer_sites
from tests.bench.browser import browser, serving
from tests.bench.network import UNLIMITED, Conditions, slowed
from tests.bench.samples import photograph

WATCH = """(selectors) => {
  globalThis.marks = {};
  const waiting = [];
  const mark = (name) => {
    marks[name] ??= performance.now();
    for (const [wanted, resolve] of waiting) if (wanted === name) resolve();
  };
  globalThis.marked = (name) => new Promise((resolve) => {
    if (name in marks) resolve();
    else waiting.push([name, resolve]);
  });
  const look = () => {
    if (document.querySelector(selectors.page)) mark("page");
    const picture = document.querySelector(selectors.picture);
    if (picture?.complete && picture.naturalWidth) mark("picture");
    if (document.querySelector(selectors.label)?.textContent.trim()) mark("label");
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  navigator.serviceWorker?.ready.then(() => mark("service_worker"));
}"""
"""Notes when the page shows what; a frame is 16 ms."""

PEER_PAGE = """<!doctype html>
<meta charset="utf-8"><link rel="icon" href="data:,"><title>transformers.js</title>
<link rel="modulepreload" href="transformers.min.js">
<input type="file" multiple><img alt=""><p></p>
<script type="module">
  import { env, pipeline } from "./transformers.min.js";
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = "/models/";
  env.backends.onnx.wasm.wasmPaths = { mjs: "/RUNTIME.mjs", wasm: "/RUNTIME.wasm" };
  env.backends.onnx.wasm.numThreads = Math.min(4, navigator.hardwareConcurrency);
  const loading = pipeline("image-classification", "MODEL", { device: "wasm", dtype: "fp32" });
  document.querySelector("input").onchange = async ({ target }) => {
    const address = URL.createObjectURL(target.files[0]);
    document.querySelector("img").src = address;
    const [{ label }] = await (await loading)(address);
    document.querySelector("p").textContent = label;
  };
  document.body.dataset.ready = "";
</script>
"""


@dataclass(frozen=True)
class Subject:
    """A page that labels pictures.

    Attributes:
        id: In the report.
        site: Folder to serve; None is our built site.
        address: Of the page in it.
        selectors: CSS selectors of what shows that the page takes files, the picture and the label.
        has_service_worker: Whether to wait for its service worker in the end.
    """

    id: str
    site: Path | None
    address: str
    selectors: dict[str, str]
    has_service_worker: bool = False


def onsight() -> Subject:
    """Return our page."""
    selectors = {"page": "main h1", "picture": ".frame img", "label": ".answer [data-part=label]"}
    return Subject("onsight", None, "", selectors, has_service_worker=True)


def transformers() -> Subject:
    """Return a page of transformers.js, on the build of onnxruntime without WebGPU, the smaller one."""
    site = peer_sites.transformers_site(peer_sites.installed())
    text = PEER_PAGE.replace("RUNTIME", peer_sites.RUNTIMES[1]).replace("MODEL", peer_sites.CLASSIFIER)
    (site / "visit.html").write_text(text, encoding="utf-8")
    return Subject("transformers", site, "visit.html", {"page": "[data-ready]", "picture": "img", "label": "p"})


def visit(playwright: Playwright, subject: Subject, conditions: Conditions, picture: Path) -> dict[str, float]:
    """Make one first visit; return its marks in milliseconds, and the bytes and requests until the label."""
    with (
        serving(subject.site) as origin,
        slowed(int(origin.rpartition(":")[2]), conditions) as (port, traffic),
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        browser(playwright, profile) as (context, _),
    ):
        page = context.new_page()
        page.add_init_script(f"({WATCH})({json.dumps(subject.selectors)})")
        page.goto(f"http://localhost:{port}/{subject.address}", wait_until="commit")
        page.evaluate("marked('page')")
        page.locator("input[type=file][multiple]").first.set_input_files(picture)
        page.evaluate("marked('label')")
        if subject.has_service_worker:
            page.evaluate("marked('service_worker')")
        found: dict[str, float] = page.evaluate("({ ...marks })")
        label_at: float = page.evaluate("(performance.timeOrigin + marks.label) / 1000")
        return {**found, "bytes": traffic.bytes_until(label_at), "requests": traffic.requests_until(label_at)}


def measure(
    subjects: list[Subject], networks: dict[str, Conditions], runs: int, picture: Path
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the medians and all times of the label, by network and subject; the subjects take turns."""
    chromium.require()  # before Playwright starts: finding it may start one of its own
    report: dict[str, dict[str, dict[str, Any]]] = {}
    with sync_playwright() as playwright:
        for name, conditions in networks.items():
            spent: dict[str, list[dict[str, float]]] = {subject.id: [] for subject in subjects}
            for _ in range(runs):
                for subject in subjects:
                    spent[subject.id].append(visit(playwright, subject, conditions, picture))
                    print(name, subject.id, json.dumps(spent[subject.id][-1]), file=sys.stderr, flush=True)
            report[name] = {subject: _medians(found) for subject, found in spent.items()}
    return report


def _medians(visits: list[dict[str, float]]) -> dict[str, Any]:
    medians = {name: round(statistics.median(one[name] for one in visits)) for name in visits[0]}
    return {**medians, "labels": [round(one["label"]) for one in visits]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.bench.first_visit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabits", type=float, default=12, help="rate of the slow network a second (default 12)")
    parser.add_argument("--round-trip", type=float, default=70, help="its round trip in milliseconds (default 70)")
    parser.add_argument("--runs", type=int, default=3, help="visits of each kind (default 3)")
    parser.add_argument("--megapixels", type=float, default=2, help="size of the JPEG (default 2)")
    parser.add_argument("--only", choices=["onsight", "transformers"], help="measure one page alone")
    options = parser.parse_args()
    makers = {"onsight": onsight, "transformers": transformers}
    subjects = [make() for name, make in makers.items() if options.only in (None, name)]
    slow = Conditions(options.megabits * 1e6 / 8, options.round_trip / 1000)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.jpg"
        picture.write_bytes(photograph(options.megapixels))
        report = measure(subjects, {"slow": slow, "unlimited": UNLIMITED}, options.runs, picture)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
