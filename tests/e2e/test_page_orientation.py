"""What is shown is what is analysed, drawn on and saved, whichever way a file says how it is turned."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS
from tests.e2e.organise_page import OrganisePage
from tests.e2e.tool_page import ToolPage, file, open_tool
from tests.pictures import encode
from tests.turned import WAYS, avif, marked

WIDTH, HEIGHT = 360, 240
PLACE = (48, 32, 108, 72)
MARGIN = 0.02
"""What is drawn round the mark, as a part of the picture."""

SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WebP": "webp", "TIFF": "tif", "AVIF": "avif"}

CASES = [
    ("JPEG, EXIF of type 3 <", 6),
    ("JPEG, EXIF of type 4 >", 6),
    ("JPEG, EXIF of type 1 <", 3),
    ("JPEG, second EXIF block", 6),
    ("JPEG, XMP alone", 6),
    ("JPEG, XMP alone", 5),
    ("PNG, eXIf", 8),
    ("PNG, raw profile exif", 6),
    ("PNG, XMP alone", 7),
    ("WebP, EXIF", 6),
    ("WebP, EXIF", 2),
    ("WebP, EXIF", 4),
    ("WebP, XMP alone", 8),
    ("TIFF", 6),
    ("AVIF", 6),
]


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "detect") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Detect tool whose engine is ready."""
    yield module_tool
    module_tool.clear()


def is_mark(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    red, green, blue = (pixels[..., channel].astype(int) for channel in range(3))
    found: NDArray[np.bool_] = (red > 150) & (green < 100) & (blue < 110)
    return found


def edges_of_mark(element: Locator) -> list[float]:
    """Return where the mark is seen, as fractions: left, top, right, bottom."""
    seen = np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"))
    rows, columns = np.nonzero(is_mark(seen))
    assert rows.size > 100, "the mark cannot be seen"
    height, width = seen.shape[:2]
    return [columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height]


def stored(way: str, turn: int) -> bytes:
    picture = marked(WIDTH, HEIGHT, PLACE)
    return avif(picture, turn) if way == "AVIF" else WAYS[way](picture, turn)


PIXELS = """async (image) => {
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data: btoa(Array.from(data, (value) => String.fromCharCode(value)).join("")) };
}"""
"""Reads what an image shows."""

UPRIGHT = [PLACE[0] / WIDTH, PLACE[1] / HEIGHT, PLACE[2] / WIDTH, PLACE[3] / HEIGHT]


@pytest.mark.parametrize(("way", "turn"), CASES)
def test_what_is_covered_by_hand_is_what_is_gone_from_the_saved_picture(tool: ToolPage, way: str, turn: int) -> None:
    suffix = SUFFIXES[way.split(",")[0]]
    tool.choose(file(f"photo.{suffix}", stored(way, turn)))
    tool.expect_answer("Nothing found")
    expect(tool.page.locator(".frame")).to_be_visible()
    if tool.page.locator("details.privacy[open]").count() == 0:
        tool.answer.get_by_text("Blur faces, number plates").click()
    tool.answer.get_by_role("button", name="Draw on the picture").click()
    frame = tool.page.locator(".frame")
    frame.scroll_into_view_if_needed()
    edges = edges_of_mark(frame)
    assert edges == pytest.approx(UPRIGHT, abs=0.02)
    place = frame.bounding_box()
    assert place

    def to(x: float, y: float) -> tuple[float, float]:
        return place["x"] + x * place["width"], place["y"] + y * place["height"]

    tool.page.mouse.move(*to(edges[0] - MARGIN, edges[1] - MARGIN))
    tool.page.mouse.down()
    tool.page.mouse.move(*to(edges[2] + MARGIN, edges[3] + MARGIN), steps=4)
    tool.page.mouse.up()
    tool.page.keyboard.press("Escape")
    tool.page.get_by_role("combobox", name="Style").select_option("Black")
    with tool.page.expect_download(timeout=ENGINE_TIMEOUT_MS) as download:
        tool.page.get_by_role("button", name="Save blurred picture").click()
    with Image.open(download.value.path()) as saved:
        pixels = np.asarray(saved.convert("RGB"))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert not is_mark(pixels).any()
    black = pixels.max(axis=2) < 40
    covered = np.ix_(range(PLACE[1], PLACE[3]), range(PLACE[0], PLACE[2]))
    assert black[covered].all()
    assert black.sum() < 1.8 * (PLACE[2] - PLACE[0]) * (PLACE[3] - PLACE[1])


def test_colours_and_first_frames_are_shown_as_the_engine_sees_them(tool: ToolPage) -> None:
    first = marked(WIDTH, HEIGHT, PLACE)
    second = Image.new("RGB", first.size, (30, 60, 200))
    moving = encode(first, "GIF", save_all=True, append_images=[second], duration=20, loop=1)
    tool.choose(file("moving.gif", moving, "image/gif"))
    tool.expect_answer("Nothing found")
    frame = tool.page.locator(".frame")
    expect(frame).to_be_visible()
    tool.page.wait_for_timeout(200)  # the browser's own animation would have ended by now
    assert edges_of_mark(frame) == pytest.approx(UPRIGHT, abs=0.02)


def test_list_shows_turned_pictures_as_the_engine_sees_them(tool: ToolPage) -> None:
    way = WAYS["JPEG, XMP alone"]
    tool.choose(file("one.jpg", way(marked(WIDTH, HEIGHT, (60, 0, 120, 40)), 3)), file("two.jpg", stored("TIFF", 1)))
    tool.wait_until_finished("2")
    canvas = tool.option("one.jpg").locator("canvas")
    expect(canvas).to_have_attribute("data-drawn", "")

    def shown() -> bool:
        pixels = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB"))
        marks = is_mark(pixels)
        half = pixels.shape[0] // 2
        return bool(marks[:half].any() and not marks[half:].any())

    for _ in range(50):
        if shown():
            break
        tool.page.wait_for_timeout(100)
    assert shown()
    expect(tool.option("two.jpg").locator("canvas")).to_have_attribute("data-drawn", "")


def test_file_that_lacks_its_end_is_opened_and_says_so(tool: ToolPage) -> None:
    whole = encode(marked(WIDTH, HEIGHT, PLACE), "JPEG", quality=90)
    tool.choose(file("broken-off.jpg", whole[:-2], "image/jpeg"))
    tool.expect_answer("Nothing found")
    expect(tool.answer).to_contain_text("The end of this JPEG file is missing, but the whole picture is there.")
    expect(tool.page.locator(".frame")).to_be_visible()
    assert tool.copied_json()["image"]["warning"].startswith("The end of this JPEG file is missing")
    tool.clear()
    tool.choose(file("whole.jpg", whole, "image/jpeg"))
    tool.expect_answer("Nothing found")
    expect(tool.answer).not_to_contain_text("is missing")


def test_library_finds_files_that_lack_their_end(organise: OrganisePage, tmp_path: Path) -> None:
    whole = encode(marked(WIDTH, HEIGHT, PLACE), "JPEG", quality=90)
    (tmp_path / "whole.jpg").write_bytes(whole)
    (tmp_path / "broken-off.jpg").write_bytes(whole[:-2])
    organise.add_files(tmp_path / "whole.jpg", tmp_path / "broken-off.jpg")
    organise.expect_imported("2 pictures added.")
    organise.search.fill("is:damaged")
    organise.expect_found("1 picture found")
    organise.tile("broken-off.jpg").click()
    detail = organise.page.get_by_role("dialog", name="Picture")
    expect(detail).to_contain_text("The end of this JPEG file is missing, but the whole picture is there.")


def test_library_shows_a_picture_large_as_the_engine_sees_it(organise: OrganisePage, tmp_path: Path) -> None:
    for name, way in (("turned.webp", "WebP, EXIF"), ("turned.jpg", "JPEG, XMP alone")):
        (tmp_path / name).write_bytes(stored(way, 6))
    organise.add_files(tmp_path / "turned.webp", tmp_path / "turned.jpg")
    organise.expect_imported("2")
    for name in ("turned.webp", "turned.jpg"):
        organise.tile(name).click()
        detail = organise.page.get_by_role("dialog", name="Picture")
        image = detail.get_by_role("img", name=name)
        expect(image).to_be_visible()
        # The small picture comes first; the large one has all of the file's pixels.
        organise.page.wait_for_function(
            "([name, width]) => document.querySelector(`dialog[open] img[alt^='${name}']`).naturalWidth === width",
            arg=[name, WIDTH],
        )
        seen = image.evaluate(PIXELS)
        pixels = np.frombuffer(base64.b64decode(seen["data"]), np.uint8).reshape(seen["height"], seen["width"], 4)
        assert pixels.shape == (HEIGHT, WIDTH, 4)
        rows, columns = np.nonzero(is_mark(pixels[..., :3]))
        assert [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1] == pytest.approx(PLACE, abs=3)
        organise.page.keyboard.press("Escape")
