"""Measures what is wrong with a picture.

Light and colour are measured on the small context. Grain and JPEG's blocks are measured on parts at full size, because
shrinking removes them. Sharpness is measured on a copy of the size that sharpening's radius is relative to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.image.oklab import oklab
from onsight.tools.enhance import tone
from onsight.tools.enhance.colour import lightness
from onsight.tools.enhance.detail import REFERENCE_SIDE
from onsight.tools.enhance.local import Context
from onsight.tools.enhance.results import EnhanceMeasurements
from onsight.tools.enhance.windows import Plane

Bytes = NDArray[np.uint8]

_PART = 512
"""Side of the parts at full size, in pixels."""
_CELL = 16
"""Side of the cells in which grain is measured, in pixels; the quietest tenth of the cells counts."""
_LAPLACIAN_GAIN = 6.0
"""Standard deviation of white noise of 1 after the filter in `_grain`."""
_EDGE_SHARE = 0.1
"""Part of the second differences, the strongest ones, that `_bend` averages."""
_NORM = 4
"""Minkowski norm in the grey-edge estimate."""

CAST_WEIGHTS = ((0.893, 0.068, -0.016), (0.039, 0.641, 0.094))
"""Weights of the edges' red and blue relative to green, and the bias, for the cast in red and in blue.

They are fitted by `models.enhance.fit`.
"""


def measure(pixels: Bytes, context: Context) -> EnhanceMeasurements:
    """Measure a picture.

    Args:
        pixels: uint8 [H, W, 3], upright, at full size.
        context: The picture's context.
    """
    small = np.asarray(context.image)
    perceived = _l_star(lightness(small[..., 0], small[..., 1], small[..., 2]))
    red, blue = cast_stops(small)
    temperature, tint = tone.balance_settings(np.exp2(np.array([red, 0.0, blue])))
    parts = _parts(pixels)
    planes = [lightness(part[..., 0], part[..., 1], part[..., 2]) for part in parts]
    fine, coarse = _sharpness(pixels)
    colours = oklab(small).reshape(-1, 3)
    sample = pixels[::4, ::4]
    return EnhanceMeasurements(
        lightness=round(float(perceived.mean()), 2),
        darkest=round(float(np.percentile(perceived, 1)), 2),
        brightest=round(float(np.percentile(perceived, 99)), 2),
        contrast=round(float(perceived.std()), 2),
        white=round(max(context.white), 4),
        clipped_shadows=round(float((sample.max(axis=2) <= 1).mean()), 4),
        clipped_highlights=round(float((sample.min(axis=2) >= 254).mean()), 4),
        cast_temperature=round(temperature, 1),
        cast_tint=round(tint, 1),
        neutral_whites=round(float((small.min(axis=2) >= 240).mean()), 4),
        saturation=round(100 * float(np.hypot(colours[:, 1], colours[:, 2]).mean()), 2),
        noise=round(_grain(planes, planes), 2),
        noise_colour=round(
            _grain([part[..., 0] - plane for part, plane in zip(parts, planes, strict=True)], planes), 2
        ),
        sharpness=round(fine, 3),
        sharpness_coarse=round(coarse, 3),
        blockiness=round(_blockiness(planes), 3),
        haze=round(context.haziness, 3),
    )


def edge_stops(small: Bytes) -> tuple[float, float]:
    """Return how much more red and blue than green a picture's edges have, in stops of linear light.

    On average, edges between things of many colours are closer to grey than the things themselves (van de Weijer,
    Gevers and Gijsenij, "Edge-Based Color Constancy", 2007).

    Args:
        small: uint8 [H, W, 3], a small copy of the picture.
    """
    linear = _LINEAR[small]
    steps = [np.abs(np.diff(linear, axis=axis)).reshape(-1, 3) ** _NORM for axis in (0, 1)]
    edges = np.concatenate(steps).mean(axis=0) ** (1 / _NORM)
    red, green, blue = np.log2(np.maximum(edges, 1e-5))
    return float(red - green), float(blue - green)


def cast_stops(small: Bytes) -> tuple[float, float]:
    """Return the estimated strength of a cast in red and in blue, in stops; arguments as for `edge_stops`."""
    known = (*edge_stops(small), 1.0)
    red, blue = (sum(weight * value for weight, value in zip(row, known, strict=True)) for row in CAST_WEIGHTS)
    return red, blue


_LINEAR = tone.decode(np.arange(256) / 255).astype(np.float32)


def _l_star(light: Plane) -> NDArray[np.float64]:
    """Return CIE L*, 0 to 100, for encoded lightness, 0 to 255."""
    linear = tone.decode(np.asarray(light, np.float64) / 255)
    return np.where(linear > 0.008856, 116 * np.cbrt(linear) - 16, 903.3 * linear)


def _parts(pixels: Bytes) -> list[Bytes]:
    """Return a small picture as a whole, or up to five parts of a larger one; parts start where JPEG's blocks do."""
    height, width = pixels.shape[:2]
    if height <= 2 * _PART and width <= 2 * _PART:
        return [pixels]
    tops = sorted({0, max(0, (height - _PART) // 2), max(0, height - _PART)})
    lefts = sorted({0, max(0, (width - _PART) // 2), max(0, width - _PART)})
    corners = [(top // 8 * 8, left // 8 * 8) for top in tops for left in lefts]
    return [pixels[top : top + _PART, left : left + _PART] for top, left in corners[:: max(1, len(corners) // 4)]]


def _grain(planes: list[Plane], lights: list[Plane]) -> float:
    """Return the standard deviation of white noise (Immerkær, 1996) in the quietest cells that are not clipped.

    Args:
        planes: The planes to measure, float32 [H, W] each.
        lights: The lightness of the same pixels, 0 to 255, float32 [H, W] each.
    """
    found: list[NDArray[np.float32]] = []
    for plane, light in zip(planes, lights, strict=True):
        rows, columns = ((side - 2) // _CELL for side in plane.shape)
        if rows < 1 or columns < 1:
            continue
        across = plane[:-2] - 2 * plane[1:-1] + plane[2:]
        mask = across[:, :-2] - 2 * across[:, 1:-1] + across[:, 2:]
        shape = (rows, _CELL, columns, _CELL)
        inside = (slice(0, rows * _CELL), slice(0, columns * _CELL))
        deviations = np.sqrt((mask[inside] ** 2).reshape(shape).mean(axis=(1, 3)))
        means = light[1:-1, 1:-1][inside].reshape(shape).mean(axis=(1, 3))
        found.append(deviations[(means > 20) & (means < 235)])
    cells = np.concatenate(found) if found else np.zeros(0, np.float32)
    return float(np.percentile(cells, 10)) / _LAPLACIAN_GAIN if cells.size else 0.0


def _sharpness(pixels: Bytes) -> tuple[float, float]:
    """Return how strongly edges bend over one pixel relative to two, and over two relative to four."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    image.thumbnail((REFERENCE_SIDE, REFERENCE_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    shown = np.asarray(image)
    light = lightness(shown[..., 0], shown[..., 1], shown[..., 2])
    bends = [_bend(light, distance) for distance in (1, 2, 4)]
    if min(height, width) < 32 or bends[2] < 1:
        return 1.0, 1.0
    return bends[0] / max(bends[1], 1e-6), bends[1] / bends[2]


def _bend(light: Plane, distance: int) -> float:
    """Return the mean of the strongest second differences between pixels at a distance."""
    means = []
    for plane in (light, light.T):
        if plane.shape[0] <= 2 * distance:
            continue
        bend = np.abs(2 * plane[distance:-distance] - plane[: -2 * distance] - plane[2 * distance :]).ravel()
        count = max(1, round(_EDGE_SHARE * bend.size))
        means.append(float(np.partition(bend, bend.size - count)[-count:].mean()))
    return float(np.mean(means)) if means else 0.0


def _blockiness(planes: list[Plane]) -> float:
    """Return the ratio of jumps between rows or columns at the borders of 8 × 8 blocks to jumps inside the blocks."""
    borders, insides = 0.0, 0.0
    for light in planes:
        for plane in (light, light.T):
            if len(plane) < 24:
                continue
            # A third difference responds to a jump but not to a slope. The limit keeps edges of things from dominating.
            jump = np.abs(plane[3:] - 3 * plane[2:-1] + 3 * plane[1:-2] - plane[:-3])
            rows = np.minimum(jump, 40).mean(axis=1)
            place = np.arange(len(rows)) % 8
            borders += float(rows[place == 6].mean())
            insides += float(rows[(place < 5)].mean())
    return borders / insides if insides > 1e-3 else 1.0
