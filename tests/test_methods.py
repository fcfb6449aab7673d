"""onsight.api: which outputs of a run are cached."""

from __future__ import annotations

from onsight.api import METHODS, RunCache
from onsight.tools.detect.options import DetectOptions
from onsight.tools.shared.options import PreviewOptions


def test_outputs_are_cached_for_options_that_share_a_run() -> None:
    cache = RunCache()
    cache.put("detect", 1, DetectOptions(score=0.3), "outputs")
    assert cache.get("detect", 1, DetectOptions(score=0.7, iou=0.2)) == "outputs"
    assert cache.get("detect", 1, DetectOptions(thorough=True)) is None
    assert cache.get("detect", 1, DetectOptions(quick=True)) is None
    assert cache.get("detect", 2, DetectOptions()) is None
    assert cache.get("detect", None, DetectOptions()) is None


def test_the_least_recently_used_picture_leaves_the_cache() -> None:
    cache, options = RunCache(), DetectOptions()
    many = METHODS["detect"].cache_size
    for picture in range(many):
        cache.put("detect", picture, options, picture)
    assert cache.get("detect", 0, options) == 0
    cache.put("detect", many, options, many)
    assert cache.get("detect", 1, options) is None
    assert cache.get("detect", 0, options) == 0


def test_nothing_is_cached_without_a_name_or_for_a_method_without_a_cache() -> None:
    cache = RunCache()
    cache.put("detect", None, DetectOptions(), "outputs")
    cache.put("preview", 1, PreviewOptions(), "outputs")
    assert cache.get("detect", None, DetectOptions()) is None
    assert cache.get("preview", 1, PreviewOptions()) is None
