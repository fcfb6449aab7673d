"""A picture that every browser shows in the same way, from one that it may not open or may show otherwise."""

from __future__ import annotations

from onsight.core.flow import Flow, Stage
from onsight.core.results import OutputFile
from onsight.files.zipping import archive as put_together
from onsight.image import decode, encode_preview
from onsight.tools.shared.options import ArchiveOptions, PreviewOptions
from onsight.tools.shared.results import Preview

_FIRST_LOOK = 16
"""How much smaller a picture may be decoded to learn whether a preview is needed: a JPEG then takes far less time."""


def preview(image: bytes, options: PreviewOptions) -> Flow[Preview]:
    """Decode a picture and write it again, upright, in a format of the web.

    Args:
        image: The file's bytes.
        options: How large.

    Returns:
        The preview, a JPEG; empty if none is needed and the options say that none is wanted then.

    Raises:
        ImageError: The bytes are no picture that can be opened.
    """
    yield Stage("decode")
    if options.if_needed:
        small = decode(image, min_side=options.max_side // _FIRST_LOOK)
        if small.info.as_in_browsers:
            return Preview(b"", "image/jpeg", small.info)
    picture = decode(image, min_side=options.max_side)
    yield Stage("encode")
    return Preview(encode_preview(picture, options.max_side), "image/jpeg", picture.info)


def archive(options: ArchiveOptions) -> Flow[OutputFile]:
    """Put files into a ZIP."""
    yield Stage("encode")
    return put_together(options.name, options.files)
