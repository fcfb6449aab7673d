"""Enhance on the page: Auto, sliders, the way back, before and after, crop, saving one and many, going on elsewhere."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin
from playwright.sync_api import Browser, Dialog, Download, FilePayload, Locator, expect

from onsight.engine import Engine
from onsight.image.blocks import exif_blocks, resolution
from onsight.image.png_text import png_texts
from onsight.image.tiff import exif_directories
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings
from tests.containers import exif_block
from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage, wait_until
from tests.e2e.tool_page import ToolPage, cat, file, gradient, open_tool, truncated
from tests.pictures import encode, exif, photo, sample

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

PIXELS = """() => document.querySelector(".viewer canvas").toDataURL("image/png")"""

SETTLED = """() => {
  const viewer = document.querySelector(".viewer");
  return viewer !== null && !("busy" in viewer.dataset) && !("empty" in viewer.dataset);
}"""
"""Whether all views that were wished for are there."""

AS_AT_THE_START = """async () => {
  const { choices } = await import(new URL("page/tools/enhance/view.js", document.baseURI));
  Object.assign(choices, { format: "", quality: undefined, metadata: "keep" });
}"""


def dark() -> FilePayload:
    """Return a photograph that was taken with two stops too little light."""
    with Image.open(io.BytesIO(sample("coffee"))) as picture:
        levels = np.asarray(picture.convert("RGB"), np.float64) / 255
    levels = (levels**2.2 / 4) ** (1 / 2.2)
    return file("dark.png", encode(Image.fromarray(np.round(levels * 255).astype(np.uint8)), "PNG"), "image/png")


def plain(name: str = "plain.png", width: int = 400, height: int = 300) -> FilePayload:
    """Return a smooth picture of many colours."""
    return file(name, encode(photo(width, height), "PNG"), "image/png")


def slider(tool: ToolPage, name: str) -> Locator:
    """Return the slider of a control."""
    return tool.answer.get_by_role("slider", name=name, exact=True)


def preset(tool: ToolPage, name: str) -> Locator:
    """Return the button of a preset."""
    return tool.answer.get_by_role("group", name="Presets").get_by_role("button", name=name, exact=True)


def divider(tool: ToolPage) -> Locator:
    """Return the line between before and after."""
    return tool.page.get_by_role("slider", name="Divider between before and after")


def undo(tool: ToolPage) -> Locator:
    """Return the button that undoes."""
    return tool.page.get_by_role("button", name=re.compile("^Undo"))


def redo(tool: ToolPage) -> Locator:
    """Return the button that does again what was undone."""
    return tool.page.get_by_role("button", name=re.compile("^Redo"))


def reset(tool: ToolPage) -> None:
    """Take back everything that Auto did, if it did anything."""
    button = tool.page.get_by_role("button", name="Reset", exact=True)
    if button.is_enabled():
        button.click()


def open_group(tool: ToolPage, name: str) -> None:
    """Open a group of controls, which stays open from one picture to the next."""
    group = tool.answer.locator("details.group", has=tool.page.locator("summary", has_text=name))
    if group.get_attribute("open") is None:
        group.locator("summary").click()


def ready(tool: ToolPage, heading: str | re.Pattern[str] = re.compile(".")) -> None:
    """Wait until the picture that is shown was measured and drawn."""
    expect(tool.answer.get_by_role("heading", level=2)).to_have_text(heading, timeout=ENGINE_TIMEOUT_MS)
    expect(preset(tool, "Auto")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    settle(tool)


def settle(tool: ToolPage) -> None:
    """Wait until the canvas shows what is set."""
    tool.page.wait_for_timeout(0)
    tool.page.wait_for_function(SETTLED, timeout=ENGINE_TIMEOUT_MS)
    tool.wait_for_paint()


def seen(tool: ToolPage) -> NDArray[np.int16]:
    """Return what the canvas shows, int16 [H, W, 4]."""
    settle(tool)
    png = base64.b64decode(tool.page.evaluate(PIXELS).partition(",")[2])
    with Image.open(io.BytesIO(png)) as canvas:
        return np.asarray(canvas.convert("RGBA"), np.int16)


def lightness(pixels: NDArray[np.int16]) -> float:
    """Return the mean level of what is not empty."""
    return float(pixels[pixels[..., 3] > 0][:, :3].mean())


def save(tool: ToolPage, *, button: str = "Save", **selected: str) -> Download:
    """Save what is shown, with choices by the names of their fields."""
    tool.answer.get_by_role("button", name="Save…").click()
    dialog = tool.page.get_by_role("dialog", name="Save")
    for name, label in selected.items():
        if name == "information":
            dialog.get_by_role("radio", name=label).check()
        elif name == "name":
            dialog.get_by_role("textbox", name="Name").fill(label)
        else:
            dialog.get_by_role("combobox", name=name.capitalize()).select_option(label)
    with tool.page.expect_download(timeout=ENGINE_TIMEOUT_MS) as download:
        dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()
    return download.value


def opened(download: Download) -> Image.Image:
    """Return a picture that was saved."""
    with Image.open(download.path()) as picture:
        picture.load()
        return picture


def same_as_native(download: Download, picture: FilePayload, **settings: Any) -> None:
    """Fail unless a saved picture is what Python makes without a browser, by at most one level."""
    made = Engine().enhance(picture["buffer"], EnhanceOptions(settings=EnhanceSettings(**settings), format="png"))
    with Image.open(io.BytesIO(made.data)) as expected:
        difference = np.asarray(expected, np.int16) - np.asarray(opened(download), np.int16)
    assert np.abs(difference).max() <= 1


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "enhance") as tool:
        tool.page.set_viewport_size({"width": 1280, "height": 800})
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Enhance tool whose engine is ready; everything is chosen as at the start."""
    page = module_tool.page
    page.goto(page.url.split("#")[0] + "#/enhance")
    expect(page.get_by_role("heading", level=1, name="Enhance")).to_be_visible()
    page.evaluate(AS_AT_THE_START)
    yield module_tool
    page.keyboard.press("Escape")
    module_tool.clear()


def test_auto_brightens_a_dark_picture_and_says_so(tool: ToolPage) -> None:
    picture = dark()
    tool.choose(picture)
    ready(tool, "Enhanced")
    expected = Engine().enhance_analysis(picture["buffer"])
    assert expected.settings.exposure > 0 or expected.settings.shadows > 0
    expect(tool.answer.get_by_text(expected.summary, exact=True)).to_be_visible()
    expect(preset(tool, "Auto")).to_have_attribute("aria-pressed", "true")
    divider(tool).press("Home")
    after = lightness(seen(tool))
    divider(tool).press("End")
    before = lightness(seen(tool))
    assert after > before + 15
    preset(tool, "Original").click()
    expect(tool.answer.get_by_role("heading", level=2)).to_have_text("Original")
    expect(slider(tool, "Exposure")).to_have_value("0")
    divider(tool).press("Home")
    assert lightness(seen(tool)) == pytest.approx(before, abs=0.5)
    assert before == pytest.approx(np.asarray(Image.open(io.BytesIO(picture["buffer"]))).mean(), abs=2)


def test_slider_changes_the_picture_and_its_number(tool: ToolPage) -> None:
    tool.choose(plain())
    ready(tool)
    tool.page.get_by_role("radio", name="Result").check()
    first = seen(tool)
    exposure = slider(tool, "Exposure")
    value = float(exposure.input_value())
    for _ in range(10):
        exposure.press("ArrowRight")
    expect(tool.answer.get_by_role("spinbutton", name="Exposure, as a number")).to_have_value(f"{value + 0.5:g}")
    brighter = seen(tool)
    assert lightness(brighter) > lightness(first) + 5
    tool.answer.get_by_role("spinbutton", name="Exposure, as a number").fill("-2")
    tool.page.keyboard.press("Enter")
    darker = seen(tool)
    assert lightness(darker) < lightness(first) - 20
    tool.answer.get_by_role("button", name="Reset exposure").click()
    expect(exposure).to_have_value("0")
    expect(exposure).to_be_focused()
    expect(exposure).to_have_attribute("aria-valuetext", "0.00, neutral")
    tool.page.get_by_role("radio", name="Divider").check()


def test_newest_setting_wins_however_fast_a_slider_is_moved(tool: ToolPage) -> None:
    tool.choose(plain())
    ready(tool)
    tool.page.get_by_role("radio", name="Result").check()
    exposure = slider(tool, "Exposure")
    for value in [*(step / 10 for step in range(-30, 30)), -1.5]:
        exposure.fill(f"{value:.2f}")
    fast = seen(tool)
    exposure.fill("2")
    seen(tool)
    exposure.fill("-1.5")
    assert np.array_equal(fast, seen(tool))
    tool.page.get_by_role("radio", name="Divider").check()


def test_changes_are_undone_and_done_again_one_gesture_at_a_time(tool: ToolPage) -> None:
    tool.choose(plain())
    ready(tool)
    expect(undo(tool)).to_be_disabled()
    contrast, tint = slider(tool, "Contrast"), slider(tool, "Tint")
    start = [contrast.input_value(), tint.input_value()]
    for _ in range(5):
        contrast.press("ArrowRight")
    moved = contrast.input_value()
    assert float(moved) == float(start[0]) + 5
    for _ in range(3):
        tint.press("ArrowLeft")
    expect(undo(tool)).to_have_accessible_name("Undo tint")
    undo(tool).click()
    expect(tint).to_have_value(start[1])
    expect(contrast).to_have_value(moved)
    tool.page.keyboard.press("Control+z")
    expect(contrast).to_have_value(start[0])
    expect(undo(tool)).to_be_disabled()
    tool.page.keyboard.press("Control+Shift+z")
    expect(contrast).to_have_value(moved)
    tool.page.keyboard.press("Control+y")
    expect(tint).to_have_value(str(int(start[1]) - 3))
    expect(redo(tool)).to_be_disabled()
    tool.page.get_by_role("button", name="Reset", exact=True).click()
    expect(contrast).to_have_value("0")
    expect(tool.answer.get_by_role("heading", level=2)).to_have_text(re.compile("Original|Fine as it is"))
    undo(tool).click()
    expect(contrast).to_have_value(moved)


def test_before_and_after_are_compared_with_the_keyboard_alone(tool: ToolPage) -> None:
    tool.choose(plain())
    ready(tool)
    preset(tool, "Black & white").press("Enter")
    divider(tool).press("Home")
    expect(divider(tool)).to_have_attribute("aria-valuenow", "0")
    after = seen(tool)
    ink = after[after[..., 3] > 0][:, :3]
    assert np.abs(ink[:, 0] - ink[:, 1]).max() <= 1
    divider(tool).press("End")
    before = seen(tool)
    assert np.abs(before[..., 0] - before[..., 1]).max() > 50
    for _ in range(5):
        divider(tool).press("PageDown")
    expect(divider(tool)).to_have_attribute("aria-valuetext", re.compile(r"^50% before, 50% after$"))
    both = seen(tool)
    middle = both.shape[1] // 2
    assert np.array_equal(both[:, : middle - 4], before[:, : middle - 4])
    assert np.array_equal(both[:, middle + 4 :], after[:, middle + 4 :])
    tool.page.keyboard.down("b")
    assert np.array_equal(seen(tool), before)
    tool.page.keyboard.up("b")
    assert np.array_equal(seen(tool), both)
    hold = tool.page.get_by_role("button", name="Before", exact=True)
    hold.focus()
    tool.page.keyboard.down(" ")
    expect(hold).to_have_attribute("aria-pressed", "true")
    assert np.array_equal(seen(tool), before)
    tool.page.keyboard.up(" ")
    expect(hold).to_have_attribute("aria-pressed", "false")


def test_divider_is_dragged_and_side_by_side_shows_both(tool: ToolPage) -> None:
    tool.choose(plain())
    ready(tool)
    preset(tool, "Black & white").click()
    settle(tool)
    place = divider(tool).bounding_box()
    viewer = tool.page.locator(".viewer").bounding_box()
    assert place
    assert viewer
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    tool.page.mouse.move(x, y)
    tool.page.mouse.down()
    tool.page.mouse.move(viewer["x"] + 2, y, steps=4)
    tool.page.mouse.up()
    expect(divider(tool)).to_have_attribute("aria-valuenow", "0")
    tool.page.get_by_role("radio", name="Side by side").check()
    expect(divider(tool)).to_be_hidden()
    both = seen(tool)
    coloured = np.abs(both[..., 0] - both[..., 1]) > 20
    half = both.shape[1] // 2
    halves = [coloured[:, :half].mean(), coloured[:, half:].mean()]
    if halves[1] > 0:  # one above the other, where that makes both larger
        half = both.shape[0] // 2
        halves = [coloured[:half].mean(), coloured[half:].mean()]
    assert halves[0] > 0.05
    assert halves[1] == 0
    tool.page.get_by_role("radio", name="Divider").check()


def test_full_size_view_shows_the_pixels_that_are_saved(tool: ToolPage) -> None:
    rng = np.random.default_rng(7)
    coarse = Image.fromarray(rng.integers(0, 256, (150, 200, 3), np.uint8))
    large = coarse.resize((3000, 2250), Image.Resampling.BICUBIC)
    picture = file("large.png", encode(large, "PNG", compress_level=1), "image/png")
    tool.choose(picture)
    ready(tool)
    tool.page.get_by_role("radio", name="Result").check()
    slider(tool, "Contrast").fill("30")
    tool.page.get_by_role("button", name="100%").click()
    expect(tool.page.get_by_role("button", name="100%")).to_have_attribute("aria-pressed", "true")
    shown = seen(tool)
    saved = np.asarray(opened(save(tool, format="PNG")).convert("RGB"), np.int16)
    height, width = shown.shape[:2]
    top, left = (2250 - height) // 2, (3000 - width) // 2
    differences = [
        np.abs(shown[..., :3] - saved[top + dy :, left + dx :][:height, :width]).max() for dy in (0, 1) for dx in (0, 1)
    ]
    assert min(differences) <= 1
    tool.page.keyboard.press("0")
    expect(tool.page.get_by_role("button", name="Fit")).to_have_attribute("aria-pressed", "true")
    tool.page.get_by_role("radio", name="Divider").check()


def test_picture_is_zoomed_and_moved(tool: ToolPage) -> None:
    tool.choose(plain(width=1600, height=1200))
    ready(tool)
    viewer = tool.page.get_by_role("group", name="Before and after")
    place = viewer.bounding_box()
    assert place
    tool.page.mouse.move(place["x"] + place["width"] / 4, place["y"] + place["height"] / 2)
    whole = seen(tool)
    tool.page.mouse.wheel(0, -600)
    near = seen(tool)
    assert not np.array_equal(whole, near)
    viewer.focus()
    tool.page.keyboard.press("ArrowRight")
    assert not np.array_equal(near, seen(tool))
    tool.page.keyboard.press("ArrowLeft")
    tool.page.mouse.down()
    tool.page.mouse.move(place["x"] + place["width"] / 4 - 80, place["y"] + place["height"] / 2, steps=3)
    tool.page.mouse.up()
    assert not np.array_equal(near, seen(tool))
    tool.page.keyboard.press("-")
    tool.page.keyboard.press("0")
    assert np.array_equal(whole, seen(tool))


def test_crop_with_the_keyboard_is_what_is_saved(tool: ToolPage) -> None:
    picture = plain(width=400, height=300)
    tool.choose(picture)
    ready(tool)
    reset(tool)
    open_group(tool, "Crop and rotate")
    tool.answer.get_by_role("button", name="Crop", exact=True).click()
    rectangle = tool.page.get_by_role("group", name="Crop area")
    expect(rectangle).to_be_focused()
    expect(tool.answer.get_by_text("400 × 300 px").first).to_be_visible()
    for _ in range(25):
        tool.page.keyboard.press("Shift+ArrowLeft")
    corner = tool.page.get_by_role("button", name="Top left corner")
    corner.focus()
    for _ in range(10):
        tool.page.keyboard.press("ArrowDown")
    tool.page.keyboard.press("ArrowRight")
    expect(tool.answer.get_by_text("296 × 270 px").first).to_be_visible()
    tool.page.keyboard.press("Enter")
    expect(rectangle).to_be_hidden()
    expect(undo(tool)).to_have_accessible_name("Undo crop")
    download = save(tool, format="PNG")
    assert opened(download).size == (296, 270)
    same_as_native(download, picture, crop=[0.01, 0.1, 0.75, 1.0])
    undo(tool).click()
    assert opened(save(tool, format="PNG")).size == (400, 300)


def test_crop_keeps_a_shape_and_is_cancelled_by_escape(tool: ToolPage) -> None:
    tool.choose(plain(width=400, height=300))
    ready(tool)
    open_group(tool, "Crop and rotate")
    tool.answer.get_by_role("button", name="Crop", exact=True).click()
    tool.answer.get_by_role("combobox", name="Shape").select_option("1 : 1")
    expect(tool.answer.get_by_text("300 × 300 px").first).to_be_visible()
    handle = tool.page.get_by_role("button", name="Bottom right corner").bounding_box()
    assert handle
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    tool.page.mouse.move(x, y)
    tool.page.mouse.down()
    tool.page.mouse.move(x - 120, y - 40, steps=4)
    tool.page.mouse.up()
    width, height = re.findall(r"\d+", tool.answer.get_by_text(re.compile(r"^\d+ × \d+ px$")).first.inner_text())
    assert int(width) < 300
    assert abs(int(width) - int(height)) <= 1
    tool.page.get_by_role("button", name="Bottom right corner").press("Escape")
    expect(undo(tool)).to_be_disabled()
    expect(tool.answer.get_by_role("button", name="Crop", exact=True)).to_be_focused()


def test_rotation_turns_the_picture_and_its_crop(tool: ToolPage) -> None:
    picture = plain(width=400, height=300)
    tool.choose(picture)
    ready(tool)
    reset(tool)
    open_group(tool, "Crop and rotate")
    tool.answer.get_by_role("button", name="Crop", exact=True).click()
    for _ in range(50):
        tool.page.keyboard.press("Shift+ArrowLeft")
    tool.page.keyboard.press("Enter")
    tool.answer.get_by_role("button", name="Rotate right").click()
    download = save(tool, format="PNG")
    turned = opened(download)
    assert turned.size == (300, 200)
    original = photo(400, 300).crop((0, 0, 200, 300)).transpose(Image.Transpose.ROTATE_270)
    assert np.abs(np.asarray(turned, np.int16)[..., :3] - np.asarray(original, np.int16)).max() <= 1


def test_saved_picture_is_what_python_makes_without_a_browser(tool: ToolPage) -> None:
    picture = plain(width=500, height=320)
    tool.choose(picture)
    ready(tool)
    reset(tool)
    open_group(tool, "Detail")
    values = {"Exposure": 0.5, "Shadows": 40, "Temperature": -25, "Vibrance": 30, "Clarity": 25, "Sharpen": 40}
    for name, value in values.items():
        slider(tool, name).fill(str(value))
    download = save(tool, format="PNG", name="mine")
    assert download.suggested_filename == "mine.png"
    same_as_native(download, picture, **{name.lower(): value for name, value in values.items()})


def test_formats_and_names(tool: ToolPage) -> None:
    tool.choose(plain(width=320, height=240))
    ready(tool)
    jpeg = save(tool, format="JPEG")
    assert jpeg.suggested_filename == "plain-enhanced.jpg"
    assert (opened(jpeg).format, opened(jpeg).size) == ("JPEG", (320, 240))
    webp = save(tool, format="WebP")
    assert (opened(webp).format, webp.suggested_filename) == ("WEBP", "plain-enhanced.webp")
    assert opened(save(tool, format="Same as the original")).format == "PNG"


def test_longest_side_and_turned_file(tool: ToolPage) -> None:
    tool.choose(file("turned.jpg", encode(photo(640, 400), "JPEG", exif=exif(6)), "image/jpeg"))
    ready(tool)
    open_group(tool, "Size")
    tool.answer.get_by_label("Longest side").fill("320")
    tool.page.keyboard.press("Enter")
    expect(tool.answer.get_by_text("200 × 320 px, 0.1 megapixels")).to_be_visible()
    saved = opened(save(tool))
    assert (saved.format, saved.size) == ("JPEG", (200, 320))
    assert saved.getexif().get(0x0112, 1) == 1


def test_what_a_file_says_is_kept_as_the_command_line_keeps_it(tool: ToolPage) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a red house")
    blocks: dict[str, Any] = {"exif": exif_block(), "pnginfo": texts, "dpi": (300, 300)}
    tool.choose(file("said.png", encode(photo(200, 150), "PNG", **blocks), "image/png"))
    ready(tool)
    kept = save(tool, name="kept").path().read_bytes()
    assert next(exif_blocks(kept)) == next(exif_blocks(Engine().enhance(encode(photo(8, 8), "PNG", **blocks)).data))
    assert [one.text for one in png_texts(kept)] == ["a red house"]
    assert resolution(kept) is not None
    save(tool, name="less", format="WebP")
    notice = tool.page.get_by_text("Left out: comments and texts, which a WebP cannot hold.")
    expect(notice.first).to_be_visible()
    placeless = save(tool, name="placeless", format="PNG", information="Remove the location").path().read_bytes()
    assert list(png_texts(placeless)) == []
    found = exif_directories(next(exif_blocks(placeless)))
    assert found is not None
    assert (0x8298 in found[1], found[3]) == (True, {})


@pytest.mark.parametrize(
    ("choice", "keeps_camera", "keeps_place"),
    [("Keep", True, True), ("Remove the location", True, False), ("Remove all", False, False)],
)
def test_information_in_the_file_is_kept_or_not(
    tool: ToolPage, choice: str, keeps_camera: bool, keeps_place: bool
) -> None:
    information = exif(6)
    information[0x0110] = "Camera of a test"
    information[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    tool.choose(file("trip.jpg", encode(photo(320, 200), "JPEG", exif=information), "image/jpeg"))
    ready(tool)
    saved = opened(save(tool, information=choice))
    assert saved.size == (200, 320)
    found = saved.getexif()
    assert found.get(0x0112, 1) == 1
    assert (found.get(0x0110) == "Camera of a test") == keeps_camera
    assert bool(found.get_ifd(0x8825)) == keeps_place


def test_picture_is_enlarged_by_the_network(tool: ToolPage) -> None:
    picture = plain("small.png", 120, 80)
    tool.choose(picture)
    ready(tool)
    reset(tool)
    open_group(tool, "Size")
    tool.answer.get_by_role("radio", name="× 2").check()
    expect(tool.answer.get_by_text("240 × 160 px")).to_be_visible()
    tool.page.get_by_role("button", name="100%").click()
    expect(tool.page.get_by_text("This preview is enlarged without the network")).to_be_visible()
    download = save(tool, format="PNG")
    assert opened(download).size == (240, 160)
    same_as_native(download, picture, upscale=2)


def test_many_pictures_are_saved_in_one_archive_and_a_broken_one_is_named(tool: ToolPage) -> None:
    tool.choose(plain("one.png"), truncated(), gradient("two.jpg"))
    tool.wait_until_finished("1 failed")
    tool.option("one.png").click()
    ready(tool)
    tool.answer.get_by_role("button", name="Save…").click()
    dialog = tool.page.get_by_role("dialog", name="Save")
    dialog.get_by_role("radio", name="All 3 pictures").check()
    with tool.page.expect_download(timeout=ENGINE_TIMEOUT_MS) as download:
        dialog.get_by_role("button", name="Save all").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == ["one-enhanced.png", "two-enhanced.jpg"]
        with archive.open("one-enhanced.png") as member, Image.open(member) as picture:
            assert picture.size == (400, 300)
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("2 pictures saved. 1 could not be saved.")
    expect(alert.get_by_role("listitem")).to_have_text(re.compile("^broken.jpg: ."))
    dialog.get_by_role("button", name="Close").click()


def test_settings_are_copied_to_all_and_taken_back(tool: ToolPage) -> None:
    tool.choose(plain("one.png"), plain("two.png"), plain("three.png"))
    tool.wait_until_finished("Finished")
    tool.option("two.png").click()
    ready(tool)
    slider(tool, "Tint").fill("33")
    tool.option("one.png").click()
    ready(tool)
    slider(tool, "Contrast").fill("44")
    tool.answer.get_by_role("button", name="Copy to all…").click()
    dialog = tool.page.get_by_role("dialog", name="Copy to all pictures")
    dialog.get_by_role("checkbox", name="Colour").uncheck()
    dialog.get_by_role("button", name="Copy to 2 others").click()
    expect(dialog).to_be_hidden()
    tool.option("two.png").click()
    expect(slider(tool, "Contrast")).to_have_value("44")
    expect(slider(tool, "Tint")).to_have_value("33")
    slider(tool, "Contrast").fill("50")
    tool.option("three.png").click()
    expect(slider(tool, "Contrast")).to_have_value("44")
    tool.page.keyboard.press("Control+z")
    expect(slider(tool, "Contrast")).not_to_have_value("44")
    expect(tool.page.get_by_role("status").filter(has_text="in 2 of 3 pictures")).to_be_attached()
    tool.option("two.png").click()
    expect(slider(tool, "Contrast")).to_have_value("50")
    tool.option("one.png").click()
    expect(slider(tool, "Contrast")).to_have_value("44")
    expect(undo(tool)).to_have_accessible_name("Undo contrast")


def test_changes_do_not_go_in_silence_with_their_picture(tool: ToolPage) -> None:
    tool.choose(plain("mine.png"))
    ready(tool)
    slider(tool, "Contrast").press("ArrowRight")
    tool.page.get_by_role("button", name="Remove this picture").click()
    expect(tool.page.get_by_role("status").filter(has_text="mine.png was removed")).to_be_attached()


def test_result_goes_on_to_classify(tool: ToolPage) -> None:
    tool.choose(cat())
    ready(tool)
    targets = tool.answer.get_by_role("group", name="Continue with the result").get_by_role("button")
    expect(targets).to_have_text(["Classify", "Tag", "Detect"])
    tool.answer.get_by_role("button", name="Classify", exact=True).click()
    expect(tool.page.get_by_role("heading", level=1, name="Classify")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    tool.expect_answer("Cat")
    expect(tool.answer.get_by_text("chelsea-enhanced.png")).to_be_visible()


def test_what_is_no_picture_is_refused_with_its_reason(tool: ToolPage) -> None:
    tool.choose(file("notes.txt", b"These are words, and no picture at all.\n" * 4, "text/plain"))
    expect(tool.answer.get_by_role("heading", name="No result for this picture")).to_be_visible(
        timeout=ENGINE_TIMEOUT_MS
    )
    expect(tool.answer.get_by_text("not_an_image")).to_be_visible()
    expect(tool.page.get_by_role("button", name="Zoom in")).to_be_disabled()


def test_leaving_the_page_warns_of_what_is_not_saved(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/enhance")
    tool = ToolPage(page)
    tool.choose(plain())
    ready(tool)
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", dismiss)
    slider(tool, "Exposure").press("ArrowRight")
    page.close(run_before_unload=True)
    wait_until(page, lambda: bool(asked), "the page asks")
    assert asked == ["beforeunload"]
    save(tool, format="PNG")
    asked.clear()
    page.close(run_before_unload=True)
    page.wait_for_event("close")
    assert not asked


def test_settings_of_a_picture_survive_a_reload_until_they_are_reset(tool: ToolPage, tmp_path: Path) -> None:
    path = tmp_path / "again.png"
    path.write_bytes(plain()["buffer"])
    notice = tool.page.get_by_text("Your last settings for again.png are back.")
    tool.choose(path)
    ready(tool)
    expect(notice).to_have_count(0)
    start = slider(tool, "Exposure").input_value()
    for _ in range(5):
        slider(tool, "Exposure").press("ArrowRight")
    changed = slider(tool, "Exposure").input_value()
    assert changed != start
    settle(tool)

    tool.page.reload()
    tool.choose(path)
    ready(tool)
    expect(notice).to_be_visible()
    expect(slider(tool, "Exposure")).to_have_value(changed)
    tool.page.get_by_role("button", name="Undo your last settings").click()
    expect(slider(tool, "Exposure")).to_have_value(start)

    tool.page.reload()
    tool.choose(path)
    ready(tool)
    expect(notice).to_have_count(0)
    expect(slider(tool, "Exposure")).to_have_value(start)


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_phone_shows_the_picture_above_its_sliders(site: str, open_page: OpenPage, colour_scheme: str) -> None:
    page, _ = open_page(f"{site}/#/enhance", color_scheme=colour_scheme, **PHONE)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose or take a picture").tap()
    chooser.value.set_files([plain()])
    tool = ToolPage(page)
    ready(tool)
    assert page.evaluate(OVERFLOW) <= 0
    tint = slider(tool, "Tint")
    tint.scroll_into_view_if_needed()
    expect(page.locator(".viewer")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate(OVERFLOW) <= 0
