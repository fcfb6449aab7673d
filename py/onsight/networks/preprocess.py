"""Convert an upright picture to a network's input, and map coordinates in the input back to the picture.

Every crop mode is a *region* of the picture that is stretched over the whole input, so one `Transform` works for all of
them. Coordinates are continuous and start at the top left corner of the top left pixel: the picture's right edge is at
x = width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from onsight.image import DecodedImage
from onsight.networks.spec import InputSpec

Region = tuple[float, float, float, float]
"""``(x1, y1, x2, y2)``."""

_RESAMPLING = {
    "bilinear": (Image.Resampling.BILINEAR, 1.0),
    "bicubic": (Image.Resampling.BICUBIC, 2.0),
    "lanczos": (Image.Resampling.LANCZOS, 3.0),
}
"""Pillow's filter and its radius in pixels of the coarser grid."""


@dataclass(frozen=True, slots=True)
class Transform:
    """The mapping between a network's input and the upright picture at full size.

    Attributes:
        region: The region that the input shows, in pixels of the picture; it extends beyond the picture if the input
            has
        a border.
        input_size: ``(height, width)`` of the input in pixels.
    """

    region: Region
    input_size: tuple[int, int]

    def points_to_picture(self, points: ArrayLike) -> NDArray[np.float64]:
        """Map points ``(x, y)`` [..., 2] from the input to the picture, in pixels of each."""
        return np.asarray(points, np.float64) * self._scale + self.region[:2]

    def points_to_input(self, points: ArrayLike) -> NDArray[np.float64]:
        """Map points ``(x, y)`` [..., 2] from the picture to the input, in pixels of each."""
        return (np.asarray(points, np.float64) - self.region[:2]) / self._scale

    def boxes_to_picture(self, boxes: ArrayLike) -> NDArray[np.float64]:
        """Map boxes ``(x1, y1, x2, y2)`` [..., 4] from the input to the picture, without clipping."""
        boxes = np.asarray(boxes, np.float64)
        return self.points_to_picture(boxes.reshape(*boxes.shape[:-1], 2, 2)).reshape(boxes.shape)

    def boxes_to_input(self, boxes: ArrayLike) -> NDArray[np.float64]:
        """Map boxes ``(x1, y1, x2, y2)`` [..., 4] from the picture to the input, without clipping."""
        boxes = np.asarray(boxes, np.float64)
        return self.points_to_input(boxes.reshape(*boxes.shape[:-1], 2, 2)).reshape(boxes.shape)

    @property
    def _scale(self) -> NDArray[np.float64]:
        """Pixels of the picture per pixel of the input, ``(x, y)``."""
        x1, y1, x2, y2 = self.region
        height, width = self.input_size
        return np.array([(x2 - x1) / width, (y2 - y1) / height])


def preprocess(image: DecodedImage, spec: InputSpec) -> tuple[NDArray[np.float32], Transform]:
    """Convert a picture to a network's input.

    Args:
        image: Upright sRGB picture; its pixels may be those of a reduced copy.
        spec: Description of the network's input.

    Returns:
        ``pixel_values``, C-contiguous float32 [1, 3, height, width], RGB, normalised; and the mapping back to the
        picture at full size.
    """
    size = (image.info.height, image.info.width)
    if spec.crop_mode == "border":
        pixels, region = letterbox(image.pixels, spec.input_size, spec.mean, spec.interpolation)
        region = _rescale(region, image.pixels.shape[:2], size)
    else:
        region = (0.0, 0.0, float(size[1]), float(size[0]))
        if spec.crop_mode == "center":
            region = center_crop(size, spec.input_size, spec.crop_pct)
        box = _rescale(region, size, image.pixels.shape[:2])
        pixels = resize(image.pixels, spec.input_size, spec.interpolation, box)
    return normalize(pixels, spec.mean, spec.std), Transform(region, spec.input_size)


def center_crop(size: tuple[int, int], input_size: tuple[int, int], crop_pct: float) -> Region:
    """Return the largest centred region with the input's aspect ratio, reduced by ``crop_pct``.

    Args:
        size: ``(height, width)`` of the picture.
        input_size: ``(height, width)`` of the input.
        crop_pct: Fraction of each side that is kept, in (0, 1].

    Returns:
        ``(x1, y1, x2, y2)`` inside the picture, with sides of at least one pixel.
    """
    scale = crop_pct * min(size[0] / input_size[0], size[1] / input_size[1])
    height, width = (min(max(1.0, scale * wanted), float(full)) for full, wanted in zip(size, input_size, strict=True))
    y1, x1 = (size[0] - height) / 2, (size[1] - width) / 2
    return x1, y1, x1 + width, y1 + height


def letterbox(
    pixels: NDArray[np.uint8], input_size: tuple[int, int], fill: Sequence[float], interpolation: str
) -> tuple[NDArray[np.uint8], Region]:
    """Fit a whole picture into the input without changing its aspect ratio.

    Args:
        pixels: uint8 [H, W, 3].
        input_size: ``(height, width)`` of the result.
        fill: R, G, B of the border, 0 to 255.
        interpolation: One of ``spec.INTERPOLATIONS``.

    Returns:
        uint8 [height, width, 3] with the picture in the middle, and the region that it shows, which is larger than the
        picture.
    """
    height, width = pixels.shape[:2]
    scale = min(input_size[0] / height, input_size[1] / width)
    inner_height, inner_width = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (input_size[0] - inner_height) // 2, (input_size[1] - inner_width) // 2

    canvas = np.empty((*input_size, 3), np.uint8)
    canvas[:] = np.round(fill)
    inner = resize(pixels, (inner_height, inner_width), interpolation)
    canvas[top : top + inner_height, left : left + inner_width] = inner

    # Use the rounded inner size, so that the picture's edges map exactly to whole pixels of the input.
    x_scale, y_scale = width / inner_width, height / inner_height
    x1, y1 = -left * x_scale, -top * y_scale
    return canvas, (x1, y1, x1 + input_size[1] * x_scale, y1 + input_size[0] * y_scale)


def resize(
    pixels: NDArray[np.uint8], size: tuple[int, int], interpolation: str, box: Region | None = None
) -> NDArray[np.uint8]:
    """Resample a region of a picture, with antialiasing if it gets smaller.

    Only the region and the filter's margin around it are copied, so a small region of a huge picture is cheap.

    Args:
        pixels: uint8 [H, W, 3].
        size: ``(height, width)`` of the result.
        interpolation: One of ``spec.INTERPOLATIONS``.
        box: Region to resample, ``(x1, y1, x2, y2)`` inside the picture; all of it by default.

    Returns:
        uint8 [height, width, 3].
    """
    resample, reach = _RESAMPLING[interpolation]
    full_height, full_width = pixels.shape[:2]
    x1, y1, x2, y2 = box or (0.0, 0.0, float(full_width), float(full_height))
    left, right = _span(x1, x2, size[1], reach, full_width)
    top, bottom = _span(y1, y2, size[0], reach, full_height)
    window = Image.fromarray(np.ascontiguousarray(pixels[top:bottom, left:right]))
    height, width = size
    # After scaling, a region may end slightly outside the picture, which Pillow refuses.
    x2, y2 = min(x2, full_width), min(y2, full_height)
    resized = window.resize((width, height), resample, (x1 - left, y1 - top, x2 - left, y2 - top))
    return np.asarray(resized)


def normalize(pixels: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float]) -> NDArray[np.float32]:
    """Normalise pixels to ``(pixel - mean) / std``.

    Args:
        pixels: uint8 [H, W, 3], RGB.
        mean: One number per channel, in pixel values.
        std: One number per channel, in pixel values.

    Returns:
        C-contiguous float32 [1, 3, H, W].
    """
    height, width = pixels.shape[:2]
    pixel_values = np.empty((1, 3, height, width), np.float32)
    pixel_values[0] = pixels.transpose(2, 0, 1)
    if any(mean):
        pixel_values -= _per_channel(mean)
    if any(value != 1 for value in std):
        pixel_values /= _per_channel(std)
    return pixel_values


def _per_channel(values: Sequence[float]) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(3, 1, 1)


def _span(start: float, end: float, size: int, reach: float, full: int) -> tuple[int, int]:
    """Return the pixels that resampling from ``start`` to ``end`` reads, as a half-open range."""
    reach *= max(1.0, (end - start) / size)
    return max(0, math.floor(start - reach) - 1), min(full, math.ceil(end + reach) + 1)


def _rescale(region: Region, size: Sequence[int], other_size: Sequence[int]) -> Region:
    """Convert a region of a picture of ``size`` to its copy of ``other_size``, (height, width) each."""
    y, x = other_size[0] / size[0], other_size[1] / size[1]
    x1, y1, x2, y2 = region
    return x1 * x, y1 * y, x2 * x, y2 * y
