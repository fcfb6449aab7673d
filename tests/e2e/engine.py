"""Drive Onsight's public JavaScript API from a test, on a page of the site that starts nothing by itself."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

START = """async (options) => {
  const { Onsight } = await import("./page/client.js");
  globalThis.progress = [];
  globalThis.onsight = await Onsight.start({ ...options, onProgress: (step) => progress.push(step) });
  return onsight.engine.info;
}"""

PREPARE = """([name, data, type]) => {
  globalThis.pictures ??= {};
  pictures[name] = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type });
}"""

ANSWER = """async ([name, options, method = "classify"]) => {
  try {
    let timings;
    const result = await onsight[method](pictures[name], { ...options, onTimings: (ms) => { timings = ms; } });
    return { result, timings };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message, detail: error.detail } };
  }
}"""


class PageEngine:
    """The engine inside a page.

    Attributes:
        page: The page; its globals hold ``onsight`` and the prepared ``pictures``.
        info: The engine's own facts.
    """

    def __init__(self, page: Page, *, is_started: bool = False, **options: object) -> None:
        """Take the engine that is there, or start one with options of the API."""
        self.page = page
        self.info: dict[str, Any] = page.evaluate("onsight.engine.info" if is_started else START, options)

    def prepare(self, name: str, data: bytes, media_type: str = "") -> None:
        """Make a file that the page can use by name."""
        self.page.evaluate(PREPARE, [name, base64.b64encode(data).decode(), media_type])

    def classify(self, data: bytes, **options: object) -> dict[str, Any]:
        """Return ``{"result", "timings"}`` or ``{"error"}``."""
        return self.call("classify", data, **options)

    def call(self, method: str, data: bytes, **options: object) -> dict[str, Any]:
        """Return what a method answers, as `classify` does."""
        self.prepare("picture", data)
        answer: dict[str, Any] = self.page.evaluate(ANSWER, ["picture", options, method])
        return answer
