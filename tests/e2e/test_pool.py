"""Several workers: they start where they are worth it, share the work, and one that dies takes nothing with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage, wait_until
from tests.e2e.engine import PageEngine
from tests.pictures import sample

BLANK = "manifest.json"

START = """async (options) => {
  const { Onsight } = await import("./page/client.js");
  globalThis.sizes = [];
  globalThis.onsight = Onsight.create(options);
  onsight.addEventListener("workers", () => sizes.push(onsight.workers));
  await onsight.ready;
}"""

LABELS = """async (count) => {
  const one = (index) => onsight.classify(new Blob([pictures[index % 2 ? "cat" : "cup"]]));
  return Promise.all(Array.from({ length: count }, (_, index) => one(index).then(({ label }) => label)));
}"""


@pytest.fixture
def start(site: str, open_page: OpenPage) -> Callable[..., PageEngine]:
    """Starts an engine with options of the API; the pictures "cat" and "cup" are prepared."""

    def start(**options: object) -> PageEngine:
        page, _ = open_page(f"{site}/{BLANK}")
        page.set_default_timeout(ENGINE_TIMEOUT_MS)
        page.evaluate(START, options)
        engine = PageEngine(page, is_started=True)
        engine.prepare("cat", sample("chelsea"))
        engine.prepare("cup", sample("coffee"))
        return engine

    return start


def alone(engine: PageEngine) -> list[str]:
    labels: list[str] = [engine.call("classify", sample(name))["result"]["label"] for name in ("coffee", "chelsea")]
    return labels


def test_many_pictures_start_another_worker_and_get_the_same_labels(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=2)
    labels = engine.page.evaluate(LABELS, 24)
    assert labels == alone(engine) * 12
    assert engine.page.evaluate("onsight.workers") == 2
    assert engine.page.evaluate("sizes") == [1, 2]


def test_few_pictures_need_no_other_worker(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=4)
    assert engine.page.evaluate(LABELS, 4) == alone(engine) * 2
    assert engine.page.evaluate("onsight.workers") == 1


def test_pictures_that_are_announced_start_another_worker(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=2)
    engine.page.evaluate(
        """() => new Promise((resolve) => {
          onsight.addEventListener("workers", resolve, { once: true });
          onsight.expect(onsight, 100);
        })"""
    )
    assert engine.page.evaluate("onsight.workers") == 2


def test_worker_that_nobody_asks_ends_and_stays_away(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=2)
    page = engine.page
    page.clock.install()
    page.evaluate("onsight.expect(onsight, 100)")  # and then a pause
    wait_for_engines(page, 2)
    wait_until(page, lambda: bool(page.evaluate("onsight.workers === 2")), "two workers are ready")
    page.clock.fast_forward("01:00")
    wait_for_engines(page, 1)
    assert page.evaluate("sizes") == [1, 2, 1]


def wait_for_engines(page: Page, count: int) -> None:
    """Wait until there are so many workers with a Python of their own."""
    wait_until(
        page,
        lambda: sum(worker.url.endswith("/worker/worker.js") for worker in page.workers) == count,
        f"there are {count} engines",
    )


def test_python_decodes_one_picture_while_the_network_sees_another(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=1)
    events: list[list[Any]] = engine.page.evaluate(
        """async () => {
          const events = [];
          // Thoroughly: the network must not be done before the second picture's turn has come.
          await Promise.all([0, 1, 2].map((index) => onsight.detect(new Blob([pictures.cat]), {
            thorough: true,
            onProgress: ({ stage }) => events.push([index, stage]),
          })));
          return events;
        }"""
    )
    order = [(index, stage) for index, stage in events]
    # The second begins when the first is with the network, and before that has answered; the third waits for an end.
    assert order.index((0, "infer")) < order.index((1, "read")) < order.index((0, "postprocess"))
    assert order.index((0, "postprocess")) < order.index((2, "read"))


DEADLY = """
{
  const { arrayBuffer } = Blob.prototype;
  Blob.prototype.arrayBuffer = async function () {
    if (this.name !== "deadly") return arrayBuffer.call(this);
    self.close();
    return new Promise(() => {});
  };
}"""
"""Makes a worker vanish when it reads the file of this name."""


def test_worker_that_dies_of_one_picture_of_two_takes_only_that(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)

    def mortal(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + DEADLY)

    page.context.route("**/worker/worker.js", mortal)
    engine = PageEngine(page)
    for name, picture in (("cup", "coffee"), ("deadly", "coffee"), ("cat", "chelsea")):
        engine.prepare(name, sample(picture))
    outcomes = page.evaluate(
        """() => Promise.all(["cup", "deadly", "cat"].map((name) =>
             onsight.classify(pictures[name]).then(({ label }) => label, ({ code }) => code)))"""
    )
    cup, cat = alone(engine)
    assert outcomes == [cup, "crashed", cat]


def test_picture_goes_to_the_worker_that_has_seen_it(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=2)
    engine.page.evaluate(LABELS, 24)
    assert engine.page.evaluate("onsight.workers") == 2
    timings = engine.page.evaluate(
        """async () => {
          const blobs = Array.from({ length: 6 }, () => new Blob([pictures.cup]));
          const detect = (blob, score) => new Promise((resolve, reject) =>
            onsight.detect(blob, { score, onTimings: resolve }).catch(reject));
          await Promise.all(blobs.map((blob) => detect(blob, 0.3)));
          return Promise.all(blobs.map((blob) => detect(blob, 0.6)));
        }"""
    )
    # The number that a worker remembers is bounded; the latest are there.
    assert [list(stages) for stages in timings[-2:]] == [["postprocess"]] * 2


def test_worker_whose_memory_has_grown_is_replaced(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=1, heapLimitBytes=1)
    first = engine.page.workers[0]
    labels = engine.page.evaluate(LABELS, 30)
    assert labels == alone(engine) * 15
    wait_until(engine.page, lambda: first not in engine.page.workers, "the first worker ends")
    assert alone(engine) == labels[:2]


def test_calls_end_when_the_engine_is_closed(start: Callable[..., PageEngine]) -> None:
    engine = start(workers=1)
    names = engine.page.evaluate(
        """() => {
          const calls = Array.from({ length: 5 }, () => onsight.classify(pictures.cat));
          onsight.close();
          return Promise.all(calls.map((call) => call.then(() => "done", ({ name }) => name)));
        }"""
    )
    assert names == ["AbortError"] * 5
