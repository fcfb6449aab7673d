"""Enlarges a map of the context to the finished picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.tools.enhance.colour import whole
from onsight.tools.enhance.geometry import Shape
from onsight.tools.enhance.local import Lines
from onsight.tools.enhance.windows import Plane


@dataclass(slots=True)
class Placement:
    """A map of the context, in the shape and size of the finished picture.

    Attributes:
        lines: The map.
        shape: Rotation and crop of the picture.
        size: Width and height of the finished picture in pixels.
    """

    lines: Lines
    shape: Shape
    size: tuple[int, int]
    _turned: tuple[Image.Image, Image.Image] | None = field(default=None)
    _enlarged: tuple[Plane, Plane] | None = field(default=None)

    def enlarged(self) -> Placement:
        """Compute the lines for all pixels at once, because they will be used often; return this object."""
        self._enlarged = self._sampled(0, self.size[1])
        return self

    def levels(self, light: NDArray[np.uint8], top: int) -> NDArray[np.intp]:
        """Return the map for rows of the finished picture.

        Args:
            light: uint8 [R, W], lightness of the rows, which the edges come from.
            top: Number of the first row.

        Returns:
            intp [R, W], 0 to 255.
        """
        if self._enlarged is None:
            slope, offset = self._sampled(top, len(light))
        else:
            slope, offset = (whole_map[top : top + len(light)] for whole_map in self._enlarged)
        level = light.astype(np.float32)
        level *= slope
        level += offset
        np.clip(level, np.float32(0), np.float32(255), out=level)
        return whole(level).astype(np.intp)

    def _sampled(self, top: int, rows: int) -> tuple[Plane, Plane]:
        if self._turned is None:
            self._turned = (self.shape.turn(self.lines.slope), self.shape.turn(self.lines.offset))
        slope, offset = (self.shape.sample(one, self.size, top, rows) for one in self._turned)
        return slope, offset
