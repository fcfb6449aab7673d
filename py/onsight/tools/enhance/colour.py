"""Saturation, vibrance, black and white: they scale the distance of a pixel's channels from its lightness.

``c' = Y + s · (c - Y)`` on encoded levels, where Y is the lightness, which stays the same. With u from 0 for grey to 1
on the edge of the gamut, ``s = 1 + saturation · (1 - u) + vibrance · (1 - u)²``: pale colours gain most, colours on the
edge gain nothing, and no colour passes it. Negative values make colours greyer; vibrance affects pale colours first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.tone import LUMA

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]

_ROUND = np.float32(1 << 23)
"""Added to a float32 below 2^22, it leaves the nearest integer in the lowest bits; this is much faster than a cast."""


def changes_colour(settings: EnhanceSettings) -> bool:
    """Return whether settings change anything in this module."""
    return bool(settings.saturation or settings.vibrance or settings.black_and_white)


_EDGE = 0.6
"""Distance from black and white, in levels, that colours keep, so that they do not round to them."""


def _edge_tables() -> tuple[Bytes, Bytes]:
    """Return u in 255ths by the highest and by the lowest channel, each at ``Y << 8 | channel``."""
    light = np.arange(256)[:, None].astype(np.float64)
    level = np.arange(256)[None, :].astype(np.float64)
    to_white = (level - light) / np.maximum(255 - _EDGE - light, _EDGE)
    to_black = (light - level) / np.maximum(light - _EDGE, _EDGE)
    return _bytes_up(to_white), _bytes_up(to_black)


def _bytes_up(fractions: NDArray[np.float64]) -> Bytes:
    return np.ceil(255 * np.clip(fractions, 0, 1)).astype(np.uint8).ravel()


_TO_WHITE, _TO_BLACK = _edge_tables()


_UNIT = 128
"""Unit of `spread_table`: multiplied by the largest distance from grey, its values still fit into 16 bits."""


def spread_table(settings: EnhanceSettings) -> NDArray[np.int16]:
    """Return what is added to the distance from grey, in 128ths of that distance, for each u in 255ths: int16 [256]."""
    way = np.arange(256) / 255
    saturation, vibrance = settings.saturation / 100, settings.vibrance / 100
    more = saturation * ((1 - way) if saturation > 0 else 1.0) + vibrance * (1 - way) ** 2
    table: NDArray[np.int16] = np.floor(_UNIT * np.maximum(more, -1)).astype(np.int16)
    return table


def lightness(red: Bytes, green: Bytes, blue: Bytes) -> NDArray[np.float32]:
    """Return the lightness, float32, 0 to 255, of three channels."""
    light: NDArray[np.float32] = red * np.float32(LUMA[0])
    light += green * np.float32(LUMA[1])
    light += blue * np.float32(LUMA[2])
    return light


_LUMA_256 = (54, 183, 19)
"""`LUMA` in 256ths."""


def light_levels(red: Bytes, green: Bytes, blue: Bytes) -> Bytes:
    """Return `lightness` rounded to levels, uint8; 16-bit arithmetic makes this three times as fast."""
    light = red.astype(np.uint16)
    light *= np.uint16(_LUMA_256[0])
    for channel, weight in ((green, _LUMA_256[1]), (blue, _LUMA_256[2])):
        part = channel.astype(np.uint16)
        part *= np.uint16(weight)
        light += part
    light += np.uint16(128)
    light >>= np.uint16(8)
    return light.astype(np.uint8)


def whole(values: NDArray[np.float32]) -> Bytes:
    """Return float32 values, 0 to 255, rounded to levels: a view of every fourth byte. Overwrites ``values``."""
    values += _ROUND
    return values.view(np.uint8).reshape(*values.shape, 4)[..., 0]


def colour_rows(rows: Sequence[Bytes], settings: EnhanceSettings, spread: NDArray[np.int16], out: Bytes) -> None:
    """Change the colours of some rows.

    Args:
        rows: Red, green and blue, uint8 [R, W].
        settings: The settings; only black and white matters here, since ``spread`` has the others.
        spread: From `spread_table`.
        out: uint8 [R, W, 3 or 4], whose first three channels are written.
    """
    light = light_levels(*rows)
    if settings.black_and_white:
        for channel in range(3):
            out[..., channel] = light
        return
    number = light.astype(np.intp)
    number <<= 8
    channels = [row.astype(np.int16) for row in rows]
    highest, lowest = _extremes(*channels)
    way = np.maximum(_TO_WHITE[number | highest], _TO_BLACK[number | lowest])
    more = spread[way.astype(np.intp)]
    grey = light.astype(np.int16)
    for channel, levels in enumerate(channels):
        change = levels - grey
        change *= more
        change += np.int16(_UNIT // 2)
        change >>= np.int16(7)
        change += levels
        out[..., channel] = change


def _extremes(red: Shorts, green: Shorts, blue: Shorts) -> tuple[Shorts, Shorts]:
    """Return the highest and the lowest of three channels, by sums, which WebAssembly has vector instructions for."""
    above = _positive(red - green)
    high, low = green + above, red - above
    high += _positive(blue - high)
    low -= _positive(low - blue)
    return high, low


def _positive(values: Shorts) -> Shorts:
    """Return values with 0 in place of negative ones."""
    sign = values >> np.int16(15)
    np.invert(sign, out=sign)
    sign &= values
    return sign
