"""A real Chromium, the built site served on this machine, and a page that forgives nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests import chromium
from web.serve import DIST, make_server

ENGINE_TIMEOUT_MS = 120_000
"""How long a cold engine may take on a slow, busy machine before a test calls it failed."""

expect.set_options(timeout=30_000)


@dataclass
class Complaints:
    """What a page did that it must never do.

    Attributes:
        origin: The only origin that may be asked for anything.
        found: A line for each offence.
        expected: Texts; a complaint that contains one of them was provoked by the test.
    """

    origin: str
    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: ["Service Worker registration blocked by Playwright"])

    def watch(self, context: BrowserContext) -> None:
        """Listen to everything that the pages and workers of a context do."""
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._add(f"uncaught: {error.error}"))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self._add(f"foreign request: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # Violations of the security policy come as errors, too. A document without an icon of its own, such as a
        # JSON file, makes the browser ask the host for one.
        if message.type in ("error", "warning") and not message.location["url"].endswith("/favicon.ico"):
            self._add(f"console {message.type}: {message.text}")

    def _add(self, line: str) -> None:
        self.found.append(line)

    def check(self) -> None:
        """Fail if there is anything that the test did not expect."""
        surprising = [line for line in self.found if not any(text in line for text in self.expected)]
        assert not surprising, "\n".join(surprising)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.require(), args=chromium.flags())
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


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., tuple[Page, Complaints]]]:
    """Open a page of its own context; every page is checked at the end of the test."""
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
def page(site: str, open_page: Callable[..., tuple[Page, Complaints]]) -> Page:
    """The site's home page in a fresh browser profile."""
    opened: Page = open_page(f"{site}/")[0]
    return opened
