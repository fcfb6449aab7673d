"""Dominant colours, by the names that people use.

Distances are taken in Oklab, where equal steps look equal. Source: Björn Ottosson, "A perceptual color space for
image processing" (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError

Array = NDArray[np.float32]

COLUMNS = ("id", "label", "shades")

MIN_SHARE = 0.02
"""Part of the picture that a colour must cover to be named at all."""

_LIGHTNESS_WEIGHT = 0.6
"""Light and shadow change a surface's lightness more than its hue, and nobody calls that another colour."""

_LINEAR_TO_LMS = np.array(
    [
        [0.4122214708, 0.2119034982, 0.0883024619],
        [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ],
    np.float32,
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 1.9779984951, 0.0259040371],
        [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class ColourShare:
    """A colour that covers a part of a picture.

    Attributes:
        id: Stable name, such as ``"red"``.
        label: Name for people.
        hex: The average of these pixels, ``"#rrggbb"``.
        share: Part of the picture, in (0, 1].
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
            raise InvalidSpecError(f"The colours must begin with a header of the columns {', '.join(COLUMNS)}.")
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
        """Return the index of the name of each colour, [n], of Oklab colours [n, 3]."""
        weights = np.array([_LIGHTNESS_WEIGHT, 1, 1], np.float32)
        points, shades = colours * weights, self.shades * weights
        # Distances without the term that is the same for all shades.
        nearest = np.argmin((shades * shades).sum(axis=1) - 2 * (points @ shades.T), axis=1)
        names: NDArray[np.intp] = self.name_of[nearest]
        return names

    def dominant(self, colours: Array) -> tuple[ColourShare, ...]:
        """Return the colours of a picture, largest share first.

        Args:
            colours: Its pixels in Oklab, float32 [n, 3].

        Returns:
            Those that cover `MIN_SHARE` or more.
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


def oklab(pixels: NDArray[np.uint8]) -> Array:
    """Convert sRGB pixels, uint8 [..., 3], to Oklab, float32 [..., 3]: lightness in [0, 1], green–red, blue–yellow."""
    lms = np.cbrt(_LINEAR[pixels] @ _LINEAR_TO_LMS)
    lab: Array = lms @ _LMS_TO_LAB
    return lab


def to_hex(colour: Array) -> str:
    """Return an Oklab colour, [3], as sRGB ``"#rrggbb"``; what a screen cannot show is clipped."""
    lms = np.linalg.solve(_LMS_TO_LAB.T.astype(np.float64), colour) ** 3
    linear = np.clip(np.linalg.solve(_LINEAR_TO_LMS.T.astype(np.float64), lms), 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{value:02x}" for value in np.round(encoded * 255).astype(int))


def _parse_hex(shade: str) -> tuple[int, int, int]:
    if len(shade) != 7 or shade[0] != "#":
        raise ValueError(f"{shade!r} is not of the form #rrggbb")
    return int(shade[1:3], 16), int(shade[3:5], 16), int(shade[5:7], 16)


def _linear_table() -> Array:
    """Return the light of each of the 256 values of sRGB, in [0, 1]."""
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear_table()


@cache
def _packaged() -> Palette:
    return Palette.from_tsv(files("onsight").joinpath("data", "colours.tsv").read_text(encoding="utf-8"))
