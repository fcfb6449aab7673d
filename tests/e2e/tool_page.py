"""A tool as a person uses it: by what can be seen, heard and pressed."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints
from tests.pictures import encode, photo, sample

DROP = """(list) => {
  const transfer = new DataTransfer();
  for (const [name, data, type] of list) {
    transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
  }
  globalThis.transfer = transfer;
}"""
"""Puts files into ``transfer``, as a file manager does when they are dragged or copied."""


def file(name: str, data: bytes, media_type: str = "") -> FilePayload:
    """Return a file for a file chooser."""
    return {"name": name, "mimeType": media_type, "buffer": data}


def cat() -> FilePayload:
    """Return a photograph of a cat."""
    return file("chelsea.png", sample("chelsea"), "image/png")


def coffee() -> FilePayload:
    """Return a photograph of a cup of coffee."""
    return file("coffee.png", sample("coffee"), "image/png")


def gradient(name: str) -> FilePayload:
    """Return a small picture of nothing."""
    return file(name, encode(photo(), "JPEG"), "image/jpeg")


def truncated(name: str = "broken.jpg") -> FilePayload:
    """Return a JPEG that ends too early."""
    whole = encode(photo(640, 480), "JPEG")
    return file(name, whole[: len(whole) // 3], "image/jpeg")


def command_line(*arguments: str | Path) -> str:
    """Return what the command line prints."""
    command = [sys.executable, "-m", "onsight", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class ToolPage:
    """Page object of a tool. The tools share one workspace; only their answers differ.

    Attributes:
        page: The browser's page.
        answer: The answer to the picture that is shown.
        list: The list of pictures.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answer = page.get_by_role("region", name="Result")
        self.list = page.get_by_role("listbox", name="Pictures")
        self.finished = page.get_by_role("status").filter(has_text="Finished")

    def choose(self, *files: FilePayload | Path) -> None:
        """Choose files with the button on an empty page, or else with the one that adds pictures."""
        button = self.page.get_by_role("button", name="Choose pictures").or_(
            self.page.get_by_role("button", name="Add pictures")
        )
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(list(files))  # type: ignore[arg-type]  # payloads or paths, as a caller has them

    def transfer(self, *files: FilePayload) -> None:
        """Make ``transfer`` in the page: files that are dragged or on the clipboard."""
        self.page.evaluate(
            DROP, [[one["name"], base64.b64encode(one["buffer"]).decode(), one["mimeType"]] for one in files]
        )

    def drop(self, *paths: Path) -> None:
        """Drop files and folders of this machine, as a file manager does."""
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for step in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": step, "x": 400, "y": 400, "data": data})
        session.detach()

    def expect_answer(self, label: str) -> None:
        """Wait until the picture that is shown has been answered with ``label``."""
        expect(self.answer.get_by_role("heading", level=2)).to_contain_text(label, timeout=ENGINE_TIMEOUT_MS)

    def wait_until_finished(self, summary: str) -> None:
        """Wait until every picture has ended and the page says so."""
        expect(self.finished).to_contain_text(summary, timeout=ENGINE_TIMEOUT_MS)

    def wait_for_paint(self) -> None:
        """Wait until what was changed just now is drawn."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def option(self, name: str) -> Locator:
        """Return a picture's row in the list."""
        return self.list.get_by_role("option").filter(has_text=name)

    def clear(self) -> None:
        """Remove every picture."""
        one = self.page.get_by_role("button", name="Remove this picture")
        everything = self.page.get_by_role("button", name="Remove all")
        if everything.is_visible():
            everything.click()
            self.page.get_by_role("dialog").get_by_role("button", name="Remove all").click()
        elif one.is_visible():
            one.click()
        expect(self.page.get_by_role("button", name="Choose pictures")).to_be_visible()

    def clipboard(self) -> str:
        """Return the text on the clipboard."""
        text: str = self.page.evaluate("navigator.clipboard.readText()")
        return text

    def copied_json(self) -> Any:
        """Return what "Copy JSON" copies."""
        self.answer.get_by_role("button", name="Copy JSON").click()
        expect(self.page.get_by_role("status")).to_have_text("Copied")
        return self.clipboard_json()

    def clipboard_json(self) -> Any:
        """Return the JSON on the clipboard."""
        return json.loads(self.clipboard())


@contextmanager
def open_tool(site: str, browser: Browser, tool: str) -> Iterator[ToolPage]:
    """Open a tool in a fresh profile and wait for its engine; its page must do nothing forbidden."""
    context = browser.new_context(service_workers="block", permissions=["clipboard-read", "clipboard-write"])
    complaints = Complaints(site)
    complaints.watch(context)
    page = context.new_page()
    page.goto(f"{site}/#/{tool}")
    expect(page.get_by_role("button", name="Engine: Ready")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    yield ToolPage(page)
    context.close()
    complaints.check()
