"""Take the screenshots in the README from the built site.

    python -m tests.screenshots

Needs dist/ and Chromium. The pictures are scikit-image's samples astronaut (NASA, public domain), and camera, chelsea,
coffee and rocket (CC0).
"""

from __future__ import annotations

import io
import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium
from tests.e2e.browsing import ENGINE_TIMEOUT_MS
from tests.e2e.organise_page import NO_CHOOSER_OF_ITS_OWN, OrganisePage
from tests.e2e.tool_page import ToolPage
from tests.pictures import sample_path
from web.serve import make_server

TARGET = Path(__file__).resolve().parents[1] / "docs" / "screenshots"

VIEWPORT = {"width": 1440, "height": 860}

SIDE = 1200
"""Width of the screenshots in pixels."""

TOOLS = {"classify": ("chelsea", "Cat"), "tag": ("astronaut", "Person"), "detect": ("coffee", "cup")}
"""The picture that each tool shows, and a word in its answer."""

LIBRARY = ("astronaut", "camera", "chelsea", "coffee", "rocket")
"""The pictures in Organise."""


def save(page: Page, name: str) -> None:
    """Write what a page shows as a WebP."""
    page.wait_for_timeout(1500)  # for transitions and thumbnails
    image = Image.open(io.BytesIO(page.screenshot()))
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    TARGET.mkdir(parents=True, exist_ok=True)
    image.convert("RGB").save(TARGET / f"{name}.webp", quality=64, method=6)
    print(f"{name}.webp: {(TARGET / f'{name}.webp').stat().st_size:,} bytes")


def open_page(browser: Browser) -> Page:
    """Open an empty page with a new profile."""
    return browser.new_context(viewport=VIEWPORT, color_scheme="light", service_workers="block").new_page()  # type: ignore[arg-type]  # a plain dict


def show_tool(browser: Browser, site: str, name: str) -> None:
    """Take the screenshot of a tool with one picture."""
    picture, word = TOOLS[name]
    page = open_page(browser)
    page.goto(f"{site}/#/{name}")
    tool = ToolPage(page)
    tool.choose(sample_path(picture))
    expect(tool.answer).to_contain_text(word, ignore_case=True, timeout=ENGINE_TIMEOUT_MS)
    if name == "classify":
        page.get_by_role("switch", name="Heat map").check()
    save(page, name)
    page.context.close()


def show_library(browser: Browser, site: str) -> None:
    """Take the screenshot of Organise with some pictures."""
    page = open_page(browser)
    page.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    organise = OrganisePage(page)
    organise.open(site)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "Photos"
        target.mkdir()
        for picture in LIBRARY:
            source = sample_path(picture)
            (target / source.name).write_bytes(source.read_bytes())
        organise.add_folder(target)
        organise.expect_imported(str(len(LIBRARY)))
        organise.imported.get_by_role("button").last.click()
        organise.expect_found(str(len(LIBRARY)))
        save(page, "organise")
    page.context.close()


def main() -> int:
    """Take all screenshots; return the exit status."""
    server = make_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://localhost:{server.server_address[1]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.require(), args=chromium.flags())
        for name in TOOLS:
            show_tool(browser, site, name)
        show_library(browser, site)
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
