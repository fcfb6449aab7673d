"""The finished picture as a file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from onsight.detection.packing import stem_of
from onsight.image.blocks import XMP_HEADER, XMP_KEYWORD, iptc_segment
from onsight.image.encoding import JPEG_MAX_SIDE, LOSSLESS
from onsight.image.metadata import Metadata
from onsight.results import OutputFile

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}
_WEBP_MAX_SIDE = 16_383
_SEGMENT_BYTES = 65_533
"""What a JPEG segment can hold; metadata that is larger is left out."""


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
        format: One of `onsight.enhancement.options.FORMATS`; empty for the source's, or the nearest that can hold
            the picture.
        quality: Of JPEG and WebP, 1 to 100.
        name: Of the picture's file.

    Returns:
        The file. A JPEG has transparency on white. A side longer than a format can have makes it a PNG.
    """
    image = Image.fromarray(pixels)
    format = format or _nearest(source, image.mode == "RGBA")
    longest = max(image.size)
    if (format == "jpeg" and longest > JPEG_MAX_SIDE) or (format == "webp" and longest > _WEBP_MAX_SIDE):
        format = "png"
    data = io.BytesIO()
    if format == "jpeg":
        _on_white(image).save(data, "JPEG", quality=quality, optimize=True, **_for_jpeg(metadata))
    elif format == "webp":
        image.save(data, "WEBP", quality=quality, method=4, exif=metadata.exif, xmp=metadata.xmp)
    else:
        image.save(data, "PNG", **_for_png(metadata))
    return OutputFile(data.getvalue(), f"{stem_of(name)}-enhanced{_SUFFIXES[format]}", f"image/{format}")


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


def _for_jpeg(metadata: Metadata) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if 0 < len(metadata.exif) <= _SEGMENT_BYTES:
        said["exif"] = metadata.exif
    if 0 < len(metadata.xmp) <= _SEGMENT_BYTES - len(XMP_HEADER):
        said["xmp"] = metadata.xmp
    if 0 < len(metadata.iptc) <= _SEGMENT_BYTES - 64:
        said["extra"] = iptc_segment(metadata.iptc)
    return said


def _for_png(metadata: Metadata) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if metadata.exif:
        said["exif"] = metadata.exif
    if metadata.xmp:
        text = PngInfo()
        text.add_itxt(XMP_KEYWORD.decode(), metadata.xmp.decode("utf-8"))
        said["pnginfo"] = text
    return said
