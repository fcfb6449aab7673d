"""A subject open in a browser: starts, single pictures, many of them, memory."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as BrowserError

from tests.bench.browser import Transfers, browser, serving
from tests.bench.memory import MemoryWatch, unshared
from tests.bench.page import CODE_KEPT_MS, WARM_LABELS
from tests.bench.subjects import Subject

IN_FLIGHT = 8
"""How many pictures are given at once for each worker that there may be: enough that another is started."""

KINDS = ("first_visit", "second_visit", "later_visit")
WRITTEN_MS = 2000
"""After so much time a browser has written down what it keeps."""

WARM_SECONDS = 20
"""How long to give out work while workers are starting."""

CHOOSE = """() => {
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "bench" });
  input.onchange = () => { globalThis.pictures = Object.fromEntries([...input.files].map((one) => [one.name, one])); };
  document.body.append(input);
}"""

ASK = """async ([name, method]) => {
  const blob = pictures[name].slice();  // nobody has seen this one
  const started = performance.now();
  const { labels, ...stages } = await ask(method, blob);
  return { labels, ms: { ...stages, total: performance.now() - started } };
}"""

ASK_ALL = """async ([names, inFlight]) => {
  const waiting = [...names];
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      await ask("classify", pictures[name].slice());
    }
  }));
  return (performance.now() - started) / 1000;
}"""


@dataclass
class Visit:
    """A page on which a subject has started.

    Attributes:
        page: The page.
        pid: The browser's process, where it is known.
        start_ms: Until everything was loaded.
        info: The subject's own facts: threads, workers.
        in_flight: How many pictures it is given at once, where it is given many.
        failed: Whether it has failed on a picture, after which it is not asked again.
    """

    subject: Subject
    page: Page
    pid: int | None
    start_ms: float
    info: dict[str, int]
    in_flight: int = 1
    failed: bool = False

    def ask(self, method: str, name: str) -> dict[str, Any] | None:
        """Return ``ms`` by stage and ``labels`` for one of the chosen pictures; None once one was too much."""
        if self.failed:
            return None
        try:
            found: dict[str, Any] = self.page.evaluate(ASK, [name, method])
        except BrowserError as error:
            print(f"{self.subject.name} failed on {name}: {error.message[:300]}", flush=True)
            self.failed = True
            return None
        return found

    def label_all(self, paths: Sequence[Path]) -> float:
        """Return the seconds that labels for some of the chosen pictures take."""
        seconds: float = self.page.evaluate(ASK_ALL, [[path.name for path in paths], self.in_flight])
        return seconds

    def workers(self) -> int:
        """Return how many workers look at pictures now."""
        count: int = self.page.evaluate("globalThis.onsight?.workers ?? 1")
        return count

    def peak_bytes(self, work: Callable[[], object]) -> int:
        """Return the most memory that the browser's processes have for themselves while something is done."""
        if self.pid is None:
            return 0
        watch = MemoryWatch(self.pid)
        watch.start()
        work()
        watch.end()
        return watch.peak_bytes

    def memory_bytes(self) -> int:
        """Return the memory that the browser's processes have for themselves."""
        return sum(unshared(self.pid)) if self.pid else 0


@dataclass
class Place:
    """A browser of its own for a subject, and the server of its site."""

    subject: Subject
    origin: str
    context: BrowserContext
    pid: int | None
    transfers: Transfers = field(init=False)

    def __post_init__(self) -> None:
        self.transfers = Transfers(self.context, self.origin)

    def visit(self, pictures: Sequence[Path], threads: int, workers: int = 1) -> Visit:
        """Open a page, choose pictures on it, and start the subject."""
        page = self.context.new_page()
        page.goto(f"{self.origin}/{self.subject.page}")
        page.evaluate(CHOOSE)
        page.set_input_files("#bench", list(pictures))
        started = time.perf_counter()
        info = page.evaluate(self.subject.boot, {**self.subject.options, "threads": threads, "workers": workers})
        return Visit(self.subject, page, self.pid, (time.perf_counter() - started) * 1000, info)

    def visit_warm(self, pictures: Sequence[Path], threads: int, workers: int) -> Visit:
        """Open a page for many pictures, and wait until all workers that it may have are at work."""
        visit = self.visit(pictures, threads, workers)
        if self.subject.id == "onsight":  # the others do one thing after the other
            visit.in_flight = IN_FLIGHT * workers
        deadline = time.monotonic() + WARM_SECONDS
        while visit.workers() < workers and time.monotonic() < deadline:
            visit.label_all(pictures[: 2 * visit.in_flight])
        visit.label_all(pictures[: 2 * visit.in_flight])  # the latest worker's first one takes memory
        return visit


@contextmanager
def place(playwright: Playwright, subject: Subject) -> Iterator[Place]:
    """Yield a new browser for a subject."""
    with serving(subject.site) as origin, browser(playwright) as (context, pid):
        yield Place(subject, origin, context, pid)


def measure_starts(
    playwright: Playwright, subject: Subject, method: str, picture: Path, threads: int, runs: int
) -> dict[str, Any]:
    """Return how long visits take to their first result, and what the first one transfers.

    Each visit is made by a browser that has just started: what is kept in memory only does not count. A second one
    finds what the first one has kept; a later one also what the browser has compiled meanwhile, and has kept.
    """
    times: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    found: dict[str, Any] = {}
    with serving(subject.site) as origin:
        for _ in range(runs):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                for kind in KINDS:
                    with browser(playwright, profile) as (context, pid):
                        here = Place(subject, origin, context, pid)
                        empty = sum(unshared(pid)) if pid else 0
                        visit = here.visit([picture], threads)
                        times[kind].append(_first_result(visit, method, picture.name))
                        if kind == "first_visit":
                            sizes = here.transfers.largest_first()
                            found = {
                                "transferred_bytes": sum(sizes.values()),
                                "transferred_files": sizes,
                                "memory_bytes": {"empty_browser": empty, "first_result": visit.memory_bytes()},
                            }
                            visit.page.evaluate(subject.settle)
                            visit.page.wait_for_timeout(WRITTEN_MS)
                        elif kind == "second_visit":
                            for _ in range(WARM_LABELS):
                                visit.ask(method, picture.name)
                            visit.page.wait_for_timeout(CODE_KEPT_MS)
    return {
        **{
            kind: {name: round(statistics.median(run[name] for run in spent)) for name in spent[0]}
            for kind, spent in times.items()
        },
        **found,
    }


def _first_result(visit: Visit, method: str, name: str) -> dict[str, float]:
    first = visit.ask(method, name)
    if first is None:
        raise RuntimeError(f"{visit.subject.name} could not start.")
    return {"start": visit.start_ms, "first": first["ms"]["total"], "total": visit.start_ms + first["ms"]["total"]}
