"""Turn and mirror pictures to the eight orientations of a rectangle, and compose orientations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ORIENTATIONS = range(8)
"""Bit 0 reverses the columns, bit 1 reverses the rows, and bit 2 swaps rows and columns first."""

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
"""Names of the orientations in the user interface."""

SWAPS_SIDES = 4
"""The bit that swaps width and height."""


def oriented(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn and mirror pixels [height, width, …] to an orientation."""
    if orientation & 4:
        pixels = pixels.swapaxes(0, 1)
    if orientation & 2:
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation & 1 else pixels


def oriented_waves(waves: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Convert the DCT-II coefficients of pixels, [..., rows, columns], to those of the turned and mirrored pixels."""
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
    """Return the orientation that has the effect of applying ``first``, then ``second``."""
    return _FOLLOWED_BY[first][second]


def inverse(orientation: int) -> int:
    """Return the orientation that undoes another."""
    return _FOLLOWED_BY[orientation].index(0)
