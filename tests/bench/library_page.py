"""Measure Organise in the browser: how fast pictures go in, in how much memory, and how long searches take.

python -m tests.bench.library_page [--pictures N] [--megapixels M] [--detect] [--rows N …] [--keep FOLDER]

The site must be built. Pictures are those of ``tests.bench.samples``, libraries those of
``tests.bench.library_search``, opened as files. Prints JSON. Memory is the peak of what all of the browser's processes
together have for themselves, and the largest process of them, read ten times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from onsight.library.database import Library
from tests import chromium
from tests.bench.browser import browser, serving
from tests.bench.library_search import QUERIES, fill
from tests.bench.memory import MemoryWatch
from tests.bench.samples import make_pictures

HOUR_MS = 3_600_000

ASK = """async ([name, params, runs]) => {
  const times = [];
  let result;
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    result = await globalThis.library.methods[name](params);
    times.push(performance.now() - started);
  }
  return [result, times];
}"""

OPEN = """async () => {
  const { Library } = await import("./page/tools/organise/view.js");
  const { Onsight } = await import("./page/client.js");
  globalThis.library = new Library(await Onsight.start());
  await globalThis.library.start();
}"""


@contextmanager
def browser_page() -> Iterator[tuple[Page, str, int]]:
    """Yield a page of a browser with a profile of its own, the site's address, and the browser's process."""
    chromium.require()  # before Playwright starts: finding it may start one of its own
    with serving() as origin, sync_playwright() as playwright, browser(playwright) as (context, pid):
        context.add_init_script("delete window.showDirectoryPicker")
        yield context.pages[0], origin, pid or 0


def import_folder(folder: Path, *, detect: bool) -> dict[str, Any]:
    """Have a folder taken in and return the figures."""
    count = sum(1 for _ in folder.rglob("*.jpg"))
    with browser_page() as (page, site, pid):
        page.goto(f"{site}/#/organise")
        expect(page.get_by_role("button", name="Library:")).to_be_visible(timeout=120_000)
        if detect:
            page.get_by_role("button", name="Library:").click()
            page.get_by_role("switch", name="Detect objects").check()
            page.keyboard.press("Escape")
        figures: dict[str, Any] = {}
        for run in ("first", "again"):
            watch = MemoryWatch(pid)
            watch.start()
            name = "Choose a folder" if run == "first" else "Add a folder"
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name=name).click()
            chooser.value.set_files(folder)
            started = time.perf_counter()
            done = "pictures added" if run == "first" else "already in the library"
            report = page.get_by_role("region", name="Import").get_by_text(re.compile(done))
            expect(report).to_be_visible(timeout=10 * HOUR_MS)
            seconds = time.perf_counter() - started
            watch.end()
            figures[run] = {
                "report": report.inner_text(),
                "seconds": round(seconds, 1),
                "pictures_per_second": round(count / seconds, 2),
                "peak_memory_mb": round(watch.peak_bytes / 1e6),
                "peak_memory_of_a_process_mb": round(watch.largest_bytes / 1e6),
            }
    return figures


def measure_searches(path: Path, rows: int, runs: int) -> dict[str, Any]:
    """Open a library's file and return how long searches take, with the way to the worker and back."""
    with browser_page() as (page, site, _):
        page.goto(site)
        page.evaluate(OPEN)
        page.evaluate(
            "() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bench' }))"
        )
        page.set_input_files("#bench", path)
        page.evaluate("() => globalThis.library.addFile(document.getElementById('bench').files[0])")

        def ask(name: str, times: int = runs, **params: object) -> tuple[Any, float]:
            result, took = page.evaluate(ASK, [name, params, times])
            return result, round(statistics.median(took), 1)

        searches = {}
        for query in QUERIES:
            found, milliseconds = ask("search", query=query, order="date")
            searches[query] = {"found": len(found["ids"]), "ms": milliseconds}
        first = ask("search", query="", order="date")[0]["ids"][:120]
        return {
            "rows": rows,
            "searches": searches,
            "tiles_ms": page.evaluate(
                """async (ids) => { const started = performance.now();
                await globalThis.library.methods.items({ ids }); return Math.round(performance.now() - started); }""",
                first,
            ),
            "facets_of_all_ms": ask("facets", 1, query="", order="date")[1],
            "facets_of_dog_ms": ask("facets", query="dog", order="date")[1],
        }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1000, help="0 leaves importing out")
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--detect", action="store_true")
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder to keep pictures and libraries in, for the next time")
    options = parser.parse_args()
    figures: dict[str, Any] = {"cores": os.cpu_count(), "detect": options.detect}
    with tempfile.TemporaryDirectory() as temporary:
        kept = options.keep or Path(temporary)
        kept.mkdir(parents=True, exist_ok=True)
        if options.pictures:
            folder = kept / f"{options.pictures}x{options.megapixels:g}"
            if not folder.exists():
                folder.mkdir()
                make_pictures(folder, options.pictures, options.megapixels)
            figures["pictures"], figures["megapixels"] = options.pictures, options.megapixels
            figures["import"] = import_folder(folder, detect=options.detect)
        for rows in options.rows:
            path = kept / f"{rows}.sqlite"
            if not path.exists():
                with Library.open(path) as library:
                    fill(library, rows)
            figures[f"{rows} rows"] = measure_searches(path, rows, options.runs)
    figures["load"] = [round(value, 1) for value in os.getloadavg()]
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
