"""onsight.evidence.colours: names and shares of colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.errors import InvalidSpecError
from onsight.evidence.colours import Palette
from onsight.image.oklab import oklab, to_hex

HEADER = "id\tlabel\tshades\n"


def name_of(shade: str) -> str:
    pixel = np.array([[int(shade[at : at + 2], 16) for at in (1, 3, 5)]], np.uint8)
    palette = Palette.load()
    return str(palette.names[palette.name(oklab(pixel))[0]][0])


@pytest.mark.parametrize(
    ("shade", "name"),
    [
        ("#ff0000", "red"),
        ("#8b0000", "maroon"),
        ("#ffa500", "orange"),
        ("#654321", "brown"),
        ("#f5deb3", "beige"),
        ("#ffd700", "yellow"),
        ("#6b8e23", "green"),
        ("#808000", "olive"),
        ("#228b22", "green"),
        ("#40e0d0", "turquoise"),
        ("#87ceeb", "blue"),
        ("#191970", "navy"),
        ("#9400d3", "purple"),
        ("#ff69b4", "pink"),
        ("#808080", "grey"),
        ("#0a0a0a", "black"),
        ("#fafafa", "white"),
    ],
)
def test_colours_have_the_names_that_people_give_them(shade: str, name: str) -> None:
    assert name_of(shade) == name


def test_every_shade_of_the_table_has_the_name_of_its_row() -> None:
    palette = Palette.load()
    np.testing.assert_array_equal(palette.name(palette.shades), palette.name_of)
    assert len(palette.names) == 16


def test_oklab_of_known_colours() -> None:
    """From the table in Björn Ottosson's article, by way of CSS Color 4: red is oklab(0.628 0.2249 0.1258)."""
    lab = oklab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8))
    np.testing.assert_allclose(lab, np.array([[1, 0, 0], [0, 0, 0], [0.628, 0.2249, 0.1258]]), atol=5e-4)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_to_hex_undoes_oklab(pixel: tuple[int, int, int]) -> None:
    assert to_hex(oklab(np.array(pixel, np.uint8))) == "#{:02x}{:02x}{:02x}".format(*pixel)


def test_dominant_colours_are_shares_of_the_picture() -> None:
    pixels = np.array([[200, 20, 30]] * 70 + [[20, 60, 200]] * 29 + [[255, 255, 0]] * 1, np.uint8)
    first, second = Palette.load().dominant(oklab(pixels))  # one pixel of yellow is too little
    assert (first.id, first.share, first.hex) == ("red", 0.7, "#c8141e")
    assert (second.id, second.share) == ("blue", 0.29)


@pytest.mark.parametrize("text", ["", "id\tname\n", HEADER + "red\tRed\n", HEADER + "red\tRed\tff0000\n"])
def test_malformed_tables_are_refused(text: str) -> None:
    with pytest.raises(InvalidSpecError, match="colours"):
        Palette.from_tsv(text)
