"""Denoise and sharpen: what happens between a pixel and its nearest neighbours.

Lightness and colour are smoothed apart, both by a guided filter whose guide is the lightness: edges stay. Sharpening is
an unsharp mask of the lightness with a soft threshold, so that grain below it is left alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.enhancement.colour import lightness, whole
from onsight.enhancement.settings import EnhanceSettings
from onsight.enhancement.windows import Plane, guided_lines

Bytes = NDArray[np.uint8]

_NOISE_SIGMA = 24.0
"""Standard deviation, of 255, of the strongest grain that is smoothed."""
_SHARPEN_GAIN = 2.2
_THRESHOLD = 1.5
_REFERENCE_SIDE = 1600
"""Longest side of a picture whose sharpening has a radius of one pixel."""
_SMALLEST_RADIUS = 0.8


def changes_detail(settings: EnhanceSettings) -> bool:
    """Tell whether settings ask for anything of this module."""
    return bool(settings.denoise or settings.denoise_colour or settings.sharpen)


def reach(settings: EnhanceSettings, longest: int) -> int:
    """Return how many pixels around a pixel count for it, in a picture of full size whose longest side is given."""
    return (
        2 * _denoise_radius(settings, 1.0) + 8 * _colour_radius(1.0) + 3 * max(1, round(_blur_radius(longest, 1.0))) + 8
    )


def refine(pixels: Bytes, settings: EnhanceSettings, longest: int, scale: float) -> Bytes:
    """Denoise and sharpen.

    Args:
        pixels: uint8 [H, W, 3].
        settings: Of which denoise, denoise_colour and sharpen count.
        longest: Longest side of the picture in full size.
        scale: Pixels here per pixel of full size, at most 1.

    Returns:
        uint8 [H, W, 3].
    """
    light = lightness(pixels[..., 0], pixels[..., 1], pixels[..., 2])
    planes = [pixels[..., channel].astype(np.float32) for channel in range(3)]
    if settings.denoise_colour:
        _smooth_colour(planes, light, settings.denoise_colour / 100, scale)
    change = np.zeros_like(light)
    if settings.denoise:
        sigma = _NOISE_SIGMA * settings.denoise / 100
        slope, offset = guided_lines(light, light, _denoise_radius(settings, scale), sigma * sigma)
        change += slope * light + offset - light
    if settings.sharpen:
        change += _sharpening(light + change, settings.sharpen / 100, _blur_radius(longest, scale))
    out = np.empty_like(pixels)
    for channel, plane in enumerate(planes):
        plane += change
        np.clip(plane, np.float32(0), np.float32(255), out=plane)
        out[..., channel] = whole(plane)
    out -= (out == 255) & (pixels != 255)  # an edge's overshoot must not reach white where nothing was white
    return out


def _denoise_radius(settings: EnhanceSettings, scale: float) -> int:
    return max(1, round(3 * scale)) if settings.denoise else 0


def _colour_radius(scale: float) -> int:
    return max(2, round(6 * scale))


def _blur_radius(longest: int, scale: float) -> float:
    return max(_SMALLEST_RADIUS, longest / _REFERENCE_SIDE) * scale


def _smooth_colour(planes: list[Plane], light: Plane, amount: float, scale: float) -> None:
    """Smooth what the channels differ from the lightness by, along the lightness's edges."""
    radius = _colour_radius(scale)
    eps = (30 * amount) ** 2
    for plane in planes:
        apart = plane - light
        slope, offset = guided_lines(light, apart, radius, eps)
        smooth = slope * light + offset
        plane += (smooth - apart) * np.float32(min(1.0, 2 * amount))


def _sharpening(light: Plane, amount: float, radius: float) -> Plane:
    """Return what is added to every channel."""
    detail = light - _gauss(light, radius)
    strength = np.abs(detail)
    strength -= np.float32(_THRESHOLD)
    np.maximum(strength, 0, out=strength)
    strength *= np.float32(_SHARPEN_GAIN * amount)
    change: Plane = np.copysign(strength, detail)
    return change


def _gauss(light: Plane, sigma: float) -> Plane:
    """Return a plane blurred by a Gaussian, whose weights are its own up to three sigmas."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    padded = np.pad(light, reach, "edge")
    rows = np.zeros((light.shape[0], padded.shape[1]), np.float32)
    for offset, weight in enumerate(weights):
        rows += padded[offset : offset + light.shape[0]] * weight
    blurred = np.zeros_like(light)
    for offset, weight in enumerate(weights):
        blurred += rows[:, offset : offset + light.shape[1]] * weight
    return blurred
