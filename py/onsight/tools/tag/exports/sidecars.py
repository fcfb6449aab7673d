"""Tags as XMP sidecars, each beside its picture.

A sidecar starts from the metadata of its picture's file. To add to an existing sidecar, use the command line or a
library.
"""

from __future__ import annotations

from collections.abc import Sequence

from onsight.core.texts import text
from onsight.errors import InvalidSidecarError
from onsight.metadata.xmp import EMPTY, merge
from onsight.tools.tag.exports.pictures import SidecarNames, TaggedPicture


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``<picture>.<ext>.xmp`` for each picture, in the picture's folder.

    Raises:
        InvalidSidecarError: Tags cannot be added to the metadata of a picture's file.
    """
    names = SidecarNames()
    return {names.unique(picture.name): _document(picture) for picture in pictures}


def _document(picture: TaggedPicture) -> str:
    try:
        return merge(picture.begun or EMPTY, picture.keywords).decode()
    except InvalidSidecarError as error:
        raise InvalidSidecarError(
            text("No sidecar was made for {name}. {reason}", name=picture.name, reason=error.message)
        ) from error
