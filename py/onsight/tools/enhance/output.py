"""Writes the finished picture as a file."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.results import OutputFile
from onsight.core.texts import text
from onsight.files.names import stem_of
from onsight.image.encoding import JPEG_MAX_SIDE, LOSSLESS
from onsight.image.metadata import Metadata
from onsight.image.writing import with_metadata

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}
_WEBP_MAX_SIDE = 16_383


def write(
    pixels: NDArray[np.uint8],
    source: str,
    metadata: Metadata,
    *,
    format: str,
    quality: int,
    name: str,
) -> OutputFile:
    """Encode a finished picture.

    Args:
        pixels: uint8 [H, W, 3], or [H, W, 4] with transparency.
        source: Format of the original file, as in `ImageInfo`.
        metadata: The metadata to write.
        format: One of `onsight.tools.enhance.options.FORMATS`; empty for the original's format, or the nearest one that
            can hold the picture.
        quality: Quality of JPEG and WebP, 1 to 100.
        name: Name of the original file.

    Returns:
        The file, with a note if it could not hold all of the metadata. In a JPEG, transparent parts become white. A
        picture that is too large for a format becomes a PNG.
    """
    image = Image.fromarray(pixels)
    format = format or _nearest(source, image.mode == "RGBA")
    longest = max(image.size)
    if (format == "jpeg" and longest > JPEG_MAX_SIDE) or (format == "webp" and longest > _WEBP_MAX_SIDE):
        format = "png"
    data = io.BytesIO()
    if format == "jpeg":
        _on_white(image).save(data, "JPEG", quality=quality, optimize=True)
    elif format == "webp":
        image.save(data, "WEBP", quality=quality, method=4)
    else:
        image.save(data, "PNG")
    written, left_out = with_metadata(data.getvalue(), format, metadata)
    notes = (text("Left out: {items}.", items=", ".join(left_out)),) if left_out else ()
    return OutputFile(written, f"{stem_of(name)}-enhanced{_SUFFIXES[format]}", f"image/{format}", notes)


def _nearest(source: str, transparent: bool) -> str:
    if source == "WebP":
        return "webp"
    return "png" if source in LOSSLESS or transparent else "jpeg"


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page
