"""What every end-to-end test has of the browser: how a page is opened, and what it must never do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ENGINE_TIMEOUT_MS = 120_000
"""How long a cold engine may take on a slow, busy machine before a test calls it failed."""


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
    expected: list[str] = field(
        default_factory=lambda: [
            "Service Worker registration blocked by Playwright",
            "No available adapters.",  # Chromium's message if there is no GPU
            "was preloaded using link preload but not used within a few seconds",  # on a busy machine
        ]
    )

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

    def forget(self) -> None:
        """Begin again: a new test uses the page."""
        self.found.clear()

    def check(self) -> None:
        """Fail if there is anything that the test did not expect."""
        surprising = [line for line in self.found if not any(text in line for text in self.expected)]
        assert not surprising, "\n".join(surprising)


def wait_until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait until something that the page cannot be asked for is so; ``what`` says it, for when it never is."""
    for _ in range(ENGINE_TIMEOUT_MS // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"It never came about that {what}.")


OpenPage = Callable[..., tuple[Page, Complaints]]
"""Opens an address in a context of its own, with that context's options."""
