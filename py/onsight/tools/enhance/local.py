"""Changes that depend on a pixel's surroundings: shadows, highlights, clarity and haze.

They are computed on a small copy of the picture, the *context*. It always has the same size, so previews and exports
get the same light. The guided filter expresses the context's smooth *base* by its lightness:
``base = a · lightness + b``. The coefficients are enlarged, not the base, and then applied to the lightness at full
size. So edges stay as sharp as in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.tone import LUMA, shoulder
from onsight.tools.enhance.windows import Plane, guided_lines

CONTEXT_SIDE = 384
"""Longest side of the context in pixels."""

GAINS = 256
"""Number of different gains in a picture, spaced evenly from its smallest to its largest."""

_BASE_RADIUS = 1 / 20
_BASE_EPS = 0.012
_HAZE_RADIUS = 1 / 48
_HAZE_EPS = 0.001
_CLEAREST = 0.12

_SHADOWS_UNTIL, _SHADOWS_STOPS = 0.65, 1.15
_HIGHLIGHTS_FROM, _HIGHLIGHTS_STOPS = 0.35, 0.42
_CLARITY = 1.1


@dataclass(frozen=True, slots=True)
class Lines:
    """A map that is applied at full resolution: ``slope · lightness + offset``, in levels from 0 to 255.

    Attributes:
        slope: Image in mode F.
        offset: Image in mode F, in levels.
    """

    slope: Image.Image
    offset: Image.Image


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A small copy of a picture, upright and whole, and what was computed from it.

    Attributes:
        image: RGB, its longest side at most `CONTEXT_SIDE`.
        base: The smooth base of its lightness.
        veil: Colour of the haze, three levels from 0 to 1.
        haze: The largest possible share of haze at each place, 0 to 1.
        white: Encoded levels, 0 to 1, that 0.2% of the pixels exceed in each channel.
    """

    image: Image.Image
    base: Lines
    veil: tuple[float, float, float]
    haze: Lines
    white: tuple[float, float, float]

    @classmethod
    def of(cls, picture: Image.Image) -> Context:
        """Compute the context of an upright RGB picture of any size."""
        image = picture.copy()
        image.thumbnail((CONTEXT_SIDE, CONTEXT_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
        pixels = _fractions(image)
        lightness: Plane = pixels @ np.array(LUMA, np.float32)
        longest = max(image.size)
        base = guided_lines(lightness, lightness, max(1, round(longest * _BASE_RADIUS)), _BASE_EPS)
        veil, haze = _haze(image, pixels)
        haze_lines = guided_lines(lightness, haze, max(1, round(longest * _HAZE_RADIUS)), _HAZE_EPS)
        red, green, blue = np.percentile(pixels, 99.8, axis=(0, 1))
        white = (float(red), float(green), float(blue))
        return cls(image, _lines(base), veil, _lines(haze_lines), white)

    @property
    def haziness(self) -> float:
        """Share of haze in the clearest places, 0 to 1; in a hazy picture, even the darkest things have some."""
        pixels = _fractions(self.image)
        return float(np.percentile((pixels / np.maximum(self.veil, 0.05)).min(axis=2), 1))


def _fractions(image: Image.Image) -> NDArray[np.float32]:
    """Return levels as fractions of white."""
    return np.asarray(image, np.float32) * np.float32(1 / 255)


def _lines(pair: tuple[Plane, Plane]) -> Lines:
    slope, offset = pair
    return Lines(Image.fromarray(slope), Image.fromarray(offset * np.float32(255)))


def _haze(image: Image.Image, pixels: NDArray[np.float32]) -> tuple[tuple[float, float, float], Plane]:
    """Return the haze's colour and share (He, Sun and Tang, "Single Image Haze Removal Using Dark Channel Prior")."""
    size = 2 * max(1, round(max(image.size) / 50)) + 1
    darkest = image.getchannel(0)
    for channel in (1, 2):
        darkest = Image.fromarray(np.minimum(np.asarray(darkest), np.asarray(image.getchannel(channel))))
    dark = np.asarray(darkest.filter(ImageFilter.MinFilter(size)), np.float32)
    # The haze is strongest where even the darkest pixels of the surroundings are bright.
    hazy = dark >= np.percentile(dark, 99.5)
    veil = np.maximum(pixels[hazy].mean(axis=0), 0.2)
    share = (pixels / veil).min(axis=2)
    smallest = Image.fromarray(np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8))
    haze: Plane = _fractions(smallest.filter(ImageFilter.MinFilter(size)))
    return (float(veil[0]), float(veil[1]), float(veil[2])), haze


def is_local(settings: EnhanceSettings) -> bool:
    """Return whether settings need the base."""
    return bool(settings.shadows or settings.highlights or settings.clarity)


def gain_table(settings: EnhanceSettings) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the gains of levels by the base and the lightness of a pixel.

    With B the base and Y the lightness, both encoded and from 0 to 1:

    - shadows: ``B · 2^(k·(1 - B/p)²)`` below p; highlights likewise above q. Both curves rise everywhere, so darker
      parts stay darker.
    - clarity: the difference between a pixel and its base is multiplied, most in the middle tones.
    - a shoulder for each base compresses what would pass white.

    Args:
        settings: The settings; only shadows, highlights and clarity matter.

    Returns:
        The number of the gain at ``base << 8 | lightness``, already shifted by 8, intp [65536]; and the gains,
        float64 [`GAINS`].
    """
    base = (np.arange(256) / 255)[:, None]
    light = (np.arange(256) / 255)[None, :]
    dark_part = np.clip(1 - base / _SHADOWS_UNTIL, 0, 1) ** 2
    bright_part = np.clip((base - _HIGHLIGHTS_FROM) / (1 - _HIGHLIGHTS_FROM), 0, 1) ** 2
    lift = np.exp2(
        settings.shadows / 100 * _SHADOWS_STOPS * dark_part
        + settings.highlights / 100 * _HIGHLIGHTS_STOPS * bright_part
    )
    middle = 4 * light * (1 - light)
    local = light + settings.clarity / 100 * _CLARITY * middle * (light - base)
    wanted = shoulder(np.maximum(local, 0) * lift, lift)
    gains = np.clip(wanted / np.maximum(light, 1 / 255), 0.2, 5)
    gains[:, 0] = gains[:, 1]
    low, high = float(gains.min()), float(gains.max())
    if high - low < 1e-6:
        return np.zeros(65536, np.intp), np.full(GAINS, low)
    numbers = np.rint((gains - low) * ((GAINS - 1) / (high - low))).astype(np.intp) << 8
    return numbers.ravel(), np.linspace(low, high, GAINS)


def haze_tables(amount: float, veil: tuple[float, float, float]) -> NDArray[np.uint8]:
    """Return the new level for each level and share of haze: ``J = (I - A·h) / (1 - h)``.

    Args:
        amount: From -1 (hazier) to 1 (clearer).
        veil: Colour of the haze, A, three levels from 0 to 1.

    Returns:
        uint8 [3, 256, 256]: channel, share of haze in 255ths, level.
    """
    share = (np.arange(256) / 255)[:, None]
    levels = (np.arange(256) / 255)[None, :]
    tables = np.empty((3, 256, 256), np.uint8)
    for channel, colour in enumerate(veil):
        if amount >= 0:
            haze = np.minimum(0.95 * amount * share, 1 - _CLEAREST)
            clear = (levels - colour * haze) / (1 - haze)
            clear = shoulder(clear, clear[:, -1:])
        else:
            haze = -0.6 * amount * (0.35 + 0.65 * share)
            clear = levels * (1 - haze) + colour * haze
        table = np.rint(255 * np.clip(clear, 0, 1))
        table[:, :-1] = np.minimum(table[:, :-1], 254)
        tables[channel] = table
    return tables
