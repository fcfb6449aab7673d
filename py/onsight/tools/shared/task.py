"""Makes previews, which every browser shows in the same way, and ZIP archives."""

from __future__ import annotations

from onsight.core.flow import Flow, Stage
from onsight.core.results import OutputFile
from onsight.files.zipping import archive as put_together
from onsight.image import decode, encode_preview
from onsight.tools.shared.options import ArchiveOptions, PreviewOptions
from onsight.tools.shared.results import Preview

_FIRST_LOOK = 16
"""To learn whether a preview is needed, the picture is decoded this many times smaller; a JPEG takes far less time."""


def preview(image: bytes, options: PreviewOptions) -> Flow[Preview]:
    """Make a preview of a picture: upright, in a format that every browser shows.

    Args:
        image: The file's bytes.
        options: How large, and whether to make it only if it is needed.

    Returns:
        The preview, a JPEG; empty if it is not needed and the options ask for it only if it is.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
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
    """Put files into a ZIP archive."""
    yield Stage("encode")
    return put_together(options.name, options.files)
