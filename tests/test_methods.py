"""onsight.api: what of a picture is remembered."""

from __future__ import annotations

from onsight.api import METHODS, Memory
from onsight.tools.detect.options import DetectOptions
from onsight.tools.shared.options import PreviewOptions


def test_what_was_seen_is_recalled_for_options_that_look_alike() -> None:
    memory = Memory()
    memory.keep("detect", 1, DetectOptions(score=0.3), "seen")
    assert memory.recall("detect", 1, DetectOptions(score=0.7, iou=0.2)) == "seen"
    assert memory.recall("detect", 1, DetectOptions(thorough=True)) is None
    assert memory.recall("detect", 2, DetectOptions()) is None
    assert memory.recall("detect", None, DetectOptions()) is None


def test_the_picture_longest_unused_is_forgotten() -> None:
    memory, options = Memory(), DetectOptions()
    many = METHODS["detect"].kept
    for picture in range(many):
        memory.keep("detect", picture, options, picture)
    assert memory.recall("detect", 0, options) == 0
    memory.keep("detect", many, options, many)
    assert memory.recall("detect", 1, options) is None
    assert memory.recall("detect", 0, options) == 0


def test_nothing_is_kept_without_a_name_or_where_nothing_is_to_be_kept() -> None:
    memory = Memory()
    memory.keep("detect", None, DetectOptions(), "seen")
    memory.keep("preview", 1, PreviewOptions(), "seen")
    assert memory.recall("detect", None, DetectOptions()) is None
    assert memory.recall("preview", 1, PreviewOptions()) is None
