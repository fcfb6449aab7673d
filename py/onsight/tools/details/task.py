"""Read the metadata in a file, and copy the file without it."""

from __future__ import annotations

from onsight.core.flow import Flow, Stage
from onsight.core.results import OutputFile
from onsight.core.texts import text
from onsight.errors import UnsupportedFormatError
from onsight.files.names import stem_of
from onsight.image import decode
from onsight.tools.details.options import CleanOptions
from onsight.tools.details.reading import read_details, read_location
from onsight.tools.details.results import PictureDetails
from onsight.tools.details.stripping import can_strip, strip

_WRITTEN = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png"), "WebP": (".webp", "image/webp")}
"""Suffix and media type by format."""

_LEAST_SIDE = 64
"""Pixels. The picture is decoded only to see that it is one, so a small version does."""


def read(image: bytes) -> Flow[PictureDetails]:
    """Read all the metadata in a file.

    Args:
        image: The file's bytes.

    Raises:
        ImageError: It is not a picture that can be opened.
    """
    yield Stage("decode")
    info = decode(image, min_side=_LEAST_SIDE).info
    groups = read_details(image)
    personal = sum(detail.personal for group in groups for detail in group.details)
    return PictureDetails(groups, personal, read_location(image), can_strip(image), info)


def clean(image: bytes, options: CleanOptions) -> Flow[OutputFile]:
    """Copy a file without its metadata. The pixels stay the same, byte for byte.

    Args:
        image: The file's bytes.
        options: The picture's name.

    Raises:
        ImageError: It is not a picture that can be opened.
        UnsupportedFormatError: It is not a JPEG, PNG or WebP.
    """
    yield Stage("decode")
    info = decode(image, min_side=_LEAST_SIDE).info
    if not can_strip(image):
        raise UnsupportedFormatError(
            text(
                "Details can copy JPEG, PNG and WebP files. To remove the metadata of this {format}, save it with "
                "Enhance and choose no metadata.",
                format=info.format,
            )
        )
    yield Stage("encode")
    suffix, media_type = _WRITTEN[info.format]
    return OutputFile(strip(image), f"{stem_of(options.name)}-clean{suffix}", media_type)
