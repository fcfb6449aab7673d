"""Which parts of a picture the networks see.

Networks see a few hundred pixels a side. They always see the whole picture. To find small objects in large pictures,
and any objects in long panoramas, they must also see parts of it as if these were pictures of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.image import DecodedImage
from onsight.networks.preprocess import Region, Transform, normalize, resize
from onsight.networks.spec import InputSpec

MAX_ASPECT = 2.5
"""A picture with a greater aspect ratio is divided into tiles: squashed as a whole, its objects lose their shape."""
TILE_SIDE = 480
"""Sides of tiles at least, in pixels of the picture: smaller tiles are only blur."""
MAX_TILES = 16
"""Number of tiles of a picture at most."""
OVERLAP = 0.25
"""Part of a tile's side that it shares with the next, so that an object on one's edge is inside the other."""
EDGE = 0.01
"""A box that ends within this part of a tile's side from its edge counts as cut by the edge."""
STEP = 32
"""Sides of inputs are multiples of this, because the networks halve them five times."""
MIN_SIDE = 128
"""Sides of inputs at least, in pixels."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of one network.

    Attributes:
        model: Id of the model.
        side: The area of the input is that of a square with this side, in pixels.
        keep_shape: Whether the input has about the shape of the region; otherwise it is a square, as in training.
    """

    model: str
    side: int
    keep_shape: bool

    def input_size(self, region: Region) -> tuple[int, int]:
        """Return ``(height, width)`` of the network's input for a region, in pixels."""
        if not self.keep_shape:
            return self.side, self.side
        x1, y1, x2, y2 = region
        scale = self.side / math.sqrt((x2 - x1) * (y2 - y1))
        height, width = (max(MIN_SIDE, round(side * scale / STEP) * STEP) for side in (y2 - y1, x2 - x1))
        return height, width


def regions(height: int, width: int, tiled: bool) -> list[Region]:
    """Return the parts of a picture that the networks see.

    Args:
        height: Height of the picture in pixels.
        width: Width of the picture in pixels.
        tiled: Whether to look for small objects, too.

    Returns:
        Regions ``(x1, y1, x2, y2)`` in pixels: the whole picture first, then overlapping tiles that cover it. The tiles
        are about square if ``tiled``; otherwise there are tiles only if the picture is longer than `MAX_ASPECT`.
    """
    whole = (0.0, 0.0, float(width), float(height))
    short, long = sorted((height, width))
    if tiled:
        side = max(TILE_SIDE, short / 4)
        while _count(height, side) * _count(width, side) > MAX_TILES:
            side *= 1.1
        rows, columns = _count(height, side), _count(width, side)
    elif long > MAX_ASPECT * short:
        count = min(MAX_TILES // 2, _count(long, 2 * short))
        rows, columns = (count, 1) if height > width else (1, count)
    else:
        rows = columns = 1
    if rows * columns == 1:
        return [whole]
    return [whole] + [
        (left, top, right, bottom) for top, bottom in _spans(height, rows) for left, right in _spans(width, columns)
    ]


def prepare(
    image: DecodedImage, region: Region, spec: InputSpec, input_size: tuple[int, int]
) -> tuple[NDArray[np.float32], Transform]:
    """Turn a part of a picture into a network's input.

    Args:
        image: The picture.
        region: The part, in pixels of the full picture.
        spec: The network's normalisation and interpolation; its size and crop are ignored.
        input_size: ``(height, width)`` of the input to make.

    Returns:
        ``pixel_values``, C-contiguous float32 [1, 3, height, width], and the transform back to the picture.
    """
    x1, y1, x2, y2 = region
    box = (x1 / image.scale_x, y1 / image.scale_y, x2 / image.scale_x, y2 / image.scale_y)
    pixels = resize(image.pixels, input_size, spec.interpolation, box)
    return normalize(pixels, spec.mean, spec.std), Transform(region, input_size)


def cut_by_edges(boxes: NDArray[np.float64], region: Region, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which boxes may be cut off by an edge of their tile.

    Args:
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels of the picture.
        region: The tile.
        size: ``(height, width)`` of the picture, whose own edges cut off nothing.

    Returns:
        bool [N].
    """
    x1, y1, x2, y2 = region
    margin_x, margin_y = EDGE * (x2 - x1), EDGE * (y2 - y1)
    cut: NDArray[np.bool_] = (
        ((boxes[:, 0] <= x1 + margin_x) & (x1 > 0))
        | ((boxes[:, 1] <= y1 + margin_y) & (y1 > 0))
        | ((boxes[:, 2] >= x2 - margin_x) & (x2 < size[1]))
        | ((boxes[:, 3] >= y2 - margin_y) & (y2 < size[0]))
    )
    return cut


def _count(length: float, side: float) -> int:
    """Return how many overlapping spans of ``side`` cover ``length``."""
    return max(1, math.ceil((length - OVERLAP * side) / ((1 - OVERLAP) * side) - 1e-9))


def _spans(length: int, count: int) -> list[tuple[float, float]]:
    """Return ``count`` equal spans that cover ``length``; each shares `OVERLAP` of itself with the next."""
    side = length / (count - (count - 1) * OVERLAP)
    starts = [index * side * (1 - OVERLAP) for index in range(count)]
    # Rounding could miss the edge by a hair, so the last span ends on it exactly.
    return [(start, length if index == count - 1 else start + side) for index, start in enumerate(starts)]
