"""The finished picture as a file."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.detection.packing import stem_of
from onsight.image.encoding import JPEG_MAX_SIDE
from onsight.results import OutputFile

_OWN_FORMATS = {"JPEG": "jpeg", "PNG": "png", "WebP": "webp", "GIF": "png", "BMP": "png", "TIFF": "png",
                "ICO": "png", "PNM": "png", "PSD": "png"}  # fmt: skip
_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}
_WEBP_MAX_SIDE = 16_383


def write(pixels: NDArray[np.uint8], source: str, *, format: str, quality: int, name: str) -> OutputFile:
    """Encode a finished picture.

    Args:
        pixels: uint8 [H, W, 3], or [H, W, 4] with transparency.
        source: Format of the file that it was made from, as in `ImageInfo`.
        format: One of `onsight.enhancement.options.FORMATS`, or empty for the source's.
        quality: Of JPEG and WebP, 1 to 100.
        name: Of the picture's file.

    Returns:
        The file. What a format cannot hold (transparency, a very long side) makes it a PNG where no format was asked
        for, and lies on white, or is a PNG, where one was.
    """
    image = Image.fromarray(pixels)
    format = format or _OWN_FORMATS.get(source, "jpeg")
    longest = max(image.size)
    if (format == "jpeg" and longest > JPEG_MAX_SIDE) or (format == "webp" and longest > _WEBP_MAX_SIDE):
        format = "png"
    if format == "jpeg" and image.mode == "RGBA":
        page = Image.new("RGB", image.size, "white")
        page.paste(image, mask=image.getchannel("A"))
        image = page
    data = io.BytesIO()
    if format == "jpeg":
        image.save(data, "JPEG", quality=quality, optimize=True)
    elif format == "webp":
        image.save(data, "WEBP", quality=quality, method=4)
    else:
        image.save(data, "PNG")
    return OutputFile(data.getvalue(), f"{stem_of(name)}-enhanced{_SUFFIXES[format]}", f"image/{format}")
