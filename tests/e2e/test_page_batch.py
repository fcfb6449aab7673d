"""Classify on the page, many pictures: the list, its keys, bad files among good ones, cancelling, saving."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints
from tests.e2e.tool_page import ToolPage, cat, coffee, file, gradient, open_tool, truncated
from tests.pictures import encode, photo, sample

MANY = 2000

DROP_MANY = """([count, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  for (let index = 0; index < count; index += 1) {
    transfer.items.add(new File([bytes], `picture-${index}.jpg`, { type: "image/jpeg" }));
  }
  dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def module_tool(site: str, browser: Browser) -> Iterator[ToolPage]:
    with open_tool(site, browser, "classify") as tool:
        yield tool


@pytest.fixture
def tool(module_tool: ToolPage) -> Iterator[ToolPage]:
    """An empty Classify tool whose engine is ready."""
    yield module_tool
    module_tool.clear()


def test_list_fills_in_and_one_bad_file_stops_nothing(tool: ToolPage) -> None:
    tool.choose(cat(), truncated(), coffee())
    tool.wait_until_finished("2 labelled, 1 failed")
    expect(tool.option("chelsea.png")).to_contain_text("Cat · ")
    expect(tool.option("coffee.png")).to_contain_text("Coffee · ")
    expect(tool.option("broken.jpg")).not_to_contain_text("Waiting")
    expect(tool.page.get_by_role("heading", name="3 pictures")).to_be_visible()


def test_list_is_read_and_stepped_through_from_the_keyboard(tool: ToolPage) -> None:
    tool.choose(cat(), truncated(), coffee())
    tool.wait_until_finished("failed")
    tool.list.focus()
    tool.page.keyboard.press("ArrowDown")
    expect(tool.option("broken.jpg")).to_have_attribute("aria-selected", "true")
    tool.expect_answer("No result for this picture")
    tool.page.keyboard.press("End")
    tool.expect_answer("Coffee")
    last = tool.option("coffee.png")
    expect(last).to_have_attribute("aria-posinset", "3")
    expect(last).to_have_attribute("aria-setsize", "3")
    expect(tool.list).to_have_attribute("aria-activedescendant", last.get_attribute("id") or "")
    tool.page.keyboard.press("Home")
    tool.expect_answer("Cat")
    tool.page.get_by_role("heading", name="Classify").click()
    tool.page.keyboard.press("ArrowRight")
    tool.expect_answer("No result for this picture")
    tool.page.keyboard.press("Delete")
    tool.expect_answer("Coffee")
    expect(tool.page.get_by_role("heading", name="2 pictures")).to_be_visible()


def test_arrow_buttons_go_to_the_neighbours_and_end_at_the_ends(tool: ToolPage) -> None:
    tool.choose(cat(), coffee())
    tool.wait_until_finished("2 labelled")
    previous = tool.page.get_by_role("button", name="Previous picture")
    following = tool.page.get_by_role("button", name="Next picture")
    expect(previous).to_be_disabled()
    following.click()
    tool.expect_answer("Coffee")
    expect(tool.page.get_by_text("2 of 2")).to_be_visible()
    expect(following).to_be_disabled()
    previous.click()
    tool.expect_answer("Cat")


def test_failures_are_filtered_and_tried_again(tool: ToolPage) -> None:
    tool.choose(cat(), truncated("one.jpg"), truncated("two.jpg"))
    tool.wait_until_finished("1 labelled, 2 failed")
    tool.page.get_by_role("radio", name="Failed 2").check(force=True)
    expect(tool.list.get_by_role("option")).to_have_count(2)
    tool.expect_answer("No result for this picture")
    tool.page.get_by_role("button", name="Retry 2 failed").click()
    expect(tool.page.get_by_role("radio", name="Failed 2")).to_be_checked()
    tool.page.get_by_role("radio", name="All 3").check(force=True)
    expect(tool.list.get_by_role("option")).to_have_count(3)
    expect(tool.page.get_by_role("button", name="Retry 2 failed")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)


def test_results_are_saved_and_copied_as_the_command_line_prints_them(tool: ToolPage) -> None:
    tool.choose(cat(), truncated())
    tool.wait_until_finished("1 labelled, 1 failed")
    with tool.page.expect_download() as download:
        tool.page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "onsight-classify.jsonl"
    lines = [json.loads(line) for line in Path(download.value.path()).read_text(encoding="utf-8").splitlines()]
    assert lines[0]["path"] == "chelsea.png"
    assert lines[0]["result"]["label"] == "Cat"
    assert lines[1]["path"] == "broken.jpg"
    assert set(lines[1]["error"]) == {"code", "message"}
    tool.page.get_by_role("button", name="Copy all as JSON").click()
    expect(tool.page.get_by_role("button", name="Copied")).to_be_visible()
    assert tool.clipboard_json() == lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture, something else, and a folder in it with another picture."""
    trip = tmp_path / "trip"
    (trip / "day 2").mkdir(parents=True)
    (trip / "chelsea.png").write_bytes(sample("chelsea"))
    (trip / "notes.txt").write_text("Not a picture.")
    (trip / "day 2" / "coffee.png").write_bytes(sample("coffee"))
    return trip


def test_folder_is_read_to_the_bottom_and_other_files_are_skipped(tool: ToolPage, folder: Path) -> None:
    with tool.page.expect_file_chooser() as chooser:
        tool.page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)
    tool.wait_until_finished("2 labelled")
    tool.option("coffee.png").click()
    expect(tool.answer.get_by_text("trip/day 2/coffee.png")).to_be_visible()


def test_dropped_folder_is_read_to_the_bottom_beside_dropped_files(
    tool: ToolPage, folder: Path, tmp_path: Path
) -> None:
    single = tmp_path / "single.png"
    single.write_bytes(sample("chelsea"))
    tool.drop(folder, single)
    expect(tool.page.get_by_role("heading", name="3 pictures")).to_be_visible()
    tool.option("coffee.png").click()
    expect(tool.answer.get_by_text("trip/day 2/coffee.png")).to_be_visible()
    tool.option("single.png").click()
    tool.expect_answer("Cat")


def test_thousands_stay_fluid_and_can_be_cancelled_and_resumed(tool: ToolPage) -> None:
    data = base64.b64encode(encode(photo(), "JPEG")).decode()
    tool.page.evaluate(DROP_MANY, [MANY, data])
    expect(tool.page.get_by_role("heading", name=f"{MANY:,} pictures")).to_be_visible()
    assert tool.list.get_by_role("option").count() < 50
    tool.list.focus()
    tool.page.keyboard.press("End")
    last = tool.option(f"picture-{MANY - 1}.jpg")
    expect(last).to_be_in_viewport()
    # What a person looks at comes first, whatever its place in the list.
    expect(last).not_to_contain_text("Waiting", timeout=ENGINE_TIMEOUT_MS)
    tool.page.get_by_role("button", name="Cancel").first.click()
    expect(tool.page.get_by_role("status")).to_contain_text(re.compile(r"Stopped: .*[\d,]+ cancelled"))
    tool.page.keyboard.press("Home")
    resume = tool.page.get_by_role("button", name=re.compile("Continue with"))
    resume.click()
    expect(tool.page.get_by_role("progressbar", name="All pictures")).to_be_visible()


def test_one_waiting_picture_is_cancelled_and_taken_up_again(
    site: str, open_page: Callable[..., tuple[Page, Complaints]]
) -> None:
    page, _ = open_page(f"{site}/licenses/onsight.txt")
    held: list[Route] = []
    page.context.route("**/manifest.json", lambda route: held.append(route))
    page.goto(f"{site}/#/classify")
    tool = ToolPage(page)
    tool.choose(cat(), coffee())
    tool.answer.get_by_role("button", name="Cancel").click()
    tool.expect_answer("Cancelled")
    expect(tool.option("chelsea.png")).to_contain_text("Cancelled")
    expect(tool.option("coffee.png")).to_contain_text("Waiting")
    tool.answer.get_by_role("button", name="Classify it").click()
    expect(tool.option("chelsea.png")).to_contain_text("Waiting")
    for route in held:
        route.continue_()
    tool.wait_until_finished("2 labelled")


def test_leaving_with_unfinished_work_warns(site: str, browser: Browser) -> None:
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(f"{site}/#/classify")
    tool = ToolPage(page)
    tool.choose(*(gradient(f"gradient-{index}.jpg") for index in range(5)))
    expect(tool.page.get_by_role("heading", name="5 pictures")).to_be_visible()
    with page.expect_event("dialog") as question:
        page.close(run_before_unload=True)
    assert question.value.type == "beforeunload"
    question.value.accept()
    context.close()


def test_removing_everything_asks_first(tool: ToolPage) -> None:
    tool.choose(cat(), file("other.jpg", encode(photo(), "JPEG"), "image/jpeg"))
    tool.page.get_by_role("button", name="Remove all").click()
    dialog = tool.page.get_by_role("dialog", name="Remove all 2 pictures?")
    dialog.get_by_role("button", name="Keep them").click()
    expect(dialog).to_be_hidden()
    expect(tool.page.get_by_role("heading", name="2 pictures")).to_be_visible()
