"""Detect on the page: boxes over the picture, their list, the slider, copying and saving, many pictures."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from e2e.conftest import ENGINE_TIMEOUT_MS, Complaints
from e2e.tool_page import ToolPage, cat, file, open_tool, truncated
from onsight.detection.annotate import COLOURS
from pictures import encode, exif, photo, sample

OpenPage = Callable[..., tuple[Page, Complaints]]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

PLACES = """() => {
  const frame = document.querySelector(".frame").getBoundingClientRect();
  const share = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return [(left - frame.left) / frame.width, (top - frame.top) / frame.height,
            (right - frame.left) / frame.width, (bottom - frame.top) / frame.height];
  };
  return { ratio: frame.width / frame.height,
    boxes: [...document.querySelectorAll(".box__line")].map((line) => {
      const { x, y, width, height } = line.getBBox();
      const toScreen = line.getScreenCTM();
      const from = new DOMPoint(x, y).matrixTransform(toScreen);
      const to = new DOMPoint(x + width, y + height).matrixTransform(toScreen);
      return [(from.x - frame.left) / frame.width, (from.y - frame.top) / frame.height,
              (to.x - frame.left) / frame.width, (to.y - frame.top) / frame.height];
    }),
    tags: [...document.querySelectorAll(".tag")].map(share) };
}"""
"""Shape of the picture as it is shown; boxes and their names, as shares of its sides."""

COLOURS_OF_PAGE = """async () => {
  const { CLASSES, colourOf } = await import(new URL("page/detect/classes.js", document.baseURI));
  return CLASSES.map((name) => [name, colourOf(name)]);
}"""

NOUNS = """async (asked) => {
  const { nounOf } = await import(new URL("page/detect/classes.js", document.baseURI));
  return asked.map(([label, count]) => nounOf(label, count));
}"""


def astronaut() -> FilePayload:
    """Return a photograph of one person."""
    return file("astronaut.png", sample("astronaut"), "image/png")


def two_cups() -> FilePayload:
    """Return a picture of two cups, side by side."""
    with Image.open(io.BytesIO(sample("coffee"))) as picture:
        one = picture.convert("RGB")
    both = Image.new("RGB", (2 * one.width, one.height))
    both.paste(one, (0, 0))
    both.paste(one, (one.width, 0))
    return file("both.png", encode(both, "PNG"), "image/png")


def rows(tool: ToolPage) -> Locator:
    """Return the rows of the boxes."""
    return tool.answer.get_by_role("list", name="Most certain first").get_by_role("button")


def slider(tool: ToolPage) -> Locator:
    """Return the slider."""
    return tool.page.get_by_role("slider", name="Minimum confidence")


def copied_json(tool: ToolPage) -> Any:
    """Return what "Copy JSON" copies."""
    tool.answer.get_by_role("button", name="Copy JSON").click()
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    return tool.clipboard_json()


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "detect") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Detect tool whose engine is ready; the slider is where it starts."""
    module_tool.page.goto(module_tool.page.url.split("#")[0] + "#/detect")
    expect(module_tool.page.get_by_role("heading", level=1, name="Detect")).to_be_visible()
    yield module_tool
    if slider(module_tool).is_visible():
        slider(module_tool).fill("40")
    module_tool.clear()


def test_person_gets_a_box_a_row_and_a_count(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    expect(rows(tool)).to_have_count(1)
    expect(rows(tool)).to_have_text(re.compile(r"^Person \d\d\s%"))
    result = copied_json(tool)
    (box,) = result["boxes"]
    assert box["label"] == "person"
    shown = tool.page.evaluate(PLACES)
    assert shown["boxes"] == [pytest.approx([box[key] / 512 for key in ("x1", "y1", "x2", "y2")], abs=0.005)]
    assert all(0 <= edge <= 1 for edge in shown["tags"][0])
    expect(tool.page.get_by_role("status")).to_be_attached()


def test_box_of_a_turned_photo_lies_on_the_upright_picture(tool: ToolPage) -> None:
    with Image.open(io.BytesIO(sample("astronaut"))) as picture:
        lying = picture.convert("RGB").crop((0, 0, 400, 512)).rotate(90, expand=True)
    tool.choose(file("turned.jpg", encode(lying, "JPEG", exif=exif(6)), "image/jpeg"))
    tool.expect_answer("1 person")
    result = copied_json(tool)
    assert (result["image"]["width"], result["image"]["height"]) == (400, 512)
    shown = tool.page.evaluate(PLACES)
    assert shown["ratio"] == pytest.approx(400 / 512, abs=0.01)
    box = result["boxes"][0]
    expected = [box["x1"] / 400, box["y1"] / 512, box["x2"] / 400, box["y2"] / 512]
    assert shown["boxes"][0] == pytest.approx(expected, abs=0.005)


def test_slider_hides_and_shows_boxes_at_once_without_looking_again(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    requests: list[str] = []
    tool.page.on("request", lambda request: requests.append(request.url))
    slider(tool).fill("95")
    tool.expect_answer("Nothing found")
    expect(rows(tool)).to_have_count(0)
    expect(tool.page.locator(".box__line")).to_have_count(0)
    expect(tool.answer.get_by_text("Lower the minimum confidence")).to_be_visible()
    expect(slider(tool)).to_have_attribute("aria-valuetext", re.compile(r"^95\s%$"))
    slider(tool).fill("10")
    expect(tool.answer.get_by_role("heading", level=2)).to_contain_text("person")
    assert not requests


def test_slider_stays_where_it_was_put(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    slider(tool).press("ArrowRight")
    expect(slider(tool)).to_have_value("41")
    navigation = tool.page.get_by_role("navigation", name="Tools")
    navigation.get_by_role("link", name="Classify").click()
    expect(slider(tool)).to_be_hidden()
    navigation.get_by_role("link", name="Detect").click()
    expect(slider(tool)).to_have_value("41")


def test_row_and_box_light_each_other_up(tool: ToolPage) -> None:
    tool.choose(two_cups())
    tool.expect_answer("2 cups")
    lit = tool.page.locator(".tag--active")
    name = re.compile(r"^\w[\w ]* [>\d]+\s%")
    # Focus by the keyboard.
    slider(tool).focus()
    for number in range(2):
        tool.page.keyboard.press("Tab")
        row = rows(tool).nth(number)
        expect(row).to_be_focused()
        label = name.match(row.inner_text().replace("\n", " "))
        assert label
        expect(lit).to_have_text(label[0].replace("  ", " "))
    # A press keeps the light on when the focus has gone.
    tool.page.keyboard.press("Enter")
    expect(rows(tool).nth(1)).to_have_attribute("aria-pressed", "true")
    slider(tool).focus()
    expect(lit).to_have_count(1)
    rows(tool).nth(1).focus()
    tool.page.keyboard.press("Enter")
    slider(tool).focus()
    expect(lit).to_have_count(0)
    # The box under the pointer lights its row up.
    tool.page.locator(".box__line").last.hover()
    expect(lit).to_have_count(1)
    expect(tool.page.locator(".found__row--active")).to_have_count(1)
    tool.page.mouse.move(1, 1)
    expect(lit).to_have_count(0)


def test_finding_is_announced_and_copied_as_text(tool: ToolPage) -> None:
    tool.choose(astronaut())
    expect(tool.page.get_by_role("status")).to_have_text("astronaut.png: 1 person", timeout=ENGINE_TIMEOUT_MS)
    tool.answer.get_by_role("button", name="Copy text").click()
    expect(tool.answer.get_by_role("button", name="Copied")).to_be_visible()
    assert re.fullmatch(r"astronaut\.png: 1 person \(person \d\d %\)", tool.clipboard())


def test_picture_is_saved_with_its_boxes(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    box = copied_json(tool)["boxes"][0]
    with tool.page.expect_download() as download:
        tool.answer.get_by_role("button", name="Save with boxes").click()
    assert download.value.suggested_filename == "astronaut-boxes.png"
    with Image.open(download.value.path()) as saved:
        assert saved.size == (512, 512)
        pixel = saved.convert("RGB").getpixel((round(box["x1"]), round((box["y1"] + box["y2"]) / 2)))
    wanted = tuple(bytes.fromhex(COLOURS[0].removeprefix("#")))
    assert pixel == pytest.approx(wanted, abs=40)


def test_nothing_in_the_picture_is_said_plainly(tool: ToolPage) -> None:
    tool.choose(file("grey.png", encode(Image.new("RGB", (64, 64), "grey"), "PNG"), "image/png"))
    tool.expect_answer("Nothing found")
    expect(tool.answer.get_by_text("80 kinds")).to_be_visible()
    expect(tool.answer.get_by_role("list", name="Most certain first")).to_be_hidden()


def test_bad_file_gets_a_sentence_and_the_others_go_on(tool: ToolPage) -> None:
    tool.choose(truncated(), astronaut(), file("grey.png", encode(photo(), "PNG"), "image/png"))
    tool.wait_until_finished("1 with objects, 1 with nothing found, 1 failed")
    tool.expect_answer("No answer for this picture")
    expect(tool.option("astronaut.png")).to_contain_text("1 person")
    with tool.page.expect_download() as download:
        tool.page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "onsight-detect.jsonl"
    lines = [json.loads(line) for line in Path(download.value.path()).read_text(encoding="utf-8").splitlines()]
    assert set(lines[0]["error"]) == {"code", "message"}
    assert [box["label"] for box in lines[1]["result"]["boxes"]] == ["person"]
    assert lines[2]["result"]["boxes"] == []


def test_picture_stays_when_the_tool_changes(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("1 cat")
    navigation = tool.page.get_by_role("navigation", name="Tools")
    navigation.get_by_role("link", name="Classify").click()
    expect(tool.page.get_by_role("img", name="chelsea.png")).to_be_visible()
    tool.expect_answer("Cat")
    navigation.get_by_role("link", name="Detect").click()
    expect(tool.page.get_by_role("img", name="chelsea.png")).to_be_visible()
    tool.expect_answer("1 cat")


def test_networks_are_not_loaded_before_the_tool_is_opened(site: str, browser: Browser) -> None:
    with open_tool(site, browser, "classify") as tool:
        requests: list[str] = []
        tool.page.context.on("request", lambda request: requests.append(request.url))
        tool.choose(astronaut())
        expect(tool.answer.get_by_text("Answered in")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
        assert not [url for url in requests if "ssdlite" in url or "centernet" in url]


def test_dropping_says_what_it_does_here(tool: ToolPage) -> None:
    tool.transfer(cat())
    tool.page.evaluate("dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer }))")
    expect(tool.page.get_by_text("Drop to find things")).to_be_visible()
    tool.page.evaluate("dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))")
    tool.expect_answer("1 cat")


def test_classes_have_the_colours_of_the_command_line_and_white_is_read_on_each(tool: ToolPage) -> None:
    labels = Path("models/ssdlite-mobilenet-v2/labels.txt").read_text(encoding="utf-8").split("\n")
    names = [label for label in labels if label]
    expected = [[name, COLOURS[index % len(COLOURS)]] for index, name in enumerate(names)]
    assert tool.page.evaluate(COLOURS_OF_PAGE) == expected
    assert all(_contrast_with_white(colour) >= 4.5 for colour in COLOURS)


def test_counts_read_as_english(tool: ToolPage) -> None:
    asked = [["person", 3], ["person", 1], ["bus", 2], ["knife", 2], ["sheep", 4], ["skis", 1], ["bench", 2], ["tv", 2]]
    nouns = ["people", "person", "buses", "knives", "sheep", "pair of skis", "benches", "TVs"]
    assert tool.page.evaluate(NOUNS, asked) == nouns


def _contrast_with_white(colour: str) -> float:
    """Return the WCAG contrast of white text on ``#rrggbb``."""
    channels = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_phone_shows_boxes_and_list_without_scrolling_sideways(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/detect", **PHONE)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose or take a picture").tap()
    chooser.value.set_files([astronaut(), cat()])
    tool = ToolPage(page)
    tool.expect_answer("1 person")
    expect(page.get_by_role("img", name="astronaut.png")).to_be_in_viewport()
    assert page.evaluate(OVERFLOW) <= 0
    rows(tool).first.tap()
    expect(page.locator(".tag--active")).to_have_count(1)
