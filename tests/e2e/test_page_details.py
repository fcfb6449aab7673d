"""Details in the page: what a file says is listed, and the copy says nothing."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from onsight.image.blocks import exif_blocks, iptc_records, xmp_packets
from tests.e2e.tool_page import file, truncated
from tests.test_details import full


def test_a_file_is_read_and_copied_without_what_it_says(page: Page, tmp_path: Path) -> None:
    page.evaluate("location.hash = '/details'")
    picture = file("holiday.jpg", full("JPEG"), "image/jpeg")
    page.set_input_files('[data-part="files"]', [picture])
    expect(page.get_by_role("heading", name="7 personal details in this file")).to_be_visible()
    row = page.locator(".details__row", has_text="City")
    expect(row).to_contain_text("Graz")
    expect(row).to_contain_text("IPTC")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a clean copy").click()
    assert download.value.suggested_filename == "holiday-clean.jpg"
    copy = tmp_path / "copy.jpg"
    download.value.save_as(copy)
    data = copy.read_bytes()
    assert [*exif_blocks(data), *xmp_packets(data), *iptc_records(data)] == []
    page.set_input_files('[data-part="files"]', [copy])
    page.get_by_role("option", name="copy.jpg").click()
    expect(page.get_by_role("heading", name="This file contains nothing but the picture")).to_be_visible()
    expect(page.get_by_role("button", name="Save a clean copy")).to_be_hidden()


def test_a_broken_file_says_so(page: Page) -> None:
    page.evaluate("location.hash = '/details'")
    page.set_input_files('[data-part="files"]', [truncated()])
    expect(page.get_by_text("No result for this picture")).to_be_visible()
