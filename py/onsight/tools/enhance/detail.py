"""Denoise and sharpen: what happens between a pixel and its nearest neighbours.

Lightness is smoothed by shrinking its wavelet coefficients, colour by a guided filter whose guide is the smooth
lightness, at half the size: the eye sees colour no finer, and the picture's edges are kept. Sharpening is an unsharp
mask of the lightness with a soft threshold, so that what is left of the grain is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onsight.tools.enhance import wavelet
from onsight.tools.enhance.cache import Cached
from onsight.tools.enhance.colour import lightness
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.tone import LUMA
from onsight.tools.enhance.windows import LineFit, Plane

Bytes = NDArray[np.uint8]

NOISE_SIGMA = 25.0
"""Standard deviation, of 255, of the grain that is smoothed at most."""
_COLOUR_SIGMA = 25.0
_COLOUR_RADIUS = 6
"""In pixels of full size."""
_SHARPEN_GAIN = 2.5
_SHARPEN_RADIUS = 1.2
"""In pixels of a picture whose longest side is at most `REFERENCE_SIDE`; larger in proportion to larger ones."""
REFERENCE_SIDE = 1600
_THRESHOLD = 1.0
_FINE_SCALE = 0.7
"""Scale from which on grain of two sizes is smoothed; a smaller copy has grain of one pixel only."""


def changes_detail(settings: EnhanceSettings) -> bool:
    """Tell whether settings ask for anything of this module."""
    return bool(settings.denoise or settings.denoise_colour or settings.sharpen)


def reach(longest: int) -> int:
    """Return how many pixels around a pixel count for it at most, an even number.

    Args:
        longest: Longest side of the picture in full size.
    """
    colour = 4 * (_COLOUR_RADIUS // 2 + 1)
    blur = round(3 * _blur_radius(longest, 1.0)) + 1
    return (wavelet.REACH + max(colour, blur) + 1) // 2 * 2


def refine(planes: Bytes, settings: EnhanceSettings, longest: int, scale: float) -> Bytes:
    """Denoise and sharpen once; arguments and result as for `Refinement` and its `of`."""
    return Refinement(planes, longest, scale).of(settings)


_KEPT_PIXELS = 4_000_000
"""Of larger pictures nothing is kept: it is ten times their size."""


@dataclass(slots=True)
class Refinement:
    """Detail that is tried with one setting after the other: what only some of them change is kept for the rest.

    Attributes:
        planes: uint8 [3, H, W].
        longest: Longest side of the picture in full size.
        scale: Pixels here per pixel of full size, at most 1.
    """

    planes: Bytes
    longest: int
    scale: float
    _kept: Cached = field(default_factory=Cached)

    def of(self, settings: EnhanceSettings) -> Bytes:
        """Denoise and sharpen.

        Args:
            settings: Of which denoise, denoise_colour and sharpen count.

        Returns:
            uint8 [3, H, W].
        """
        if self.planes[0].size > _KEPT_PIXELS:
            self._kept = Cached()
        light = self._kept.get("light", (), lambda: lightness(*self.planes))
        smooth, sharp = light, light
        if settings.denoise:
            # A copy shrunk to a scale has that share of the grain.
            sigma = NOISE_SIGMA * settings.denoise / 100 * max(self.scale, 0.25)
            levels = 2 if self.scale >= _FINE_SCALE else 1
            smooth = sharp = self._kept.get("smooth", sigma, lambda: wavelet.shrink(light, sigma, levels))
        if settings.sharpen:
            radius = _blur_radius(self.longest, self.scale)
            edges = self._kept.get("edges", settings.denoise, lambda: _edges(smooth, radius))
            sharp = edges * np.float32(_SHARPEN_GAIN * settings.sharpen / 100)
            sharp += smooth
        if not settings.denoise_colour:
            return _shifted(self.planes, sharp - light)
        colours = self._kept.get("colours", (), lambda: _colours(self.planes, light))
        lines = self._kept.get("colour", settings.denoise, lambda: _ColourGrain.of(colours, smooth, self.scale))
        red, blue = lines.smooth(settings.denoise_colour / 100)
        # The three distances from the lightness cancel each other out.
        green = red * np.float32(-LUMA[0] / LUMA[1])
        green -= blue * np.float32(LUMA[2] / LUMA[1])
        out = np.empty_like(self.planes)
        for level, apart, plane in zip(out, (red, green, blue), self.planes, strict=True):
            apart += sharp
            level[:] = _levels(_rounded(apart), plane)
        return out


def _colours(planes: Bytes, light: Plane) -> tuple[Plane, Plane]:
    """Return what red and blue differ from the lightness by."""
    red, blue = (planes[channel].astype(np.float32) - light for channel in (0, 2))
    return red, blue


def _shifted(planes: Bytes, change: Plane) -> Bytes:
    """Return channels with the same change to each."""
    out = np.empty_like(planes)
    steps = _rounded(change)
    for level, plane in zip(out, planes, strict=True):
        level[:] = _levels(plane + steps, plane)
    return out


_ROUND = np.float32(3 << 22)
"""Added to a float32 near 0, of either sign, it leaves the nearest whole number in the lowest bits."""


def _rounded(values: Plane) -> NDArray[np.int16]:
    """Return values rounded, int16, contiguous; ``values`` is used up."""
    values += _ROUND
    return np.ascontiguousarray(values.view(np.int16).reshape(*values.shape, 2)[..., 0])


def _levels(values: NDArray[np.int16], before: Bytes) -> NDArray[np.int16]:
    """Limit values to levels, in place; only what was white before is white, whatever an edge's overshoot comes to."""
    np.clip(values, np.int16(0), np.int16(254), out=values)
    values += (before == 255) & (values == 254)
    return values


def _blur_radius(longest: int, scale: float) -> float:
    return _SHARPEN_RADIUS * max(1.0, longest / REFERENCE_SIDE) * scale


@dataclass(frozen=True, slots=True, eq=False)
class _ColourGrain:
    """What channels differ from the lightness by, to be smoothed along the lightness's edges, at half the size.

    Attributes:
        colours: The differences, float32 [H, W] each.
        light: The smooth lightness, of even height and width.
        fits: How the lightness tells each of them.
    """

    colours: tuple[Plane, Plane]
    light: Plane
    fits: tuple[LineFit, LineFit]

    @classmethod
    def of(cls, colours: tuple[Plane, Plane], light: Plane, scale: float) -> _ColourGrain:
        radius = max(1, round(_COLOUR_RADIUS * scale / 2))
        light = _even(light)
        guide = _halved(light)
        red, blue = (LineFit.of(guide, _halved(_even(plane)), radius) for plane in colours)
        return cls(colours, light, (red, blue))

    def smooth(self, amount: float) -> list[Plane]:
        """Return the differences without grain; ``amount`` is above 0 and at most 1."""
        height, width = self.colours[0].shape
        eps = (_COLOUR_SIGMA * amount) ** 2
        part = np.float32(min(1.0, 3 * amount))
        smooth = []
        for plane, line_fit in zip(self.colours, self.fits, strict=True):
            slope, offset = line_fit.lines(eps)
            # Two rows of the picture for each of the lines.
            soft = self.light.reshape(len(slope), 2, -1) * _widened(slope)[:, None, :]
            soft += _widened(offset)[:, None, :]
            soft = soft.reshape(self.light.shape)[:height, :width]
            if part < 1:
                soft *= part
                soft += plane * (1 - part)
            smooth.append(soft)
        return smooth


def _even(plane: Plane) -> Plane:
    """Return a plane with its border repeated where its height or width is odd."""
    height, width = plane.shape
    return np.pad(plane, ((0, height % 2), (0, width % 2)), "edge") if height % 2 or width % 2 else plane


def _halved(plane: Plane) -> Plane:
    """Return the means of 2 × 2 pixels."""
    rows = plane[::2] + plane[1::2]
    half: Plane = rows[:, ::2] + rows[:, 1::2]
    half *= np.float32(0.25)
    return half


def _widened(plane: Plane) -> Plane:
    """Return each column twice."""
    wide = np.empty((*plane.shape, 2), np.float32)
    wide[..., 0] = plane
    wide[..., 1] = plane
    return wide.reshape(len(plane), -1)


def _edges(light: Plane, radius: float) -> Plane:
    """Return what sharpening adds to every channel, for a gain of 1."""
    detail = light - _gauss(light, radius)
    strength = np.abs(detail)
    strength -= np.float32(_THRESHOLD)
    np.clip(strength, np.float32(0), np.float32(255), out=strength)
    edges: Plane = np.copysign(strength, detail)
    return edges


def _gauss(light: Plane, sigma: float) -> Plane:
    """Return a plane blurred by a Gaussian, whose weights are its own up to three sigmas."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    padded = np.pad(light, reach, "edge")
    rows = _weighted(padded, weights, 0)
    return _weighted(rows, weights, 1)


def _weighted(plane: Plane, weights: Plane, axis: int) -> Plane:
    """Return the sums of neighbours along an axis under symmetric weights; shorter by all but one of them."""
    middle = len(weights) // 2
    count = plane.shape[axis] - len(weights) + 1

    def shifted(offset: int) -> Plane:
        return plane[offset : offset + count] if axis == 0 else plane[:, offset : offset + count]

    total: Plane = shifted(middle) * weights[middle]
    for offset in range(middle):
        pair = shifted(offset) + shifted(len(weights) - 1 - offset)
        pair *= weights[offset]
        total += pair
    return total
