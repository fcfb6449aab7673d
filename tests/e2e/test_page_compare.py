"""Compare on the page: one label beside many tags, what their numbers add up to, and what happens when one tries it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.page_modules import asked, stages, watch_workers
from tests.e2e.test_engine import assert_alike
from tests.e2e.tool_page import ToolPage, cat, coffee, command_line, file, open_tool, truncated
from tests.pictures import encode, photo, sample, sample_path

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

AS_AT_THE_START = """async () => {
  const { choices } = await import(new URL("page/tools/compare/view.js", document.baseURI));
  choices.percent = null;
}"""

WIDTHS = """() => {
  const whole = document.querySelector(".whole").getBoundingClientRect().width;
  return [...document.querySelectorAll(".whole > *")].map((part) => part.getBoundingClientRect().width / whole);
}"""
"""What each part takes of the one bar."""


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "compare") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Compare tool whose engine is ready."""
    module_tool.page.goto(module_tool.page.url.split("#")[0] + "#/compare")
    module_tool.page.evaluate(AS_AT_THE_START)
    yield module_tool
    module_tool.clear()


def one(tool: ToolPage) -> Locator:
    """Return classification's side."""
    return tool.answer.get_by_role("region", name="Classification: one box")


def many(tool: ToolPage) -> Locator:
    """Return tagging's side."""
    return tool.answer.get_by_role("region", name="Tagging: everything")


def expect_label(tool: ToolPage, label: str) -> None:
    """Wait until the picture that is shown has this label."""
    expect(one(tool).get_by_role("button", name=re.compile(f"^{label}"))).to_be_visible(timeout=ENGINE_TIMEOUT_MS)


def shares(tool: ToolPage) -> Locator:
    """Return the rows of the distribution."""
    return one(tool).get_by_role("list", name="Shares of one whole").get_by_role("listitem")


def gauges(tool: ToolPage) -> Locator:
    """Return the rows of the tags that are shown."""
    return many(tool).get_by_role("list", name="Tags shown").get_by_role("listitem")


def slider(tool: ToolPage) -> Locator:
    """Return the slider of the tags' line."""
    return many(tool).get_by_role("slider", name="Shown from")


def copied(tool: ToolPage) -> Any:
    """Return the JSON that the page copies."""
    tool.answer.get_by_role("button", name="Copy JSON").click()
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    return tool.clipboard_json()


def compared(*arguments: str) -> Any:
    """Return what the command line answers."""
    return json.loads(command_line("compare", "--json", "--heat-maps", *arguments))["result"]


def without_texts(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return a comparison without its sentences: rounding may change a number in them."""
    left = {key: value for key, value in comparison.items() if key not in ("sum_of_shares", "sum_of_tags", "points")}
    # Of tags that matter as much as one another, a rounding decides which comes first.
    tags = sorted(comparison["tagging"]["tags"], key=lambda tag: str(tag["id"]))
    return left | {"tagging": comparison["tagging"] | {"tags": tags}}


def words(comparison: dict[str, Any]) -> list[str]:
    """Return the sentences, without their numbers."""
    points = [point[side] for point in comparison["points"] for side in ("classification", "tagging")]
    sentences = [comparison["sum_of_shares"], comparison["sum_of_tags"], *points]
    return [re.sub(r"[<>]?[\d.,]+", "#", sentence) for sentence in sentences]


# --- what is shown ---------------------------------------------------------------------------------------------


def test_both_sides_stand_beside_each_other_with_their_sums(tool: ToolPage) -> None:
    tool.choose(cat())
    expect_label(tool, "Cat")
    percents = [float(text.rstrip("%")) for text in shares(tool).locator(".numbers").all_inner_texts()]
    assert round(sum(percents), 6) == 100
    widths = tool.page.evaluate(WIDTHS)
    assert sum(widths) == pytest.approx(1, abs=0.02)
    assert widths[0] == pytest.approx(percents[0] / 100, abs=0.02)
    tags = [tag for tag in copied(tool)["tagging"]["tags"] if tag["level"] != "unlikely"]
    assert gauges(tool).count() == len(tags)
    total = round(100 * sum(tag["score"] for tag in tags))
    assert total > 100
    expect(many(tool)).to_contain_text(f"These {len(tags)} add up to {total:,}%, which is fine")
    left, right = (side.bounding_box() for side in (one(tool), many(tool)))
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    assert left["y"] == pytest.approx(right["y"], abs=1)


@pytest.mark.parametrize("name", ["chelsea", "coffee", "camera"])
def test_page_copies_what_the_command_line_prints(tool: ToolPage, name: str) -> None:
    tool.choose(file(f"{name}.png", sample(name), "image/png"))
    expect(tool.answer.get_by_role("button", name="Copy JSON")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    got, wanted = copied(tool), compared(str(sample_path(name)))
    assert_alike(without_texts(got), without_texts(wanted))
    assert words(got) == words(wanted)


def test_both_sides_are_what_the_other_tools_say(tool: ToolPage) -> None:
    tool.choose(coffee())
    expect_label(tool, "Coffee")
    label = copied(tool)["classification"]
    tool.page.get_by_role("link", name="Classify this picture").click()
    tool.expect_answer("Coffee")
    tool.answer.get_by_role("button", name="Copy JSON").click()
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    assert tool.clipboard_json() == label


def test_the_difference_is_told_in_this_pictures_words(tool: ToolPage) -> None:
    tool.choose(file("camera.png", sample("camera"), "image/png"))
    expect_label(tool, "Person")
    region = tool.answer.get_by_role("region", name="What is the difference?")
    points = region.get_by_role("listitem")
    assert points.count() == 6
    expect(points.first).to_contain_text("“Person” stands for the whole picture")
    about = tool.answer.get_by_role("region", name="About this picture")
    expect(about).to_contain_text("This label comes from a tag.")
    expect(about).to_contain_text("“Tripod”")


def test_a_picture_without_a_label_has_tags_all_the_same(tool: ToolPage) -> None:
    tool.choose(file("nothing.png", encode(photo(), "PNG"), "image/png"))
    expect_label(tool, "Not sure")
    expect(one(tool)).not_to_contain_text("Not sure <")
    assert gauges(tool).count() > 0
    expect(tool.answer.get_by_role("region", name="What is the difference?")).to_contain_text("One or none.")


# --- trying it -------------------------------------------------------------------------------------------------


def test_leaving_a_label_out_gives_its_share_to_the_others_at_once(tool: ToolPage) -> None:
    tool.choose(cat())
    expect_label(tool, "Cat")
    tags = gauges(tool).all_inner_texts()
    watch_workers(tool.page)
    one(tool).get_by_role("button", name="Leave out Cat").press("Enter")
    expect(one(tool)).to_contain_text("Without “Cat”")
    expect(shares(tool).filter(has_text=re.compile("^Cat"))).to_have_count(0)
    percents = [float(text.rstrip("%")) for text in shares(tool).locator(".numbers").all_inner_texts()]
    assert round(sum(percents), 6) == 100
    assert gauges(tool).all_inner_texts() == tags
    assert set(stages(tool.page)) <= {"postprocess"}
    left_out = one(tool).get_by_role("group", name="Left out")
    expect(left_out).to_be_focused()
    assert copied(tool)["without"] == ["Cat"]
    left_out.get_by_role("button", name="Put back Cat").press("Enter")
    expect_label(tool, "Cat")
    expect(left_out).to_be_hidden()
    assert set(stages(tool.page)) <= {"postprocess"}


def test_the_line_brings_and_takes_tags_at_once_and_moves_no_label(tool: ToolPage) -> None:
    tool.choose(coffee())
    expect_label(tool, "Coffee")
    bars = shares(tool).all_inner_texts()
    watch_workers(tool.page)
    slider(tool).fill("90")
    expect(gauges(tool).first).to_have_attribute("title", "Shown from 90%")
    strict = [tag for tag in copied(tool)["tagging"]["tags"] if tag["score"] >= 0.9]
    expect(gauges(tool)).to_have_count(len(strict))
    slider(tool).fill("20")
    expect(gauges(tool).filter(has_text="Plate or bowl")).to_have_count(1)
    loose = [tag for tag in copied(tool)["tagging"]["tags"] if tag["score"] >= 0.2]
    expect(gauges(tool)).to_have_count(len(loose))
    assert len(loose) > len(strict) > 0
    assert shares(tool).all_inner_texts() == bars
    assert set(stages(tool.page)) <= {"postprocess"}
    assert asked(tool.page).count("compare") >= 2
    wanted = compared(str(sample_path("coffee")), "--threshold", "0.2")
    assert_alike(without_texts(copied(tool)), without_texts(wanted))
    many(tool).get_by_role("button", name="Use each tag’s own").click()
    expect(slider(tool)).to_have_attribute("aria-valuetext", "Each tag has its own threshold")
    expect(slider(tool)).to_be_focused()


def test_the_slider_stands_above_the_lines_of_the_tags(tool: ToolPage) -> None:
    tool.choose(coffee())
    expect_label(tool, "Coffee")
    slider(tool).fill("75")
    expect(gauges(tool).first).to_have_attribute("title", "Shown from 75%")
    places = tool.page.evaluate(
        """() => {
          const { left, width } = document.querySelector(".line__slider").getBoundingClientRect();
          const thumb = left + 8 + 0.75 * (width - 16);
          return [...document.querySelectorAll(".gauge__line")].map((line) => {
            const { left, right } = line.getBoundingClientRect();
            return (left + right) / 2 - thumb;
          });
        }"""
    )
    assert len(places) > 3
    assert all(abs(distance) <= 1.5 for distance in places)


def test_what_is_pointed_at_is_shown_on_the_picture(tool: ToolPage) -> None:
    tool.choose(coffee())
    expect_label(tool, "Coffee")
    heat = tool.page.locator(".frame__seen")
    expect(heat).to_be_hidden()
    many(tool).get_by_role("button", name="Table", exact=True).hover()
    expect(heat).to_be_visible()
    expect(tool.page.get_by_text("stronger evidence for “Table”")).to_be_visible()
    one(tool).get_by_role("button", name=re.compile("^Coffee")).hover()
    expect(tool.page.get_by_text("Classification sees the framed part")).to_be_visible()
    many(tool).get_by_role("button", name="Indoors").hover()
    expect(tool.page.get_by_text("“Indoors” is about the picture as a whole.")).to_be_visible()
    expect(heat).to_be_hidden()
    tool.page.mouse.move(0, 0)
    expect(tool.page.get_by_text("Point at the label or a tag")).to_be_visible()


def test_keyboard_alone_reaches_everything(tool: ToolPage) -> None:
    tool.choose(coffee())
    expect_label(tool, "Coffee")
    verdict = one(tool).get_by_role("button", name=re.compile("^Coffee"))
    verdict.focus()
    tool.page.keyboard.press("Tab")
    tool.page.keyboard.press("Shift+Tab")
    expect(tool.page.get_by_text("Classification sees the framed part")).to_be_visible()
    tool.page.keyboard.press("Tab")
    expect(one(tool).get_by_role("button", name="Leave out Coffee")).to_be_focused()
    tool.page.keyboard.press("Tab")
    expect(slider(tool)).to_be_focused()
    tool.page.keyboard.press("ArrowRight")
    expect(slider(tool)).to_have_value("51")
    tool.page.keyboard.press("Tab")
    focused = tool.page.locator(":focus")
    expect(focused).to_have_attribute("aria-pressed", "false")
    tool.page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    expect(tool.page.locator(".frame__seen")).to_be_visible()
    tool.page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "false")
    tool.page.keyboard.press("c")
    expect(tool.page.get_by_role("status")).to_have_text("Copied")
    assert re.match(r"coffee\.png: one label: Coffee · >?\d\d%; \d+ tags: .*\bCoffee >?\d\d%", tool.clipboard())


# --- files -----------------------------------------------------------------------------------------------------


def test_bad_file_gets_a_sentence_and_spoils_nothing(tool: ToolPage) -> None:
    tool.choose(truncated(), file("letter.jpg", b"Dear Sir or Madam, this is not a picture at all."), cat())
    tool.wait_until_finished("1 compared, 2 failed")
    expect(tool.answer.get_by_role("heading", name="No result for this picture")).to_be_visible()
    tool.option("letter.jpg").click()
    expect(tool.answer.get_by_text("not_an_image", exact=True)).to_be_visible()
    tool.option("chelsea.png").click()
    expect_label(tool, "Cat")
    expect(tool.option("chelsea.png")).to_contain_text(re.compile(r"Cat · .*, \d+ tags"))


def test_pictures_are_compared_one_at_a_time_with_one_line_for_all(tool: ToolPage) -> None:
    tool.choose(cat(), coffee())
    tool.wait_until_finished("2 compared")
    expect_label(tool, "Cat")
    one(tool).get_by_role("button", name="Leave out Cat").click()
    slider(tool).fill("95")
    expect(one(tool)).to_contain_text("Without “Cat”")
    tool.page.keyboard.press("Escape")
    tool.option("coffee.png").click()
    expect_label(tool, "Coffee")
    expect(one(tool).get_by_role("group", name="Left out")).to_be_hidden()
    strict = [tag for tag in copied(tool)["tagging"]["tags"] if tag["score"] >= 0.95]
    expect(gauges(tool)).to_have_count(len(strict))
    tool.option("chelsea.png").click()
    expect(one(tool).get_by_role("group", name="Left out")).to_be_visible()


def test_a_phone_stacks_the_two_and_keeps_the_picture_in_sight(open_page: OpenPage, site: str) -> None:
    page, _ = open_page(f"{site}/#/compare", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    tool = ToolPage(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Choose")).first.click()
    chooser.value.set_files([coffee()])
    expect_label(tool, "Coffee")
    assert page.evaluate(OVERFLOW) == 0
    left, right = (side.bounding_box() for side in (one(tool), many(tool)))
    assert left
    assert right
    assert left["y"] + left["height"] <= right["y"]
    many(tool).get_by_role("button", name="Table", exact=True).tap()
    expect(page.locator(".frame__seen")).to_be_in_viewport()
    many(tool).get_by_role("button", name="Table", exact=True).tap()
    expect(page.locator(".frame__seen")).to_be_hidden()


def test_home_leads_to_compare(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    expect(page.get_by_role("navigation", name="Tools").get_by_role("link", name="Compare")).to_have_attribute(
        "aria-current", "page"
    )


def test_developers_can_compare_too(site: str, open_page: OpenPage) -> None:
    from tests.e2e.engine import PageEngine

    engine = PageEngine(open_page(f"{site}/manifest.json")[0])
    answer = engine.call("compare", sample("chelsea"), without=["Cat"], threshold=0.5)
    assert answer["result"]["without"] == ["Cat"]
    assert all(tag["shown"] == (tag["score"] >= 0.5) for tag in answer["result"]["tagging"]["tags"])
    refused = engine.call("compare", sample("chelsea"), without=["Unicorn"])
    assert refused["error"]["code"] == "invalid_option"
