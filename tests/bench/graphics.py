"""Compare the engine with its networks on the GPU and on the CPU, alternating in one page.

python -m tests.bench.graphics [--runs N] [--flag FLAG …]    needs a built dist/ and a Chromium that finds the device

Prints a table with medians in milliseconds and their ratios. If Chromium does not use the GPU by itself, pass flags; on
Linux without a display: ``--flag=--enable-unsafe-webgpu --flag=--enable-features=Vulkan --flag=--use-angle=vulkan
--flag=--disable-vulkan-surface``.
"""

from __future__ import annotations

import argparse
import sys

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.bench.browser import serving
from tests.bench.figures import median, ratio_in_turns
from tests.bench.samples import photograph
from tests.e2e.engine import PageEngine

START = """async () => {
  const { Onsight } = await import("./page/client.js");
  globalThis.engines = { wasm: await Onsight.start() };
  globalThis.onsight = engines.webgpu = await Onsight.start({ device: "webgpu" });
  const info = (await navigator.gpu?.requestAdapter())?.info;
  return { threads: engines.wasm.engine.info.threads, provider: onsight.engine.info.provider,
    device: `${info?.vendor} ${info?.architecture}` };
}"""

TIMED = """async ([provider, name, method, options]) => {
  const image = new Blob([pictures[name]]);
  const started = performance.now();
  let timings;
  const onTimings = (ms) => { timings = ms; };
  const onsight = engines[provider];
  if (method === "enhance") await onsight.enhance(image, options, { onTimings });
  else await onsight[method](image, { ...options, onTimings });
  return { infer: timings.infer ?? 0, total: performance.now() - started };
}"""

JOBS = {
    "label, 2 MP": ("classify", 2, {}),
    "label, 12 MP": ("classify", 12, {}),
    "tags, 2 MP": ("tag", 2, {}),
    "objects, 2 MP": ("detect", 2, {}),
    "objects, thorough, 2 MP": ("detect", 2, {"thorough": True}),
    "objects, in parts, 12 MP": ("detect", 12, {"tiled": True}),
    "enlarge ×2, 1 MP": ("enhance", 1, {"upscale": 2}),
    "enlarge ×4, 0.3 MP": ("enhance", 0.3, {"upscale": 4}),
}
"""What is measured: method, megapixels of the JPEG, options."""


def measure(runs: int, flags: list[str]) -> str:
    """Return the table.

    Raises:
        SystemExit: Networks did not run on the GPU.
    """
    executable = chromium.require()  # before Playwright starts: finding it may start one of its own
    with serving() as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*chromium.flags(graphics=True), *flags])
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{origin}/manifest.json")
        facts = page.evaluate(START)
        if facts["provider"] != "webgpu":
            raise SystemExit("This Chromium found no GPU for the page; see --help.")
        engine = PageEngine(page, is_started=True)
        rows = [
            f"{facts['device']} against WebAssembly on {facts['threads']} threads, milliseconds:",
            "",
            "| | networks: processor | graphics | ratio | whole call: processor | graphics | ratio |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for title, (method, megapixels, options) in JOBS.items():
            engine.prepare(title, photograph(megapixels))
            turns: dict[str, list[dict[str, float]]] = {"wasm": [], "webgpu": []}
            for turn in range(runs + 1):
                for provider, times in turns.items():
                    spent = page.evaluate(TIMED, [provider, title, method, options])
                    if turn:  # the first loads networks and makes them ready
                        times.append(spent)
            rows.append(_row(title, turns["wasm"], turns["webgpu"]))
            print(rows[-1], file=sys.stderr, flush=True)
        browser.close()
    return "\n".join(rows)


def _row(title: str, wasm: list[dict[str, float]], webgpu: list[dict[str, float]]) -> str:
    cells = [title]
    for stage in ("infer", "total"):
        one, other = ([turn[stage] for turn in turns] for turns in (wasm, webgpu))
        cells += [f"{median(wasm)[stage]:,.0f}", f"{median(webgpu)[stage]:,.0f}", f"{ratio_in_turns(other, one):.2f}"]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.graphics", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="turns to take the median of (default 9)")
    parser.add_argument("--flag", action="append", default=[], help="for Chromium, to make it use the device")
    options = parser.parse_args()
    print(measure(options.runs, options.flag))
    return 0


if __name__ == "__main__":
    sys.exit(main())
