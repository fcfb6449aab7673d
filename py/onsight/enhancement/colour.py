"""Saturation, vibrance, black and white: how far a pixel's channels are from its lightness.

``c' = Y + s · (c - Y)`` on encoded levels, with Y the lightness, which stays. With u the pixel's way to the edge of
what a screen can show (1 on it), ``s = 1 + saturation · (1 - u) + vibrance · (1 - u)²``: pale colours gain most,
colours on the edge nothing, and none is led beyond it. Below 0 both lead towards grey, vibrance the pale ones first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.enhancement.settings import EnhanceSettings
from onsight.enhancement.tone import LUMA

Bytes = NDArray[np.uint8]

_ROUND = np.float32(1 << 23)
"""Added to a float32 below 2^22, it leaves the nearest whole number in the lowest bits: far faster than a cast."""


def changes_colour(settings: EnhanceSettings) -> bool:
    """Tell whether settings ask for anything of this module."""
    return bool(settings.saturation or settings.vibrance or settings.black_and_white)


_EDGE = 0.6
"""How far from the outermost level a colour stops: so that it does not round to it."""


def _edge_tables() -> tuple[Bytes, Bytes]:
    """Return how far (of 255) a highest and a lowest channel are on their way to the edge, at ``Y << 8 | channel``."""
    light = np.arange(256)[:, None].astype(np.float64)
    level = np.arange(256)[None, :].astype(np.float64)
    to_white = (level - light) / np.maximum(255 - _EDGE - light, _EDGE)
    to_black = (light - level) / np.maximum(light - _EDGE, _EDGE)
    return _bytes_up(to_white), _bytes_up(to_black)


def _bytes_up(fractions: NDArray[np.float64]) -> Bytes:
    return np.ceil(255 * np.clip(fractions, 0, 1)).astype(np.uint8).ravel()


_TO_WHITE, _TO_BLACK = _edge_tables()


def spread_table(settings: EnhanceSettings) -> NDArray[np.float32]:
    """Return float32 [256]: by what the distance from grey is multiplied, told by the way to the edge in 255ths."""
    way = np.arange(256) / 255
    saturation, vibrance = settings.saturation / 100, settings.vibrance / 100
    more = saturation * ((1 - way) if saturation > 0 else 1.0) + vibrance * (1 - way) ** 2
    return np.maximum(1 + more, 0).astype(np.float32)


def lightness(red: Bytes, green: Bytes, blue: Bytes) -> NDArray[np.float32]:
    """Return float32, 0 to 255, of three channels of levels."""
    light: NDArray[np.float32] = red * np.float32(LUMA[0])
    light += green * np.float32(LUMA[1])
    light += blue * np.float32(LUMA[2])
    return light


def whole(values: NDArray[np.float32]) -> Bytes:
    """Return float32 values, 0 to 255, rounded to levels; a view of every fourth byte, and ``values`` is used up."""
    values += _ROUND
    return values.view(np.uint8).reshape(*values.shape, 4)[..., 0]


def colour_rows(rows: list[Bytes], settings: EnhanceSettings, spread: NDArray[np.float32], out: Bytes) -> None:
    """Change the colours of some rows.

    Args:
        rows: Red, green and blue, uint8 [R, W].
        settings: Of which black and white counts; the rest is in ``spread``.
        spread: From `spread_table`.
        out: uint8 [R, W, 3 or 4], whose first three channels are written.
    """
    light = lightness(*rows)
    if settings.black_and_white:
        out[..., :3] = whole(light)[..., None]
        return
    number = whole(light.copy()).astype(np.intp)
    number <<= 8
    highest = np.maximum(np.maximum(rows[0], rows[1]), rows[2])
    lowest = np.minimum(np.minimum(rows[0], rows[1]), rows[2])
    way = np.maximum(_TO_WHITE[number | highest], _TO_BLACK[number | lowest])
    factor = spread[way]
    for channel, row in enumerate(rows):
        apart = row - light
        apart *= factor
        apart += light
        np.clip(apart, np.float32(0), np.float32(255), out=apart)
        out[..., channel] = whole(apart)
