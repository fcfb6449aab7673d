"""Rotate, straighten and crop: which part of the original the finished picture shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.tools.enhance.settings import EnhanceSettings

_Transpose = Image.Transpose
_TURNS = {
    90: _Transpose.ROTATE_270,
    180: _Transpose.ROTATE_180,
    270: _Transpose.ROTATE_90,
}  # Pillow turns anticlockwise
_AFFINE = Image.Transform.AFFINE
_PAD = 2
"""Pixels by which a map's border is extended, so that no pixel of the finished picture is outside the map."""
WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a picture is rotated, straightened and cropped, in this order.

    Attributes:
        rotate: Degrees clockwise, a multiple of 90.
        straighten: Degrees clockwise.
        part: The part to keep, ``(x1, y1, x2, y2)`` as fractions.
    """

    rotate: int = 0
    straighten: float = 0.0
    part: tuple[float, float, float, float] = WHOLE

    @classmethod
    def of(cls, settings: EnhanceSettings, region: tuple[float, ...] = ()) -> Shape:
        """Return the shape for settings, or for a region of the finished picture, ``(x1, y1, x2, y2)`` as fractions."""
        x1, y1, x2, y2 = settings.crop or WHOLE
        u1, v1, u2, v2 = region or WHOLE
        width, height = x2 - x1, y2 - y1
        part = (x1 + u1 * width, y1 + v1 * height, x1 + u2 * width, y1 + v2 * height)
        return cls(settings.rotate, settings.straighten, part)

    def _turned(self, width: int, height: int) -> tuple[int, int]:
        return (height, width) if self.rotate in (90, 270) else (width, height)

    def _straightened(self, width: int, height: int) -> tuple[float, float]:
        """Return width and height of the straightened picture for those of the rotated picture."""
        if not self.straighten:
            return width, height
        angle = math.radians(abs(self.straighten))
        aspect = max(width / height, height / width)
        shrink = 1.0 / (math.cos(angle) + math.sin(angle) * aspect)
        return width * shrink, height * shrink

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return the part to keep, ``(x1, y1, x2, y2)`` in pixels of the straightened picture.

        Args:
            width: Width of the upright picture in pixels.
            height: Height of the upright picture in pixels.
        """
        wide, high = self._straightened(*self._turned(width, height))
        x1, y1, x2, y2 = self.part
        left, top = min(round(x1 * wide), math.ceil(wide) - 1), min(round(y1 * high), math.ceil(high) - 1)
        return left, top, max(left + 1, round(x2 * wide)), max(top + 1, round(y2 * high))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the finished picture; arguments as for `box`."""
        left, top, right, bottom = self.box(width, height)
        return right - left, bottom - top

    def apply(self, image: Image.Image, resample: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
        """Return the finished picture.

        Args:
            image: The upright picture, of any mode.
            resample: How to interpolate pixels if the picture is straightened.
        """
        left, top, right, bottom = self.box(*image.size)
        image = self.turn(image)
        if self.straighten:
            size = (right - left, bottom - top)
            return image.transform(size, _AFFINE, self._inverse(image.size, (left, top)), resample)
        return image if (0, 0, *image.size) == (left, top, right, bottom) else image.crop((left, top, right, bottom))

    def turn(self, image: Image.Image) -> Image.Image:
        """Return a picture rotated, but not straightened or cropped."""
        return image.transpose(_TURNS[self.rotate]) if self.rotate else image

    def sample(self, image: Image.Image, size: tuple[int, int], top: int, rows: int) -> NDArray[np.float32]:
        """Return a map of the picture, enlarged to rows of the finished picture.

        Args:
            image: The map, in mode F, already rotated by `turn`.
            size: Width and height of the finished picture in pixels.
            top: Number of the first row.
            rows: Number of rows.

        Returns:
            float32 [rows, width].
        """
        width, height = size
        x1, y1, x2, y2 = self.part
        wide, high = self._straightened(*image.size)
        across, down = (x2 - x1) * wide / width, (y2 - y1) * high / height
        if not self.straighten:
            box = (x1 * wide, y1 * high + top * down, x2 * wide, y1 * high + (top + rows) * down)
            box = (box[0], box[1], min(box[2], wide), min(box[3], high))
            return np.asarray(image.resize((width, rows), Image.Resampling.BILINEAR, box))
        a, b, c, d, e, f = self._inverse(image.size, (0, 0))
        left, above = x1 * wide, y1 * high + top * down
        padded = Image.fromarray(np.pad(np.asarray(image), _PAD, "edge"))
        place = (
            a * across, b * down, a * left + b * above + c + _PAD,
            d * across, e * down, d * left + e * above + f + _PAD,
        )  # fmt: skip
        return np.asarray(padded.transform((width, rows), _AFFINE, place, Image.Resampling.BILINEAR))

    def _inverse(self, size: tuple[int, int], origin: tuple[float, float]) -> tuple[float, ...]:
        """Return Pillow's six coefficients, which map a pixel of the finished picture to the rotated picture."""
        wide, high = self._straightened(*size)
        angle = math.radians(self.straighten)
        cos, sin = math.cos(angle), math.sin(angle)
        # Relative to the centre of the straightened picture, turned back, then relative to the rotated picture.
        dx, dy = origin[0] - wide / 2, origin[1] - high / 2
        return (
            cos, sin, dx * cos + dy * sin + size[0] / 2,
            -sin, cos, -dx * sin + dy * cos + size[1] / 2,
        )  # fmt: skip


def fit(width: int, height: int, max_side: int) -> tuple[int, int]:
    """Return width and height, shrunk so that neither exceeds ``max_side``; 0 means no limit."""
    longest = max(width, height)
    if not max_side or longest <= max_side:
        return width, height
    return max(1, round(width * max_side / longest)), max(1, round(height * max_side / longest))
