"""Detect on the page: boxes over the picture, their list, the slider, copying and saving, many pictures."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Download, FilePayload, Locator, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.page_modules import asked, stages, watch_workers
from tests.e2e.tool_page import ToolPage, cat, command_line, file, open_tool, truncated
from tests.pictures import encode, exif, photo, sample, stored_for

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

AS_AT_THE_START = """async () => {
  const { settings } = await import(new URL("page/tools/detect/view.js", document.baseURI));
  Object.assign(settings, { percent: null, overlap: 45, denied: new Set() });
  if (settings.thorough) settings.thorough = false;
  if (settings.tiled) settings.tiled = false;
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


def overlap(tool: ToolPage) -> Locator:
    """Return the slider of the overlap."""
    return tool.page.get_by_role("slider", name="Maximum overlap")


def kind(tool: ToolPage, name: str) -> Locator:
    """Return the box to tick of a kind of things."""
    return tool.answer.get_by_role("group", name="Kinds of objects to show").get_by_role("checkbox", name=name)


def region(tool: ToolPage) -> Locator:
    """Return the places to blur, over the picture."""
    return tool.page.get_by_role("group").and_(tool.page.locator(".region"))


def open_privacy(tool: ToolPage) -> None:
    """Open the panel of what is to be blurred; it stays open from one picture to the next."""
    if tool.page.locator("details.privacy[open]").count() == 0:
        tool.answer.get_by_text("Blur faces, number plates").click()


def cat_in_a_cup() -> FilePayload:
    """Return a picture of a cat beside a cup of coffee."""
    parts = []
    for name in ("chelsea", "coffee"):
        with Image.open(io.BytesIO(sample(name))) as picture:
            parts.append(picture.convert("RGB").resize((450, 300)))
    both = Image.new("RGB", (900, 300))
    both.paste(parts[0], (0, 0))
    both.paste(parts[1], (450, 0))
    return file("cat and cup.png", encode(both, "PNG"), "image/png")


def save(tool: ToolPage, button: str, **selected: str) -> Download:
    """Press a button that saves and return what is saved; ``selected`` are choices by the name of the list."""
    for name, label in selected.items():
        tool.page.get_by_role("combobox", name=name.replace("_", " ")).select_option(label)
    with tool.page.expect_download(timeout=ENGINE_TIMEOUT_MS) as download:
        tool.page.get_by_role("button", name=button, exact=True).click()
    return download.value


def opened(download: Download) -> Image.Image:
    """Return a picture that was saved."""
    with Image.open(download.path()) as picture:
        return picture.convert("RGB")


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "detect") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Detect tool whose engine is ready; everything is chosen as at the start."""
    page = module_tool.page
    page.goto(page.url.split("#")[0] + "#/detect")
    expect(page.get_by_role("heading", level=1, name="Detect")).to_be_visible()
    page.evaluate(AS_AT_THE_START)
    yield module_tool
    module_tool.clear()


def test_person_gets_a_box_a_row_and_a_count(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    expect(rows(tool)).to_have_count(1)
    expect(rows(tool)).to_have_text(re.compile(r"^Person \d\d%"))
    result = tool.copied_json()
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
    result = tool.copied_json()
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
    slider(tool).fill("99")
    tool.expect_answer("Nothing found")
    expect(rows(tool)).to_have_count(0)
    expect(tool.page.locator(".box__line")).to_have_count(0)
    expect(tool.answer.get_by_text("Lower the minimum confidence")).to_be_visible()
    expect(slider(tool)).to_have_attribute("aria-valuetext", re.compile(r"^99%$"))
    slider(tool).fill("10")
    expect(tool.answer.get_by_role("heading", level=2)).to_contain_text("person")
    assert not requests


def test_slider_stays_where_it_was_put(tool: ToolPage) -> None:
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    expect(slider(tool)).to_have_attribute("aria-valuetext", "Automatic")
    slider(tool).press("ArrowRight")
    expect(slider(tool)).to_have_value("36")
    navigation = tool.page.get_by_role("navigation", name="Tools")
    navigation.get_by_role("link", name="Classify").click()
    expect(slider(tool)).to_be_hidden()
    navigation.get_by_role("link", name="Detect").click()
    expect(slider(tool)).to_have_value("36")
    tool.page.get_by_role("button", name="Reset").click()
    expect(slider(tool)).to_have_attribute("aria-valuetext", "Automatic")
    expect(slider(tool)).to_be_focused()


def test_row_and_box_light_each_other_up(tool: ToolPage) -> None:
    tool.choose(two_cups())
    tool.expect_answer("2 cups")
    lit = tool.page.locator(".tag--active")
    name = re.compile(r"^\w[\w ]* [>\d]+%")
    tool.page.mouse.move(1, 1)  # off the boxes: the one under the pointer lights up, too
    # Focus by the keyboard.
    rows(tool).first.focus()
    tool.page.keyboard.press("Shift+Tab")
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
    expect(tool.page.locator(".found__item--active")).to_have_count(1)
    tool.page.mouse.move(1, 1)
    expect(lit).to_have_count(0)


def test_finding_is_announced_and_copied_as_text(tool: ToolPage) -> None:
    tool.choose(astronaut())
    expect(tool.page.get_by_role("status")).to_have_text("astronaut.png: 1 person", timeout=ENGINE_TIMEOUT_MS)
    tool.answer.get_by_role("button", name="Copy text").click()
    expect(tool.answer.get_by_role("button", name="Copied")).to_be_visible()
    assert re.fullmatch(r"astronaut\.png: 1 person \(person \d\d%\)", tool.clipboard())


def test_picture_is_saved_with_its_boxes_as_the_command_line_draws_them(tool: ToolPage, tmp_path: Path) -> None:
    path = tmp_path / "astronaut.png"
    path.write_bytes(sample("astronaut"))
    command_line("detect", path, "--annotate", tmp_path / "drawn")
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    download = save(tool, "Save", Save_as="Picture with boxes")
    assert download.suggested_filename == "astronaut-boxes.jpg"
    with Image.open(tmp_path / "drawn" / "astronaut.jpg") as drawn:
        assert drawn.size == (512, 512)
        difference = ImageChops.difference(opened(download), drawn.convert("RGB"))
    assert np.asarray(difference).max() < 48  # a box may lie a hundredth of a pixel elsewhere
    assert np.asarray(difference).mean() < 0.1


FORMATS = {"coco": "COCO", "yolo": "YOLO", "voc": "Pascal VOC", "labelstudio": "Label Studio"}


def contents(path: Path) -> dict[str, bytes]:
    """Return a saved file's bytes, of a ZIP those of the files inside by name."""
    if not zipfile.is_zipfile(path):
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def numbers_apart(text: str) -> tuple[str, list[float]]:
    """Return a text without its numbers, and those: networks differ in the last digits from machine to machine."""
    number = re.compile(r"(?<![\w-])\d+(?:\.\d+)?(?![\w-])")
    return number.sub("#", text), [float(found) for found in number.findall(text)]


@pytest.mark.parametrize("format", FORMATS)
def test_saved_boxes_are_the_command_lines(tool: ToolPage, tmp_path: Path, format: str) -> None:
    path = tmp_path / "astronaut.png"
    path.write_bytes(sample("astronaut"))
    images = "copy" if format == "yolo" else "none"  # of one picture, Pascal VOC is one file
    subprocess.run(
        [sys.executable, "-m", "onsight", "detect", path.name, "--format", format, "--out", "out", "--images", images],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    expected = {
        file.relative_to(tmp_path / "out").as_posix(): file.read_bytes()
        for file in (tmp_path / "out").rglob("*")
        if file.is_file()
    }
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    download = save(tool, "Save", Save_as=FORMATS[format])
    suffix = {"coco": "json", "voc": "xml"}.get(format, "zip")
    assert download.suggested_filename == f"astronaut-{format}.{suffix}"
    got = contents(download.path())
    if suffix != "zip":
        (expected_text,) = expected.values()
        expected = {"": expected_text}
    assert got.keys() == expected.keys()
    for name in got:
        if name.endswith(".png"):
            assert got[name] == expected[name]
            continue
        words, numbers = numbers_apart(got[name].decode())
        expected_words, expected_numbers = numbers_apart(expected[name].decode())
        assert words == expected_words
        assert numbers == pytest.approx(expected_numbers, abs=0.15, rel=0.001)


def test_boxes_of_all_pictures_are_saved_in_one_file(tool: ToolPage) -> None:
    tool.choose(astronaut(), truncated(), cat())
    tool.wait_until_finished("2 with objects, 1 failed")
    coco = save(tool, "Download", Download_as="COCO")
    assert coco.suggested_filename == "onsight-coco.json"
    document = json.loads(coco.path().read_text(encoding="utf-8"))
    assert [image["file_name"] for image in document["images"]] == ["astronaut.png", "chelsea.png"]
    assert {box["image_id"] for box in document["annotations"]} == {1, 2}
    names = ("astronaut", "chelsea")
    yolo = contents(save(tool, "Download", Download_as="YOLO").path())
    assert {name: yolo.pop(f"images/{name}.png") for name in names} == {name: sample(name) for name in names}
    assert set(yolo) == {"labels/astronaut.txt", "labels/chelsea.txt", "train.txt", "classes.txt", "data.yaml"}
    assert yolo["train.txt"].decode().split() == [f"./images/{name}.png" for name in names]
    voc = contents(save(tool, "Download", Download_as="Pascal VOC").path())
    assert {name: voc.pop(f"JPEGImages/{name}.png") for name in names} == {name: sample(name) for name in names}
    lists = {f"ImageSets/Main/{split}.txt" for split in ("train", "val", "trainval")}
    assert set(voc) == {"Annotations/astronaut.xml", "Annotations/chelsea.xml"} | lists
    drawn = save(tool, "Download", Download_as="Picture with boxes")
    with zipfile.ZipFile(drawn.path()) as packed:
        assert packed.namelist() == ["astronaut-boxes.jpg", "chelsea-boxes.jpg"]
        with Image.open(io.BytesIO(packed.read("chelsea-boxes.jpg"))) as picture:
            assert picture.size == (451, 300)


def test_overlap_acts_at_once_without_a_network(tool: ToolPage) -> None:
    tool.choose(two_cups())
    tool.expect_answer("2 cups")
    slider(tool).fill("10")
    watch_workers(tool.page)
    tool.wait_for_paint()
    few = rows(tool).count()
    overlap(tool).fill("95")
    expect(rows(tool).nth(few)).to_be_visible()
    many = rows(tool).count()
    overlap(tool).fill("10")
    expect(rows(tool).nth(many - 1)).to_be_hidden()
    assert rows(tool).count() <= few
    assert set(stages(tool.page)) <= {"postprocess"}
    assert asked(tool.page).count("detect") >= 2


def test_kinds_are_chosen_with_their_counts_by_keyboard_too(tool: ToolPage) -> None:
    tool.choose(cat_in_a_cup())
    tool.expect_answer("cat")
    expect(kind(tool, "Cat 1")).to_be_checked()
    everything = rows(tool).count()
    kind(tool, "Cat").focus()
    tool.page.keyboard.press("Space")
    expect(kind(tool, "Cat 1")).not_to_be_checked()
    expect(kind(tool, "Cat 1")).to_be_focused()
    expect(rows(tool)).to_have_count(everything - 1)
    expect(tool.answer.get_by_role("heading", level=2)).not_to_contain_text("cat")
    assert "cat" not in {box["label"] for box in tool.copied_json()["boxes"]}
    tool.answer.get_by_role("button", name="Show no kinds").click()
    tool.expect_answer("Nothing found")
    expect(kind(tool, "Cat 1")).not_to_be_checked()
    expect(tool.answer.get_by_text("kinds that are turned off")).to_be_visible()
    tool.answer.get_by_role("button", name="Show all kinds").click()
    expect(rows(tool)).to_have_count(everything)


@pytest.mark.parametrize(
    ("switch", "counts", "models"), [("Thorough", "2 cups", 2), ("In tiles", "3 cups or glasses, 2 dining tables", 2)]
)
def test_switches_look_again_and_give_the_command_lines_answer(
    tool: ToolPage, tmp_path: Path, switch: str, counts: str, models: int
) -> None:
    path = tmp_path / "both.png"
    path.write_bytes(two_cups()["buffer"])
    flag = {"Thorough": "--thorough", "In tiles": "--tiled"}[switch]
    expected = json.loads(command_line("detect", path, "--json", flag))["result"]
    tool.choose(two_cups())
    tool.expect_answer("2 cups")
    tool.page.get_by_role("switch", name=switch).check()
    expect(tool.answer.get_by_role("button", name="Cancel")).to_be_visible()
    tool.expect_answer(counts)
    boxes = tool.copied_json()["boxes"]
    assert [box["label"] for box in boxes] == [box["label"] for box in expected["boxes"]]
    for box, other in zip(boxes, expected["boxes"], strict=True):
        assert [box[key] for key in ("x1", "y1", "x2", "y2")] == pytest.approx(
            [other[key] for key in ("x1", "y1", "x2", "y2")], abs=0.2
        )
    assert len(expected["model"].split("+")) == models


def test_object_is_saved_as_a_picture_of_its_own(tool: ToolPage) -> None:
    tool.choose(cat())
    tool.expect_answer("1 cat")
    box = tool.copied_json()["boxes"][0]
    rows(tool).first.click()
    download = save(tool, "Save crop")
    assert download.suggested_filename == "chelsea-cat.png"
    left, top = int(box["x1"]), int(box["y1"])
    with Image.open(io.BytesIO(sample("chelsea"))) as picture:
        cropped = opened(download)
        part = picture.convert("RGB").crop((left, top, left + cropped.width, top + cropped.height))
    assert (cropped.width, cropped.height) == pytest.approx((box["x2"] - box["x1"], box["y2"] - box["y1"]), abs=2)
    assert cropped.tobytes() == part.tobytes()


def test_object_is_sent_to_classify(tool: ToolPage) -> None:
    tool.choose(cat_in_a_cup())
    tool.expect_answer("cat")
    rows(tool).filter(has_text="Cat").click()
    tool.answer.get_by_role("button", name="Classify it").click()
    expect(tool.page.get_by_role("heading", level=1, name="Classify")).to_be_visible()
    expect(tool.page.get_by_role("img", name="cat and cup-cat.png")).to_be_visible()
    tool.expect_answer("Cat")


def test_boxes_of_a_kind_are_blurred_for_good_in_full_size(tool: ToolPage) -> None:
    data = two_cups()["buffer"]
    tool.choose(two_cups())
    tool.expect_answer("2 cups")
    boxes = tool.copied_json()["boxes"]
    rows(tool).filter(has_text="Cup").first.click()
    tool.answer.get_by_role("button", name="Blur all 2 cups").click()
    expect(region(tool)).to_have_count(2)
    expect(tool.answer.get_by_role("button", name="Blur it").first).to_have_attribute("aria-pressed", "true")
    download = save(tool, "Save blurred picture")
    assert download.suggested_filename == "both-blur.png"
    with Image.open(io.BytesIO(data)) as picture:
        before = np.asarray(picture.convert("RGB"), int)
    after = np.asarray(opened(download), int)
    assert after.shape == before.shape
    outside = np.ones(before.shape[:2], bool)
    for box in (box for box in boxes if box["label"] == "cup"):
        inside = np.s_[int(box["y1"]) : int(box["y2"]) + 1, int(box["x1"]) : int(box["x2"]) + 1]
        outside[inside] = False
        assert np.abs(np.diff(after[inside], axis=1)).max() <= 12  # no edge is left
    assert (after[outside] == before[outside]).mean() > 0.99
    # Pressed again, the boxes are let go.
    tool.answer.get_by_role("button", name="Blur all 2 cups").click()
    expect(region(tool)).to_have_count(0)
    expect(tool.page.get_by_role("button", name="Save blurred picture")).to_be_disabled()


def test_own_rectangle_is_drawn_with_the_mouse_and_covers_a_turned_photo(tool: ToolPage) -> None:
    upright = photo(400, 300)
    tags = exif(6)
    tags[0x010F] = "Camera"
    data = encode(stored_for(upright, 6), "JPEG", exif=tags, quality=95)
    tool.choose(file("turned.jpg", data, "image/jpeg"))
    tool.expect_answer("Nothing found")
    open_privacy(tool)
    draw = tool.answer.get_by_role("button", name="Draw on the picture")
    draw.click()
    expect(draw).to_have_attribute("aria-pressed", "true")
    frame = tool.page.locator(".frame").bounding_box()
    assert frame

    def to(x: float, y: float) -> tuple[float, float]:
        return frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]

    tool.page.mouse.move(*to(0.25, 0.5))
    tool.page.mouse.down()
    tool.page.mouse.move(*to(0.4, 0.6))
    tool.page.mouse.move(*to(0.75, 0.9))
    tool.page.mouse.up()
    expect(region(tool)).to_have_count(1)
    tool.page.keyboard.press("Escape")
    expect(draw).to_have_attribute("aria-pressed", "false")
    # It is moved by its middle.
    tool.page.mouse.move(*to(0.5, 0.7))
    tool.page.mouse.down()
    tool.page.mouse.move(*to(0.5, 0.6))
    tool.page.mouse.up()
    download = save(tool, "Save blurred picture", Style="Black")
    assert download.suggested_filename == "turned-black.jpg"
    with Image.open(download.path()) as written:
        assert dict(written.getexif()) == {}
    dark = np.asarray(opened(download)).max(axis=2) < 16
    assert dark.shape == (300, 400)
    assert dark[126:234, 106:294].all()
    assert not dark[252:, 40:].any()


def test_own_rectangle_is_placed_with_the_keyboard(tool: ToolPage) -> None:
    tool.choose(astronaut(), cat())
    tool.expect_answer("1 person")
    tool.wait_until_finished("2 with objects")  # which is announced, too
    open_privacy(tool)
    tool.answer.get_by_role("button", name="Add a rectangle").press("Enter")
    expect(region(tool)).to_be_focused()
    expect(region(tool)).to_have_attribute("aria-label", "Your rectangle, 128 × 128 px at 192, 192")
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        tool.page.keyboard.press(key)
    expect(region(tool)).to_have_attribute("aria-label", "Your rectangle, 133 × 138 px at 187, 187")
    expect(tool.page.get_by_role("status")).to_have_text("Your rectangle, 133 × 138 px at 187, 187")
    expect(tool.page.get_by_role("img", name="astronaut.png")).to_be_visible()
    # What was marked is still there when one comes back.
    tool.option("chelsea.png").click()
    tool.expect_answer("1 cat")
    expect(region(tool)).to_have_count(0)
    tool.option("astronaut.png").click()
    expect(region(tool)).to_have_count(1)
    region(tool).focus()
    tool.page.keyboard.press("Delete")
    expect(region(tool)).to_have_count(0)
    expect(tool.answer.get_by_role("button", name="Add a rectangle")).to_be_focused()
    expect(tool.option("astronaut.png")).to_be_visible()


def test_boxes_stay_thin_vectors_at_any_pixel_density(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/detect", device_scale_factor=3)
    tool = ToolPage(page)
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    line = page.locator(".box__line")
    expect(line).to_have_attribute("vector-effect", "non-scaling-stroke")
    expect(line).to_have_css("stroke-width", "2.5px")
    shown = page.evaluate(PLACES)
    assert 0.5 < shown["boxes"][0][2] < 1


def test_text_of_twice_the_size_scrolls_down_only(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/detect", viewport={"width": 640, "height": 800})
    tool = ToolPage(page)
    tool.choose(astronaut())
    tool.expect_answer("1 person")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    rows(tool).first.click()
    tool.answer.get_by_role("button", name="Blur it").click()
    expect(region(tool)).to_have_count(1)
    assert page.evaluate(OVERFLOW) <= 0


def test_nothing_in_the_picture_is_said_plainly(tool: ToolPage) -> None:
    tool.choose(file("grey.png", encode(Image.new("RGB", (64, 64), "grey"), "PNG"), "image/png"))
    tool.expect_answer("Nothing found")
    expect(tool.answer.get_by_text("80 kinds")).to_be_visible()
    expect(tool.answer.get_by_role("list", name="Most certain first")).to_be_hidden()


def test_bad_file_gets_a_sentence_and_the_others_go_on(tool: ToolPage) -> None:
    tool.choose(truncated(), astronaut(), file("grey.png", encode(photo(), "PNG"), "image/png"))
    tool.wait_until_finished("1 with objects, 1 with nothing found, 1 failed")
    tool.expect_answer("No result for this picture")
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
        expect(tool.answer.get_by_text(re.compile(r"^Took .* on this device"))).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
        assert not [url for url in requests if "ssdlite" in url or "centernet" in url]


def test_dropping_says_what_it_does_here(tool: ToolPage) -> None:
    tool.transfer(cat())
    tool.page.evaluate("dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer }))")
    expect(tool.page.get_by_text("Drop to find objects")).to_be_visible()
    tool.page.evaluate("dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))")
    tool.expect_answer("1 cat")


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
