"""Classify on the page, one picture: every way in, the answer, the heat map, what can go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS
from tests.e2e.tool_page import ToolPage, cat, coffee, file, open_tool, truncated
from tests.pictures import encode, exif, photo

FRAME = """() => {
  const frame = document.querySelector(".frame").getBoundingClientRect();
  const seen = document.querySelector(".frame__seen").getBoundingClientRect();
  return { ratio: frame.width / frame.height,
    box: [(seen.left - frame.left) / frame.width, (seen.top - frame.top) / frame.height,
          (seen.right - frame.left) / frame.width, (seen.bottom - frame.top) / frame.height] };
}"""
"""Shape of the picture as it is shown, and the heat map's place in it, as shares of its sides."""

BRIGHTNESS = """([height, width]) => {
  const canvas = document.querySelector(".frame__seen canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: height * width }, (_, index) => {
    const x = Math.floor(((index % width) + 0.5) / width * canvas.width);
    const y = Math.floor((Math.floor(index / width) + 0.5) / height * canvas.height);
    const [red, green, blue] = data.subarray((y * canvas.width + x) * 4);
    return red + green + blue;
  });
}"""
"""Red + green + blue in the middle of each cell of the painted heat map, row by row."""


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "classify") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Classify tool whose engine is ready."""
    module_tool.page.goto(module_tool.page.url.split("#")[0] + "#/classify")
    yield module_tool
    module_tool.clear()


def test_chosen_picture_gets_its_label_category_path_and_bars(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("Cat")
    expect(tool.answer.get_by_role("heading", level=2)).to_have_text(re.compile(r"^Cat >?\d\d%$"))
    expect(tool.answer.get_by_text("Pets")).to_be_visible()
    expect(tool.answer.get_by_role("list", name="From broad to specific")).to_have_text(re.compile("Animal.*Cat"))
    meter = tool.answer.get_by_role("meter", name="Cat", exact=True)
    assert int(meter.get_attribute("aria-valuenow") or 0) > 50
    expect(tool.answer.get_by_text(re.compile(r"Took .* on this device"))).to_be_visible()


def test_details_tell_size_format_model_and_stages(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("Cat")
    tool.answer.get_by_text(re.compile(r"^Took .* on this device")).click()
    for fact in ("451 × 300, PNG", "efficientnet-lite2", "Network"):
        expect(tool.answer.get_by_text(fact)).to_be_visible()
    tool.answer.get_by_text(re.compile(r"^Took .* on this device")).click()


def test_dropped_picture_is_classified_and_the_page_says_where_it_may_fall(tool: ToolPage) -> None:
    tool.transfer(coffee())
    tool.page.evaluate("dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer }))")
    expect(tool.page.get_by_text("Drop to classify")).to_be_visible()
    tool.page.evaluate("dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))")
    expect(tool.page.get_by_text("Drop to classify")).to_be_hidden()
    tool.expect_answer("Coffee")


def test_dropped_link_is_explained(tool: ToolPage) -> None:
    tool.page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.setData("text/uri-list", "https://example.org/cat.jpg");
          dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        }"""
    )
    expect(tool.page.get_by_role("status")).to_contain_text("That was a link, not a file.")


def test_pasted_picture_is_classified(tool: ToolPage) -> None:
    tool.transfer(cat())
    tool.page.evaluate(
        "document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))"
    )
    tool.expect_answer("Cat")


def test_answer_is_announced(tool: ToolPage) -> None:
    tool.choose(cat())
    expect(tool.page.get_by_role("status")).to_have_text(
        re.compile(r"^chelsea\.png: Cat · >?\d\d%$"), timeout=ENGINE_TIMEOUT_MS
    )


def test_answer_is_copied_as_text_and_as_json(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("Cat")
    tool.answer.get_by_role("button", name="Copy text").click()
    expect(tool.answer.get_by_role("button", name="Copied")).to_be_visible()
    assert re.fullmatch(r"chelsea\.png: Cat · >?\d\d% \(Animal › Cat; Pets\)", tool.clipboard())
    tool.answer.get_by_role("button", name="Copy JSON").click()
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    result = tool.clipboard_json()
    assert result["label"] == "Cat"
    assert set(result) >= {"score", "certain", "category", "path", "candidates", "heat_map", "image", "model"}


def test_heat_map_lies_on_the_part_that_the_network_saw(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("Cat")
    switch = tool.page.get_by_role("switch", name="Heat map")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    expect(tool.page.get_by_text("Where the network found “Cat”.")).to_be_visible()
    tool.answer.get_by_role("button", name="Copy JSON").click()
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    heat_map = tool.clipboard_json()["heat_map"]
    shown = tool.page.evaluate(FRAME)
    x1, y1, x2, y2 = heat_map["box"]
    assert shown["box"] == pytest.approx([x1 / 451, y1 / 300, x2 / 451, y2 / 300], abs=0.01)
    brightness = tool.page.evaluate(BRIGHTNESS, [heat_map["height"], heat_map["width"]])
    assert len(brightness) == len(heat_map["values"])
    by_value = [shine for _, shine in sorted(zip(heat_map["values"], brightness, strict=True))]
    # Brighter means more, everywhere; half a pixel beside a cell's centre may be a little off.
    assert all(later > earlier - 20 for earlier, later in pairwise(by_value))
    assert by_value[-1] - by_value[0] > 400
    switch.press("Space")
    expect(tool.page.get_by_text("Where the network found")).to_be_hidden()


def test_turned_photo_is_shown_and_measured_upright(tool: ToolPage) -> None:
    tool.choose(file("turned.jpg", encode(photo(320, 200), "JPEG", exif=exif(6)), "image/jpeg"))
    expect(tool.answer.get_by_text(re.compile(r"^Took .* on this device"))).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    tool.answer.get_by_text(re.compile(r"^Took .* on this device")).click()
    expect(tool.answer.get_by_text("200 × 320, JPEG")).to_be_visible()
    assert tool.page.evaluate(FRAME)["ratio"] == pytest.approx(200 / 320, abs=0.01)
    tool.answer.get_by_text(re.compile(r"^Took .* on this device")).click()


def test_picture_that_the_browser_cannot_show_is_shown_by_the_engine(tool: ToolPage) -> None:
    tool.choose(file("scan.tiff", encode(photo(320, 200), "TIFF"), "image/tiff"))
    image = tool.page.get_by_role("img", name="scan.tiff")
    expect(image).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    expect(image).to_have_js_property("naturalWidth", 320)
    expect(tool.answer.get_by_text(re.compile(r"^Took .* on this device"))).to_be_visible(timeout=ENGINE_TIMEOUT_MS)


def test_picture_without_an_answer_says_so_and_gives_its_best_guesses(tool: ToolPage) -> None:
    tool.choose(file("nothing.png", encode(photo(), "PNG"), "image/png"))
    tool.expect_answer("Not sure")
    expect(tool.answer.get_by_role("heading", level=2)).to_have_text("Not sure")
    expect(tool.answer.get_by_role("list", name="Best guesses").get_by_role("listitem").first).to_be_visible()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.jpg", b"", "empty_file"),
        ("letter.jpg", b"Dear Sir or Madam, this is not a picture at all.", "not_an_image"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
    ],
)
def test_bad_file_gets_a_sentence_and_a_code(tool: ToolPage, name: str, data: bytes, code: str) -> None:
    tool.choose(file(name, data))
    tool.expect_answer("No result for this picture")
    expect(tool.answer.get_by_text(code, exact=True)).to_be_visible()
    expect(tool.answer.get_by_role("button", name="Copy details")).to_be_hidden()
    expect(tool.answer.get_by_text("Technical details")).to_be_hidden()
    expect(tool.page.get_by_role("status")).to_contain_text(name)


def test_bad_file_does_not_spoil_the_next(tool: ToolPage) -> None:
    tool.choose(truncated())
    tool.expect_answer("No result for this picture")
    tool.choose(cat())
    tool.page.keyboard.press("ArrowRight")
    tool.expect_answer("Cat")


def test_failed_picture_can_be_tried_again(tool: ToolPage) -> None:
    tool.choose(truncated())
    tool.expect_answer("No result for this picture")
    retry = tool.answer.get_by_role("button", name="Try again")
    retry.click()
    tool.expect_answer("No result for this picture")
    expect(retry).to_be_visible()


def test_removing_the_only_picture_leads_back_to_the_start(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("Cat")
    tool.page.keyboard.press("Delete")
    expect(tool.page.get_by_role("button", name="Choose pictures")).to_be_visible()
    expect(tool.answer).to_be_hidden()
