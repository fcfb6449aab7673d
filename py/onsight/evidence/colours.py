"""Dominant colours, with everyday names.

Distances are measured in Oklab, where equal steps look equal. Source: Björn Ottosson, "A perceptual color space for
image processing" (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.image.oklab import oklab, to_hex

Array = NDArray[np.float32]

COLUMNS = ("id", "label", "shades")

MIN_SHARE = 0.02
"""Fraction of the picture that a colour must cover to be named."""

_LIGHTNESS_WEIGHT = 0.6
"""Light and shadow change a surface's lightness more than its hue, but people do not call it another colour."""


@dataclass(frozen=True, slots=True)
class ColourShare:
    """A colour that covers a part of a picture.

    Attributes:
        id: Stable id, such as ``"red"``.
        label: Displayed name.
        hex: The average of its pixels, ``"#rrggbb"``.
        share: Fraction of the picture, in (0, 1].
    """

    id: str
    label: str
    hex: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The names of colours.

    Attributes:
        names: ``(id, label)`` of each name.
        shades: Typical shades in Oklab, float32 [S, 3].
        name_of: Index of each shade's name, intp [S].
    """

    names: tuple[tuple[str, str], ...]
    shades: Array
    name_of: NDArray[np.intp]

    @classmethod
    def load(cls) -> Palette:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str) -> Palette:
        """Read a table of ``id``, ``label`` and ``shades`` (``#rrggbb``, separated by spaces).

        Raises:
            InvalidSpecError: A row is malformed.
        """
        rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not rows or tuple(rows[0]) != COLUMNS:
            raise InvalidSpecError(f"The colours must start with a header with the columns {', '.join(COLUMNS)}.")
        names: list[tuple[str, str]] = []
        shades: list[tuple[int, int, int]] = []
        name_of: list[int] = []
        for row in rows[1:]:
            try:
                id, label, cell = row
                found = [_parse_hex(shade) for shade in cell.split()]
            except ValueError as error:
                raise InvalidSpecError(f"The colours have a malformed row: {row!r} ({error}).") from error
            shades += found
            name_of += [len(names)] * len(found)
            names.append((id, label))
        return cls(tuple(names), oklab(np.array(shades, np.uint8)), np.array(name_of, np.intp))

    def name(self, colours: Array) -> NDArray[np.intp]:
        """Return the index of the name, [n], for each of the Oklab colours [n, 3]."""
        weights = np.array([_LIGHTNESS_WEIGHT, 1, 1], np.float32)
        points, shades = colours * weights, self.shades * weights
        # Squared distances without the term that is the same for all shades.
        nearest = np.argmin((shades * shades).sum(axis=1) - 2 * (points @ shades.T), axis=1)
        names: NDArray[np.intp] = self.name_of[nearest]
        return names

    def dominant(self, colours: Array) -> tuple[ColourShare, ...]:
        """Return the colours of a picture, largest share first.

        Args:
            colours: Its pixels in Oklab, float32 [n, 3].

        Returns:
            The colours that cover at least `MIN_SHARE`.
        """
        names = self.name(colours)
        counts = np.bincount(names, minlength=len(self.names))
        found = []
        for index in np.argsort(-counts, kind="stable"):
            share = counts[index] / len(colours)
            if share < MIN_SHARE:
                break
            average = to_hex(colours[names == index].mean(axis=0))
            id, label = self.names[index]
            found.append(ColourShare(id, label, average, round(float(share), 3)))
        return tuple(found)


def _parse_hex(shade: str) -> tuple[int, int, int]:
    if len(shade) != 7 or shade[0] != "#":
        raise ValueError(f"{shade!r} is not of the form #rrggbb")
    return int(shade[1:3], 16), int(shade[3:5], 16), int(shade[5:7], 16)


@cache
def _packaged() -> Palette:
    return Palette.from_tsv(files("onsight").joinpath("data", "colours.tsv").read_text(encoding="utf-8"))
