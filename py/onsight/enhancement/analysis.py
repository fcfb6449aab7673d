"""What is wrong with a picture, in numbers.

Light and colour are measured on the small context; grain, sharpness and JPEG's blocks on parts of full size, because a
smaller copy has none of them left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.enhancement import tone
from onsight.enhancement.colour import lightness
from onsight.enhancement.local import Context
from onsight.enhancement.results import EnhanceMeasurements
from onsight.enhancement.windows import Plane
from onsight.tagging.colours import oklab

Bytes = NDArray[np.uint8]

_PART = 512
"""Side of the parts of full size, in pixels."""
_MINKOWSKI = 6
_MAD_TO_SIGMA = 1.4826
_LAPLACIAN_GAIN = 6.0
"""Standard deviation of white noise of 1 after the mask of `_grain`."""


def measure(pixels: Bytes, context: Context) -> EnhanceMeasurements:
    """Measure a picture.

    Args:
        pixels: uint8 [H, W, 3], upright, in full size.
        context: Of the picture.
    """
    small = np.asarray(context.image)
    light = lightness(small[..., 0], small[..., 1], small[..., 2])
    perceived = _l_star(light)
    temperature, tint = _cast(small)
    parts = _parts(pixels)
    planes = [lightness(part[..., 0], part[..., 1], part[..., 2]) for part in parts]
    colours = oklab(small).reshape(-1, 3)
    return EnhanceMeasurements(
        lightness=round(float(perceived.mean()), 2),
        darkest=round(float(np.percentile(perceived, 1)), 2),
        brightest=round(float(np.percentile(perceived, 99)), 2),
        contrast=round(float(perceived.std()), 2),
        clipped_shadows=round(float((pixels[::4, ::4].max(axis=2) <= 1).mean()), 4),
        clipped_highlights=round(float((pixels[::4, ::4].min(axis=2) >= 254).mean()), 4),
        cast_temperature=round(temperature, 1),
        cast_tint=round(tint, 1),
        saturation=round(100 * float(np.hypot(colours[:, 1], colours[:, 2]).mean()), 2),
        noise=round(_grain(planes), 2),
        noise_colour=round(_grain([part[..., 0] - plane for part, plane in zip(parts, planes, strict=True)]), 2),
        sharpness=round(_sharpness(planes), 3),
        blockiness=round(_blockiness(planes), 3),
        haze=round(context.haziness, 3),
    )


def _l_star(light: Plane) -> NDArray[np.float64]:
    """Return CIE L*, 0 to 100, of encoded lightness, 0 to 255."""
    linear = tone.decode(np.asarray(light, np.float64) / 255)
    return np.where(linear > 0.008856, 116 * np.cbrt(linear) - 16, 903.3 * linear)


def _cast(small: Bytes) -> tuple[float, float]:
    """Return how far grey is off, in steps of temperature and tint (shades of grey: Finlayson and Trezzi, 2004)."""
    linear = tone.decode(small.reshape(-1, 3) / 255)
    sound = (small.reshape(-1, 3).max(axis=1) < 250) & (small.reshape(-1, 3).min(axis=1) > 4)
    if sound.sum() < 100:
        return 0.0, 0.0
    means = (linear[sound] ** _MINKOWSKI).mean(axis=0) ** (1 / _MINKOWSKI)
    return tone.balance_settings(means / means.mean())


def _parts(pixels: Bytes) -> list[Bytes]:
    """Return up to five parts of full size, which begin where JPEG's blocks do."""
    height, width = pixels.shape[:2]
    if height <= 2 * _PART and width <= 2 * _PART:
        return [pixels]
    tops = {0, (height - _PART) // 2, height - _PART} if height > _PART else {0}
    lefts = {0, (width - _PART) // 2, width - _PART} if width > _PART else {0}
    corners = [(top // 8 * 8, left // 8 * 8) for top in sorted(tops) for left in sorted(lefts)]
    return [pixels[top : top + _PART, left : left + _PART] for top, left in corners[:: max(1, len(corners) // 5)]]


def _grain(planes: list[Plane]) -> float:
    """Return the standard deviation of white noise (Immerkær, 1996, by the median so that edges do not count)."""
    responses = []
    for plane in planes:
        if min(plane.shape) < 3:
            continue
        rows = plane[:-2] - 2 * plane[1:-1] + plane[2:]
        responses.append(np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]).ravel())
    if not responses:
        return 0.0
    return _MAD_TO_SIGMA * float(np.median(np.concatenate(responses))) / _LAPLACIAN_GAIN


def _sharpness(planes: list[Plane]) -> float:
    """Return how much of the strongest edges' height lies between two neighbours, 0 to 1."""
    ratios = []
    for plane in planes:
        if min(plane.shape) < 8:
            continue
        step = np.abs(np.diff(plane, axis=1))
        near = step[:, 3:-3]
        wide = np.abs(plane[:, 6:-1] - plane[:, 1:-6])
        count = max(1, wide.size // 100)
        edges = np.argpartition(wide.ravel(), wide.size - count)[-count:]
        if (height := float(wide.ravel()[edges].mean())) > 12:
            ratios.append(float(near.ravel()[edges].mean()) / height)
    return float(np.median(ratios)) if ratios else 1.0


def _blockiness(planes: list[Plane]) -> float:
    """Return how much larger steps are across the borders of 8 × 8 blocks than elsewhere."""
    across, within = [], []
    for plane in planes:
        for step in (np.abs(np.diff(plane, axis=1)), np.abs(np.diff(plane, axis=0)).T):
            columns = np.minimum(step, 24).mean(axis=0)
            is_border = np.arange(len(columns)) % 8 == 7
            if is_border.any():
                across.append(float(columns[is_border].mean()))
                within.append(float(columns[~is_border].mean()))
    return float(np.sum(across) / max(np.sum(within), 1e-6)) if across else 1.0
