"""Makes parts of a picture unrecognisable; this cannot be undone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.parsing import Rectangle

STYLES = ("blur", "black")
MAX_CELLS = 4
"""Cells along the long side of a part. No face and no number plate can be recovered from four colours a side."""
MIN_CELL_SIDE = 8
"""Side of a cell in pixels at least; a small part is a single cell."""
LEVELS = 8
"""Levels per channel of a cell's colour. The last bits of an average could reveal text, so they are dropped."""


def redact(pixels: NDArray[np.uint8], rectangles: Sequence[Rectangle], style: str) -> None:
    """Cover parts of a picture, in place.

    ``"blur"`` keeps only the coarse mean colours of at most 4 × 4 cells and blends them into one another. Unlike with a
    real blur, sharpening cannot bring anything back. ``"black"`` keeps nothing.

    Args:
        pixels: uint8 [H, W, 3].
        rectangles: The parts, ``(x1, y1, x2, y2)`` in pixels of the picture; every pixel that one touches is covered.
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
    """Return a picture of the size of ``part`` with only its coarsest colours."""
    height, width = part.shape[:2]
    side = max(MIN_CELL_SIDE, math.ceil(max(height, width) / MAX_CELLS))
    # A cell's mean depends only on its sum: the arrangement of its pixels leaves no trace, not even by rounding.
    means = np.asarray(Image.fromarray(np.ascontiguousarray(part)).reduce(side))
    step = 256 // LEVELS
    coarse = (means // step * step + step // 2).astype(np.uint8)
    blended = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(blended, np.uint8)
