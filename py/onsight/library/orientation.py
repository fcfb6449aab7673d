"""The eight ways to turn and mirror a rectangle, and how they follow one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ORIENTATIONS = range(8)
"""Bit 0: columns are reversed. Bit 1: rows are reversed. Bit 2: rows and columns are exchanged first. 0: as it is."""

NAMES = (
    "",
    "mirrored",
    "mirrored top to bottom",
    "turned 180°",
    "mirrored and turned 90° anticlockwise",
    "turned 90° clockwise",
    "turned 90° anticlockwise",
    "mirrored and turned 90° clockwise",
)
"""What each of them is called, for people."""

SWAPS_SIDES = 4
"""The bit of those that exchange width and height."""


def oriented(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return pixels [height, width, …] turned and mirrored."""
    if orientation & 4:
        pixels = pixels.swapaxes(0, 1)
    if orientation & 2:
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation & 1 else pixels


def oriented_waves(waves: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return the waves (DCT-II) of turned and mirrored pixels, from those of the pixels, [..., rows, columns]."""
    if orientation & 4:
        waves = waves.swapaxes(-1, -2)
    signs = np.where(np.arange(waves.shape[-1]) % 2, -1, 1).astype(waves.dtype)
    if orientation & 2:
        waves = waves * signs[:, None]
    return waves * signs if orientation & 1 else waves


def _table() -> list[list[int]]:
    square = np.arange(4).reshape(2, 2)
    known = {oriented(square, one).tobytes(): one for one in ORIENTATIONS}
    return [
        [known[oriented(oriented(square, first), second).tobytes()] for second in ORIENTATIONS]
        for first in ORIENTATIONS
    ]


_FOLLOWED_BY = _table()


def followed_by(first: int, second: int) -> int:
    """Return what it comes to if one is applied after the other."""
    return _FOLLOWED_BY[first][second]


def inverse(orientation: int) -> int:
    """Return what undoes one."""
    return _FOLLOWED_BY[orientation].index(0)
