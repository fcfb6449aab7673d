"""Denoise and sharpen: changes between a pixel and its nearest neighbours.

Lightness is denoised by shrinking its wavelet coefficients. Colour is denoised at half the size, which is as fine as
the eye sees it, by a guided filter whose guide is the denoised lightness, so that edges stay. Sharpening is an unsharp
mask of the lightness with a soft threshold, so that remaining grain is not sharpened.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onsight.tools.enhance import wavelet
from onsight.tools.enhance.cache import StepCache
from onsight.tools.enhance.colour import lightness
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.tone import LUMA
from onsight.tools.enhance.windows import LineFit, Plane

Bytes = NDArray[np.uint8]

NOISE_SIGMA = 25.0
"""Strongest grain that is smoothed: its standard deviation, in levels."""
_COLOUR_SIGMA = 25.0
_COLOUR_RADIUS = 6
"""In pixels at full size."""
_SHARPEN_GAIN = 2.5
_SHARPEN_RADIUS = 1.2
"""In pixels, for a picture whose longest side is at most `REFERENCE_SIDE`; it grows in proportion with larger ones."""
REFERENCE_SIDE = 1600
_THRESHOLD = 1.0
_FINE_SCALE = 0.7
"""Scale from which grain of two sizes is smoothed; smaller copies have only grain of one pixel."""


def changes_detail(settings: EnhanceSettings) -> bool:
    """Return whether settings change anything in this module."""
    return bool(settings.denoise or settings.denoise_colour or settings.sharpen)


def reach(longest: int) -> int:
    """Return the largest distance at which other pixels affect a pixel, in pixels, an even number.

    Args:
        longest: Longest side of the picture at full size, in pixels.
    """
    colour = 4 * (_COLOUR_RADIUS // 2 + 1)
    blur = round(3 * _blur_radius(longest, 1.0)) + 1
    return (wavelet.REACH + max(colour, blur) + 1) // 2 * 2


def refine(planes: Bytes, settings: EnhanceSettings, longest: int, scale: float) -> Bytes:
    """Denoise and sharpen once; arguments and result as for `Refinement` and `Refinement.of`."""
    return Refinement(planes, longest, scale).of(settings)


_CACHED_PIXELS = 4_000_000
"""Nothing is cached for larger pictures, because the cache takes ten times their size."""


@dataclass(slots=True)
class Refinement:
    """Denoises and sharpens one picture with changing settings; caches the steps that do not change.

    Attributes:
        planes: uint8 [3, H, W].
        longest: Longest side of the picture at full size, in pixels.
        scale: Size of these planes relative to full size, at most 1.
    """

    planes: Bytes
    longest: int
    scale: float
    _cache: StepCache = field(default_factory=StepCache)

    def of(self, settings: EnhanceSettings) -> Bytes:
        """Denoise and sharpen.

        Args:
            settings: The settings; only denoise, denoise_colour and sharpen matter.

        Returns:
            uint8 [3, H, W].
        """
        if self.planes[0].size > _CACHED_PIXELS:
            self._cache = StepCache()
        light = self._cache.get("light", (), lambda: lightness(*self.planes))
        smooth, sharp = light, light
        if settings.denoise:
            # Shrinking a picture reduces its grain in proportion.
            sigma = NOISE_SIGMA * settings.denoise / 100 * max(self.scale, 0.25)
            levels = 2 if self.scale >= _FINE_SCALE else 1
            smooth = sharp = self._cache.get("smooth", sigma, lambda: wavelet.shrink(light, sigma, levels))
        if settings.sharpen:
            radius = _blur_radius(self.longest, self.scale)
            edges = self._cache.get("edges", settings.denoise, lambda: _edges(smooth, radius))
            sharp = edges * np.float32(_SHARPEN_GAIN * settings.sharpen / 100)
            sharp += smooth
        if not settings.denoise_colour:
            return _shifted(self.planes, sharp - light)
        colours = self._cache.get("colours", (), lambda: _colours(self.planes, light))
        lines = self._cache.get("colour", settings.denoise, lambda: _ColourGrain.of(colours, smooth, self.scale))
        red, blue = lines.smooth(settings.denoise_colour / 100)
        # Weighted by LUMA, the channels' distances from the lightness add up to 0.
        green = red * np.float32(-LUMA[0] / LUMA[1])
        green -= blue * np.float32(LUMA[2] / LUMA[1])
        out = np.empty_like(self.planes)
        for level, apart, plane in zip(out, (red, green, blue), self.planes, strict=True):
            apart += sharp
            level[:] = _levels(_rounded(apart), plane)
        return out


def _colours(planes: Bytes, light: Plane) -> tuple[Plane, Plane]:
    """Return the differences of red and of blue from the lightness."""
    red, blue = (planes[channel].astype(np.float32) - light for channel in (0, 2))
    return red, blue


def _shifted(planes: Bytes, change: Plane) -> Bytes:
    """Return the channels with the same change added to each."""
    out = np.empty_like(planes)
    steps = _rounded(change)
    for level, plane in zip(out, planes, strict=True):
        level[:] = _levels(plane + steps, plane)
    return out


_ROUND = np.float32(3 << 22)
"""Added to a float32 near 0, of either sign, it leaves the nearest integer in the lowest bits."""


def _rounded(values: Plane) -> NDArray[np.int16]:
    """Return values rounded, int16, contiguous. Overwrites ``values``."""
    values += _ROUND
    return np.ascontiguousarray(values.view(np.int16).reshape(*values.shape, 2)[..., 0])


def _levels(values: NDArray[np.int16], before: Bytes) -> NDArray[np.int16]:
    """Limit values to levels, in place; only pixels that were white before can be white, even where edges overshoot."""
    np.clip(values, np.int16(0), np.int16(254), out=values)
    values += (before == 255) & (values == 254)
    return values


def _blur_radius(longest: int, scale: float) -> float:
    return _SHARPEN_RADIUS * max(1.0, longest / REFERENCE_SIDE) * scale


@dataclass(frozen=True, slots=True, eq=False)
class _ColourGrain:
    """Smooths the differences of red and blue from the lightness, along the lightness's edges, at half the size.

    Attributes:
        colours: The differences, float32 [H, W] each.
        light: The denoised lightness, with even height and width.
        fits: The line fits of each difference to the lightness.
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
        """Return the differences of red and of blue without grain; ``amount`` is above 0 and at most 1."""
        height, width = self.colours[0].shape
        eps = (_COLOUR_SIGMA * amount) ** 2
        part = np.float32(min(1.0, 3 * amount))
        smooth = []
        for plane, line_fit in zip(self.colours, self.fits, strict=True):
            slope, offset = line_fit.lines(eps)
            # Each row of the half-sized fits serves two rows of the picture.
            soft = self.light.reshape(len(slope), 2, -1) * _widened(slope)[:, None, :]
            soft += _widened(offset)[:, None, :]
            soft = soft.reshape(self.light.shape)[:height, :width]
            if part < 1:
                soft *= part
                soft += plane * (1 - part)
            smooth.append(soft)
        return smooth


def _even(plane: Plane) -> Plane:
    """Return a plane with its border repeated if its height or width is odd."""
    height, width = plane.shape
    return np.pad(plane, ((0, height % 2), (0, width % 2)), "edge") if height % 2 or width % 2 else plane


def _halved(plane: Plane) -> Plane:
    """Return the means of each 2 × 2 pixels."""
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
    """Return what sharpening adds to every channel at a gain of 1."""
    detail = light - _gauss(light, radius)
    strength = np.abs(detail)
    strength -= np.float32(_THRESHOLD)
    np.clip(strength, np.float32(0), np.float32(255), out=strength)
    edges: Plane = np.copysign(strength, detail)
    return edges


def _gauss(light: Plane, sigma: float) -> Plane:
    """Return a plane blurred by a Gaussian that is cut off at three sigmas."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    padded = np.pad(light, reach, "edge")
    rows = _weighted(padded, weights, 0)
    return _weighted(rows, weights, 1)


def _weighted(plane: Plane, weights: Plane, axis: int) -> Plane:
    """Return weighted sums of neighbours along an axis, for symmetric weights; shorter by ``len(weights) - 1``."""
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
