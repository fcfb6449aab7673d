"""Denoise and sharpen: what happens between a pixel and its nearest neighbours.

Lightness is smoothed by shrinking its wavelet coefficients, colour by a guided filter whose guide is the smooth
lightness, at half the size: the eye sees colour no finer, and the picture's edges are kept. Sharpening is an unsharp
mask of the lightness with a soft threshold, so that what is left of the grain is left alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.enhancement import wavelet
from onsight.enhancement.colour import lightness
from onsight.enhancement.settings import EnhanceSettings
from onsight.enhancement.tone import LUMA
from onsight.enhancement.windows import Plane, guided_lines

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
    """Denoise and sharpen.

    Args:
        planes: uint8 [3, H, W].
        settings: Of which denoise, denoise_colour and sharpen count.
        longest: Longest side of the picture in full size.
        scale: Pixels here per pixel of full size, at most 1.

    Returns:
        uint8 [3, H, W].
    """
    light = lightness(*planes)
    smooth = light
    if settings.denoise:
        # A copy shrunk to a scale has that share of the grain.
        sigma = NOISE_SIGMA * settings.denoise / 100 * max(scale, 0.25)
        smooth = wavelet.shrink(light, sigma, 2 if scale >= _FINE_SCALE else 1)
    sharp = smooth
    if settings.sharpen:
        sharp = smooth + _sharpening(smooth, settings.sharpen / 100, _blur_radius(longest, scale))
    if not settings.denoise_colour:
        return _shifted(planes, sharp - light)
    red, blue = (planes[channel].astype(np.float32) - light for channel in (0, 2))
    red, blue = _smooth_colour([red, blue], smooth, settings.denoise_colour / 100, scale)
    # The three distances from the lightness cancel each other out.
    green = red * np.float32(-LUMA[0] / LUMA[1])
    green -= blue * np.float32(LUMA[2] / LUMA[1])
    out = np.empty_like(planes)
    for level, apart, plane in zip(out, (red, green, blue), planes, strict=True):
        apart += sharp
        level[:] = _levels(_rounded(apart), plane)
    return out


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


def _smooth_colour(planes: list[Plane], light: Plane, amount: float, scale: float) -> list[Plane]:
    """Smooth what channels differ from the lightness by, along the lightness's edges."""
    radius = max(1, round(_COLOUR_RADIUS * scale / 2))
    height, width = light.shape
    light = _even(light)
    guide = _halved(light)
    eps = (_COLOUR_SIGMA * amount) ** 2
    part = np.float32(min(1.0, 3 * amount))
    smooth = []
    for plane in planes:
        slope, offset = guided_lines(guide, _halved(_even(plane)), radius, eps)
        # Two rows of the picture for each of the lines.
        soft = light.reshape(len(guide), 2, -1) * _widened(slope)[:, None, :]
        soft += _widened(offset)[:, None, :]
        soft = soft.reshape(light.shape)[:height, :width]
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


def _sharpening(light: Plane, amount: float, radius: float) -> Plane:
    """Return what is added to every channel."""
    detail = light - _gauss(light, radius)
    strength = np.abs(detail)
    strength -= np.float32(_THRESHOLD)
    np.clip(strength, np.float32(0), np.float32(255), out=strength)
    strength *= np.float32(_SHARPEN_GAIN * amount)
    change: Plane = np.copysign(strength, detail)
    return change


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
