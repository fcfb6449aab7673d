"""The finished picture as a file."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.results import OutputFile
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
        source: Format of the file that it was made from, as in `ImageInfo`.
        metadata: What the file is to say besides its pixels.
        format: One of `onsight.tools.enhance.options.FORMATS`; empty for the source's, or the nearest that can hold
            the picture.
        quality: Of JPEG and WebP, 1 to 100.
        name: Of the picture's file.

    Returns:
        The file, with a note where it could not hold all of the metadata. A JPEG has transparency on white. A side
        longer than a format can have makes it a PNG.
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
    notes = (f"Left out: {', '.join(left_out)}.",) if left_out else ()
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
