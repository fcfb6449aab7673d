"""What a paste takes in: pictures that are meant, and never a picture where text was pasted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.browsing import OpenPage
from tests.e2e.page_modules import add_module

ELEMENTS = """async () => {
  document.body.replaceChildren();
  for (const [id, tag] of [["live", "div"], ["notice", "div"]]) {
    const element = document.createElement(tag);
    element.dataset.part = id;
    document.body.append(element);
  }
  const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
  add("input", { id: "search", type: "search" });
  add("input", { id: "text" });
  add("input", { id: "check", type: "checkbox" });
  add("textarea", { id: "area" });
  add("div", { id: "rich", contentEditable: "true" });
  add("button", { id: "button" });
}"""
"""The parts of the page that the module needs, and elements to paste into."""

SET_UP = """async () => {
  const { setUpPaste } = pasting;
  globalThis.taken = [];
  setUpPaste((files) => taken.push(...files.map(({ file, path }) => ({ name: file.name, path, size: file.size }))));
  globalThis.paste = (where, files, data) => {
    taken.length = 0;
    const transfer = new DataTransfer();
    for (const [name, type] of files) transfer.items.add(new File(["picture"], name, { type }));
    for (const [type, text] of Object.entries(data)) transfer.setData(type, text);
    const target = where ? document.getElementById(where) : document.body;
    document.activeElement.blur();
    target.focus?.();
    const event = new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
    target.dispatchEvent(event);
    return { taken: [...taken], isLeftAlone: !event.defaultPrevented };
  };
}"""

SCREENSHOT = [["image.png", "image/png"]]
CELLS = {
    "text/plain": "Name\tPrice\r\nApple\t3",
    "text/html": "<html><head><style>td {color: red}</style></head><body><table><tr><td>Apple</td></tr></table>",
}
PICTURE_OF_A_PAGE = '<meta charset="utf-8"><img src="https://example.org/cat.jpg" alt="A cat">'


@pytest.fixture
def page(site: str, open_page: OpenPage) -> Page:
    page, _ = open_page(f"{site}/manifest.json")
    page.evaluate(ELEMENTS)
    add_module(page, "page/shell/paste.js", "pasting")
    page.evaluate(SET_UP)
    return page


def paste(page: Page, files: list[list[str]], data: dict[str, str], where: str = "") -> list[str]:
    """Names of the files that were taken in."""
    answer: dict[str, Any] = page.evaluate("([where, files, data]) => paste(where, files, data)", [where, files, data])
    assert answer["isLeftAlone"]  # the browser puts text where it belongs
    return [one["name"] for one in answer["taken"]]


@pytest.mark.parametrize("where", ["search", "text", "area", "rich"])
@pytest.mark.parametrize("data", [CELLS, {}, {"text/html": PICTURE_OF_A_PAGE}, {"text/plain": "word"}])
def test_a_paste_into_a_text_field_takes_no_picture_in(page: Page, where: str, data: dict[str, str]) -> None:
    assert paste(page, SCREENSHOT, data, where) == []
    assert paste(page, [["holiday.jpg", "image/jpeg"]], data, where) == []


@pytest.mark.parametrize("where", ["", "button", "check"])
def test_a_screenshot_is_taken_in_elsewhere(page: Page, where: str) -> None:
    (name,) = paste(page, SCREENSHOT, {}, where)
    assert re.fullmatch(r"Pasted \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d( \(\d+\))?\.png", name)


@pytest.mark.parametrize(
    "data",
    [
        CELLS,
        {"text/html": "<p>A paragraph.</p>"},
        {"text/html": "<p>A paragraph with <img src='a.png'></p>"},
        {"text/html": "<img src='a.png'><img src='b.png'>"},
        {"text/html": "<table><tr><td></td></tr></table>", "text/plain": "\t\r\n"},
        {"text/html": "<svg><path d='M0 0'/></svg>"},
        {"text/plain": "a word processor's line"},
        {"text/plain": "A1\tB1", "text/rtf": "{\\rtf1}"},
        {"text/plain": "https://example.org/ and more"},
    ],
)
def test_what_is_rendered_beside_text_is_no_picture(page: Page, data: dict[str, str]) -> None:
    assert paste(page, SCREENSHOT, data) == []


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": PICTURE_OF_A_PAGE},
        {"text/html": f"<html><body><!--StartFragment-->{PICTURE_OF_A_PAGE}<!--EndFragment--></body></html>"},
        {"text/html": f"<style>p {{margin: 0}}</style><a href='/'>{PICTURE_OF_A_PAGE}</a>", "text/plain": "A cat"},
        {"text/plain": "https://example.org/cat.jpg"},
        {"text/plain": "  \r\n"},
        {"text/plain": "/pictures/image.png"},
    ],
)
def test_a_picture_that_was_copied_itself_is_taken_in(page: Page, data: dict[str, str]) -> None:
    (name,) = paste(page, SCREENSHOT, data)
    assert name.startswith("Pasted ")


def test_copied_files_keep_their_names(page: Page) -> None:
    files = [["Zoë 1.jpg", "image/jpeg"], ["Zoë 2.heic", ""]]
    assert paste(page, files, {"text/plain": "Zoë 1.jpg\rZoë 2.heic"}) == ["Zoë 1.jpg", "Zoë 2.heic"]
    assert paste(page, [["screen.png", "image/png"]], {}) == ["screen.png"]


def test_pasted_screenshots_have_names_of_their_own(page: Page) -> None:
    names = [name for _ in range(5) for name in paste(page, SCREENSHOT, {})]
    names += paste(page, [*SCREENSHOT, ["image.jpeg", "image/jpeg"]], {})
    assert len(set(names)) == 7
    assert names[-1].endswith(".jpg")
