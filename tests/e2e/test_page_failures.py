"""Failures of the engine while pictures are worked on: nothing is recorded about the files, and the work goes on."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints, OpenPage, wait_until
from tests.e2e.organise_page import NO_CHOOSER_OF_ITS_OWN, OrganisePage
from tests.e2e.tool_page import cat, coffee
from tests.pictures import encode, photo

FAILED = "Failed to load resource"


def many(folder: Path, count: int) -> Path:
    """A folder of pictures that differ."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.jpg").write_bytes(encode(photo(320, 240).rotate(number * 360 / count), "JPEG"))
    return folder


def open_organise(site: str, open_page: OpenPage) -> tuple[OrganisePage, Complaints]:
    page, complaints = open_page(f"{site}/#/privacy")
    page.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    page.evaluate(NO_CHOOSER_OF_ITS_OWN)
    organise = OrganisePage(page)
    organise.open(site)
    return organise, complaints


def engine_workers(page: Page) -> list[str]:
    """Names of the workers that have a Python, the library's last."""
    return [worker.evaluate("self.name") for worker in page.workers if worker.url.endswith("/worker/worker.js")]


def test_a_network_that_does_not_arrive_pauses_an_import(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    page, complaints = open_page(f"{site}/manifest.json")  # before any worker that the browser would have to ask
    complaints.expected.append(FAILED)
    page.evaluate("localStorage.setItem('onsight.organise.detect', 'on')")
    is_cut = True

    def cut(route: Route) -> None:
        if is_cut:
            route.abort()
        else:
            route.continue_()

    page.context.route(re.compile(r"/models/(?!efficientnet).*/model\.onnx"), cut)
    page.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    organise = OrganisePage(page)
    organise.open(site)
    organise.add_folder(many(tmp_path / "Many", 12))
    expect(organise.imported).to_contain_text("Stopped: 0 of 12", timeout=ENGINE_TIMEOUT_MS)
    expect(organise.imported).to_contain_text("could not be downloaded. Check the connection")
    expect(organise.imported).not_to_contain_text("could not be opened")
    is_cut = False
    organise.button("Resume").click()
    organise.expect_imported("12 pictures added.")
    organise.expect_found("12 pictures")


def test_workers_that_die_during_an_import_cost_nothing(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    organise, _ = open_organise(site, open_page)
    page = organise.page
    library = engine_workers(page)[-1]
    organise.add_folder(many(tmp_path / "Many", 40))
    expect(organise.imported).to_contain_text(re.compile("Analysing your pictures: ([3-9]|[1-9][0-9]) of"))
    for worker in page.workers:
        if worker.url.endswith("/worker/worker.js") and worker.evaluate("self.name") != library:
            worker.evaluate("() => self.close()")
    expect(organise.imported).to_contain_text(
        re.compile("Analysing your pictures: (1[5-9]|[2-3][0-9]) of"), timeout=60_000
    )
    for worker in page.workers:
        if worker.url.endswith("/worker/worker.js") and worker.evaluate("self.name") == library:
            worker.evaluate("() => self.close()")
    organise.expect_imported("40 pictures added.")
    organise.expect_found("40 pictures")


def test_an_engine_that_did_not_start_keeps_nobody_from_leaving(site: str, open_page: OpenPage) -> None:
    page, complaints = open_page(f"{site}/manifest.json")
    complaints.expected.append(FAILED)
    is_cut = True

    def cut(route: Route) -> None:
        if is_cut:
            route.abort()
        else:
            route.continue_()

    page.context.route("**/model.onnx*", cut)
    page.goto(f"{site}/#/tag")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose pictures").click()
    chooser.value.set_files([cat(), coffee()])
    expect(page.get_by_role("button", name="Failed")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    leave = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(leave) is True  # nothing asks to stay
    is_cut = False

    def are_analysed() -> bool:
        # A download that was cut just before may fail once more; browsers report every return of the network.
        if page.get_by_role("button", name="Failed").is_visible():
            page.evaluate("dispatchEvent(new Event('online'))")
        return bool(page.get_by_text("Cat", exact=True).count())

    wait_until(page, are_analysed, "the pictures are analysed")
