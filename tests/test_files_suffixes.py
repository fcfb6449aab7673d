"""onsight.files.suffixes: one list of what is taken for a picture, on the command line and in the page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from onsight.files.suffixes import PICTURES, RAW, TRIED, UNOPENED, is_tried

PAGE = Path(__file__).resolve().parents[1] / "web" / "page" / "lib" / "suffixes.js"


@pytest.mark.skipif(sys.platform == "emscripten", reason="the page's sources are not there")
def test_the_page_has_the_same_list() -> None:
    lines = re.findall(r'^ +"([a-z0-9 ]+)",$', PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {f".{word}" for word in " ".join(lines).split()} == TRIED


def test_no_suffix_is_of_two_kinds() -> None:
    assert len(TRIED) == len(PICTURES) + len(UNOPENED) + len(RAW)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in TRIED)


@pytest.mark.parametrize("name", ["a.JPG", "b.pjpeg", "c.mpo", "d.DNG", "e.cr3", "f.jxl", "g.HIF", "h.JPEG"])
def test_pictures_are_tried(name: str) -> None:
    assert is_tried(name)


@pytest.mark.parametrize("name", ["a.txt", ".jpg", ".a.jpg", "jpg", "a.mov", "a.xmp", "a.jpg.json"])
def test_other_files_are_not(name: str) -> None:
    assert not is_tried(name)
