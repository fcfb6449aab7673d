"""Measure how long the engine takes to its first label, at visits of several kinds with one profile of a browser.

python -m tests.bench.startup [--runs N] [--megapixels N]

Prints JSON: medians in milliseconds, alternating between the kinds of visit: the first; the second, which
restores Python from its snapshot; a later one, for which the browser has also cached the compiled code; and one with
that cache but without a snapshot.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests import chromium
from tests.bench.browser import browser, serving
from tests.bench.page import CODE_KEPT_MS, STORED_DATA, TIMED, WARM_LABELS, boot
from tests.bench.samples import photograph

FORGET = """async () => {
  const cache = await caches.open("onsight-assets-1");
  for (const request of await cache.keys()) if (request.url.includes("/snapshot/")) await cache.delete(request);
}"""
"""Makes the next start one without a snapshot."""


def visit(context: BrowserContext, origin: str, picture: bytes) -> tuple[Page, dict[str, float], bool]:
    """Start the engine on a new page; return the page, the times, and whether Python was restored."""
    page = context.new_page()
    page.set_default_timeout(600_000)
    engine, spent = boot(page, origin)
    engine.prepare("photo", picture)
    label = page.evaluate(TIMED, ["photo"])["total"]
    times = {**engine.info["started_ms"], "ready": spent, "label": label, "boot_to_label": spent + label}
    return page, times, engine.info["restored"]


def visit_all(playwright: Playwright, origin: str, picture: bytes) -> Iterator[tuple[str, dict[str, float]]]:
    """Make each kind of visit, with a browser and a profile that is new at the first; yield the kind and its times."""
    with tempfile.TemporaryDirectory() as profile:
        for kind in ("first", "second", "later", "without_snapshot"):
            # In a new process, so that nothing is cached in memory.
            with browser(playwright, profile) as (context, _):
                page, spent, is_restored = visit(context, origin, picture)
                if is_restored != (kind in ("second", "later")):
                    raise RuntimeError(f"The visit {kind!r} was another one.")
                yield kind, spent
                if kind == "first":
                    page.evaluate(STORED_DATA)
                elif kind == "second":
                    for _ in range(WARM_LABELS):
                        page.evaluate(TIMED, ["photo"])
                    page.wait_for_timeout(CODE_KEPT_MS)
                else:
                    page.evaluate(FORGET)


def measure(runs: int, picture: bytes) -> dict[str, Any]:
    """Return the medians of each kind of visit."""
    times: dict[str, list[dict[str, float]]] = defaultdict(list)
    chromium.require()  # before Playwright starts: finding it may start one of its own
    with serving() as origin, sync_playwright() as playwright:
        for _ in range(runs):
            for kind, spent in visit_all(playwright, origin, picture):
                times[kind].append(spent)
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
