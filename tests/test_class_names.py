"""The names, plurals and colours of detected classes."""

from __future__ import annotations

import pytest

from onsight.tools.detect.class_names import COLOURS, colour_of, noun_of, title_of


@pytest.mark.parametrize(
    ("label", "count", "noun"),
    [
        *[("person", 3, "people"), ("person", 1, "person"), ("bus", 2, "buses"), ("knife", 2, "knives")],
        *[("sheep", 4, "sheep"), ("skis", 1, "pair of skis"), ("bench", 2, "benches"), ("tv", 2, "TVs")],
    ],
)
def test_counts_read_as_english(label: str, count: int, noun: str) -> None:
    assert noun_of(label, count) == noun


def test_titles_begin_with_a_capital() -> None:
    assert [title_of(label) for label in ("tv", "hot dog")] == ["TV", "Hot dog"]


def test_the_colour_of_a_class_follows_from_its_place() -> None:
    labels = [f"class {index}" for index in range(30)]
    assert [colour_of(label, labels) for label in labels[:3]] == list(COLOURS[:3])
    assert colour_of(labels[len(COLOURS)], labels) == COLOURS[0]


@pytest.mark.parametrize("colour", COLOURS)
def test_white_is_readable_on_each_colour(colour: str) -> None:
    """WCAG 2.2 AA asks for a contrast of 4.5 to 1."""
    channels = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5
