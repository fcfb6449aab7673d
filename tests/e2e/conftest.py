"""A real Chromium, the built site served on this machine, and a page that forgives nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import chromium
from tests.e2e.browsing import Complaints, OpenPage
from tests.e2e.organise_page import NO_CHOOSER_OF_ITS_OWN, OrganisePage, SharedOrganise
from tests.e2e.tool_page import cat, truncated
from tests.pictures import sample
from web.serve import DIST, make_server

expect.set_options(timeout=30_000)

SOFTWARE_WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")

SLOW_WORKERS = """{
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...message) {
    setTimeout(() => post.apply(this, message), %d);
  };
}"""
"""Makes a page's workers hear of everything later, in its order."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests' own trust in speed be looked for."""
    parser.addoption(
        "--slow-workers", type=int, default=0, metavar="MS", help="milliseconds by which pages' workers hear later"
    )


LONGEST_FIRST = ("test_endurance.py", "test_page_organise.py", "test_page_failures.py", "test_page_organise_out.py")
"""Files that take longest. Begun last, they would keep one browser busy when all others have nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first."""
    order = {name: index for index, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium, headless."""
    path = chromium.require()  # asks Playwright, too, which cannot run twice at a time
    delay = request.config.getoption("--slow-workers", 0)

    def slow_down(context: BrowserContext) -> None:
        context.add_init_script(SLOW_WORKERS % delay)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        if delay:
            browser.on("context", slow_down)
        yield browser
        browser.close()


def _serve(site: Path, *, plain: bool) -> Iterator[str]:
    server = make_server(site, plain=plain)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Origin of the built site, served with the headers of a good host."""
    yield from _serve(DIST, plain=False)


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the site under a sub-path of a host that sends no headers, as GitHub Pages does."""
    root = tmp_path_factory.mktemp("host")
    (root / "index.html").write_text(
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">', encoding="utf-8"
    )
    (root / "onsight").symlink_to(DIST, target_is_directory=True)
    for origin in _serve(root, plain=True):
        yield f"{origin}/onsight"


@contextmanager
def _pages_of(browser: Browser) -> Iterator[OpenPage]:
    opened: list[tuple[BrowserContext, Complaints]] = []

    def open_one(address: str, **context_options: object) -> tuple[Page, Complaints]:
        # What is kept between visits has tests of its own; elsewhere each visit is the first.
        context_options = {"service_workers": "block", **context_options}
        context = browser.new_context(**context_options)  # type: ignore[arg-type]  # Playwright's own options
        complaints = Complaints("/".join(address.split("/")[:3]))
        complaints.watch(context)
        opened.append((context, complaints))
        page = context.new_page()
        page.goto(address)
        return page, complaints

    yield open_one
    for context, _ in opened:
        context.close()
    for _, complaints in opened:
        complaints.check()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page of its own context; every page is checked at the end of the test."""
    with _pages_of(browser) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def graphics_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium with a GPU, which is made of software: slow, but WebGPU all the same."""
    flags = [*chromium.flags(graphics=True), *SOFTWARE_WEBGPU]
    graphics = browser.browser_type.launch(executable_path=chromium.require(), args=flags)
    yield graphics
    graphics.close()


@pytest.fixture
def open_graphics_page(graphics_browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a browser that has WebGPU; every page is checked at the end of the test."""
    with _pages_of(graphics_browser) as open_one:
        yield open_one


@pytest.fixture
def page(site: str, open_page: OpenPage) -> Page:
    """The site's home page in a fresh browser profile."""
    opened: Page = open_page(f"{site}/")[0]
    return opened


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """Photographs in two folders, a copy, and a file that is not a picture."""
    root = tmp_path / "Holiday"
    (root / "day 2").mkdir(parents=True)
    (root / "cat.png").write_bytes(cat()["buffer"])
    (root / "day 2" / "coffee.png").write_bytes(sample("coffee"))
    (root / "day 2" / "rocket.jpg").write_bytes(sample("rocket"))
    (root / "day 2" / "cat again.png").write_bytes(cat()["buffer"])
    (root / "broken.jpg").write_bytes(truncated()["buffer"])
    (root / "notes.txt").write_text("Nothing to see")
    return root


@pytest.fixture(scope="session")
def shared_organise(site: str, browser: Browser) -> Iterator[SharedOrganise]:
    """A page of Organise that tests use one after another."""
    shared = SharedOrganise(browser, site)
    yield shared
    shared.close()


@pytest.fixture
def organise(shared_organise: SharedOrganise, request: pytest.FixtureRequest) -> Iterator[OrganisePage]:
    """Organise with an empty library, on a page that other tests may have used before."""
    failed = request.session.testsfailed
    yield shared_organise.lend()
    shared_organise.take_back(is_sound=request.session.testsfailed == failed)


@pytest.fixture
def organised(organise: OrganisePage, holiday: Path) -> OrganisePage:
    """Organise with the holiday in its library, on a page that other tests may have used before."""
    return with_holiday(organise, holiday)


@pytest.fixture
def own_organise(site: str, open_page: OpenPage) -> OrganisePage:
    """Organise in a fresh browser profile, for tests of tabs that end and of what is kept."""
    page, _ = open_page(f"{site}/manifest.json")
    page.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    opened = OrganisePage(page)
    opened.open(site)
    return opened


@pytest.fixture
def own_organised(own_organise: OrganisePage, holiday: Path) -> OrganisePage:
    """Organise in a fresh browser profile with the holiday in its library."""
    return with_holiday(own_organise, holiday)


def with_holiday(organise: OrganisePage, holiday: Path) -> OrganisePage:
    """Take the holiday into the library."""
    organise.add_folder(holiday)
    organise.expect_imported("3 pictures added, 1 copy of another, 1 could not be opened.")
    organise.expect_found("4 pictures")
    return organise
