"""Encode pixels for the web: only the picture, without metadata, profile or location."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

JPEG_QUALITY = 95
JPEG_MAX_SIDE = 65_500
LOSSLESS = frozenset({"PNG", "GIF", "BMP", "TIFF", "ICO", "PNM", "PSD"})
"""Lossless formats, which are written as PNG. The others are lossy already, so JPEG is fine for them."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An encoded picture.

    Attributes:
        data: The file's bytes.
        media_type: ``"image/jpeg"`` or ``"image/png"``.
        suffix: ``".jpg"`` or ``".png"``.
    """

    data: bytes
    media_type: str
    suffix: str


def encode_like(pixels: NDArray[np.uint8], format: str) -> EncodedImage:
    """Encode a picture: as a PNG if its original format is lossless, else as a JPEG.

    Args:
        pixels: uint8 [H, W, 3], upright, sRGB.
        format: Name of the original's format, as in `onsight.core.results.ImageInfo`.
    """
    image = Image.fromarray(pixels)
    return encode_png(image) if format in LOSSLESS else encode_jpeg(image, JPEG_QUALITY)


def encode_jpeg(image: Image.Image, quality: int) -> EncodedImage:
    """Encode as a JPEG, or as a PNG if a side is too long for a JPEG."""
    if max(image.size) > JPEG_MAX_SIDE:
        return encode_png(image)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return EncodedImage(data.getvalue(), "image/jpeg", ".jpg")


def encode_png(image: Image.Image) -> EncodedImage:
    """Encode as a PNG."""
    data = io.BytesIO()
    image.save(data, "PNG")
    return EncodedImage(data.getvalue(), "image/png", ".png")
