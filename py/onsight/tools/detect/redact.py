"""Make parts of a picture unrecognisable, for good."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.parsing import Rectangle

STYLES = ("blur", "black")
MAX_CELLS = 4
"""Cells along the long side of a part. Four colours tell no face and no number plate, whoever tries to undo it."""
MIN_CELL_SIDE = 8
"""Pixels; a small part is of one cell."""
LEVELS = 8
"""How finely a cell's colour is kept, per channel: text leaves its trace in the last bits of an average."""


def redact(pixels: NDArray[np.uint8], rectangles: Sequence[Rectangle], style: str) -> None:
    """Cover parts of a picture, in place.

    ``"blur"`` leaves of a part the coarse mean colours of at most 4 × 4 cells, and blends them into one another. What
    a real blur keeps, and sharpening brings back, is not in the result. ``"black"`` leaves nothing.

    Args:
        pixels: uint8 [H, W, 3].
        rectangles: The parts, in pixels of the picture; every pixel that one touches is covered.
        style: One of `STYLES`.
    """
    height, width = pixels.shape[:2]
    for x1, y1, x2, y2 in rectangles:
        left, top = max(0, math.floor(x1)), max(0, math.floor(y1))
        right, bottom = min(width, math.ceil(x2)), min(height, math.ceil(y2))
        if left >= right or top >= bottom:
            continue
        part = pixels[top:bottom, left:right]
        part[:] = 0 if style == "black" else _blurred(part)


def _blurred(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture of the size of ``part`` in which only its coarsest colours are left."""
    height, width = part.shape[:2]
    side = max(MIN_CELL_SIDE, math.ceil(max(height, width) / MAX_CELLS))
    # Each cell's mean is of its sum alone: how its pixels were arranged leaves no trace, not even in a rounding.
    means = np.asarray(Image.fromarray(np.ascontiguousarray(part)).reduce(side))
    step = 256 // LEVELS
    coarse = (means // step * step + step // 2).astype(np.uint8)
    blended = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(blended, np.uint8)
