"""A picture that any browser can show, from one that it cannot (TIFF, CMYK, JPEG 2000)."""

from __future__ import annotations

from onsight.flow import Flow, Stage
from onsight.image import decode, encode_preview
from onsight.options import PreviewOptions
from onsight.results import Preview


def preview(image: bytes, options: PreviewOptions) -> Flow[Preview]:
    """Decode a picture and write it again, upright, in a format of the web.

    Args:
        image: The file's bytes.
        options: How large.

    Returns:
        The preview, a JPEG.

    Raises:
        ImageError: The bytes are no picture that can be opened.
    """
    yield Stage("decode")
    picture = decode(image, min_side=options.max_side)
    yield Stage("encode")
    return Preview(encode_preview(picture, options.max_side), "image/jpeg", picture.info)
