"""Measure how long the engine takes to its first label: on first visits, on later ones with and without a snapshot.

python -m tests.bench.startup [--runs N] [--megapixels N]

Prints JSON: medians in milliseconds, the kinds of visit in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests import chromium
from tests.bench.page import BOOT, TIMED
from tests.bench.samples import photograph

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from e2e.engine import PageEngine
from web.serve import make_server

FORGET = """async () => {
  const cache = await caches.open("onsight-assets-1");
  for (const request of await cache.keys()) if (request.url.includes("/snapshot/")) await cache.delete(request);
}"""
"""Makes the next start one without a snapshot."""


def visit(context: BrowserContext, origin: str, picture: bytes) -> tuple[Page, dict[str, float], bool]:
    """Start the engine on a new page; return the page, the times, and whether Python was restored."""
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.goto(f"{origin}/manifest.json")
    boot = page.evaluate(BOOT)
    engine = object.__new__(PageEngine)
    engine.page = page
    engine.prepare("photo", picture)
    label = page.evaluate(TIMED, ["photo"])["total"]
    info = page.evaluate("onsight.engine.info")
    return page, {**info["started_ms"], "ready": boot, "label": label, "boot_to_label": boot + label}, info["restored"]


def measure(runs: int, picture: bytes) -> dict[str, Any]:
    """Return the medians of each kind of visit."""
    server = make_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://localhost:{server.server_address[1]}"
    times: dict[str, list[dict[str, float]]] = {"first": [], "restored": [], "without_snapshot": []}
    executable = chromium.require()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.flags())
        for _ in range(runs):
            context = browser.new_context(service_workers="block")
            for kind in times:
                page, spent, is_restored = visit(context, origin, picture)
                if is_restored != (kind == "restored"):
                    raise RuntimeError(f"The visit {kind!r} was another one.")
                times[kind].append(spent)
                page.evaluate("onsight.keepAll()" if kind == "first" else FORGET)
                page.close()
            context.close()
        browser.close()
    server.shutdown()
    return {
        kind: {name: round(statistics.median(run[name] for run in spent)) for name in spent[0]}
        for kind, spent in times.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.bench.startup", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="visits of each kind (default 5)")
    parser.add_argument("--megapixels", type=float, default=2, help="size of the JPEG (default 2)")
    options = parser.parse_args()
    print(json.dumps(measure(options.runs, photograph(options.megapixels)), indent=1))


if __name__ == "__main__":
    main()
