"""Browsers to measure in, each with a profile of its own, and servers on this machine for what they load."""

from __future__ import annotations

import functools
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, Response

from tests import chromium
from web.serve import ISOLATION, Handler, Server, make_server

MINUTES_MS = 60_000

KEEP_POLICY = """if (globalThis.TrustedTypePolicyFactory) {
  const { createPolicy } = TrustedTypePolicyFactory.prototype;
  TrustedTypePolicyFactory.prototype.createPolicy = function (...given) {
    return (globalThis.policy = createPolicy.apply(this, given));
  };
}"""
"""Lets a benchmark use the one policy for scripts of workers that a page of our site may create, as ``policy``."""


@contextmanager
def serving(site: Path | None = None, *, plain: bool = False) -> Iterator[str]:
    """Serve a folder as ``build.py serve`` serves the site, isolated and compressed; yield its address.

    Args:
        site: The folder; None is our built site, with its own policy.
        plain: Serve our site as a simple static host does.
    """
    if site is None:
        server = make_server(plain=plain)
    else:
        handler = functools.partial(Handler, directory=str(site), headers=ISOLATION, plain=False, quiet=True)
        server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browser(playwright: Playwright, profile: str | None = None) -> Iterator[tuple[BrowserContext, int | None]]:
    """Yield a browser and, on Linux, the process that its other processes descend from.

    Args:
        playwright: That runs.
        profile: Folder that the browser keeps things in, service workers, too; None is a new one without any.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        context = playwright.chromium.launch_persistent_context(
            profile or temporary,
            executable_path=chromium.require(),
            args=chromium.flags(),
            service_workers="allow" if profile else "block",
        )
        context.set_default_timeout(10 * MINUTES_MS)
        context.add_init_script(KEEP_POLICY)
        try:
            yield context, _process_of(profile or temporary)
        finally:
            context.close()


def _process_of(profile: str) -> int | None:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}\0".encode() in command and b"\0--type=" not in command:
            return int(folder.name)
    return None


class Transfers:
    """Adds up what a browser context fetches, by path."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.sizes: dict[str, int] = {}
        context.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        # 304 means that the browser had it; what it then reads has not crossed the wire.
        if response.status == 200 and response.url.startswith(self.origin):
            path = response.url.removeprefix(self.origin + "/")
            self.sizes[path] = self.sizes.get(path, 0) + int(response.headers.get("content-length", 0))

    def largest_first(self) -> dict[str, int]:
        """Return the bytes of the answers' bodies by path."""
        return dict(sorted(self.sizes.items(), key=lambda item: -item[1]))
