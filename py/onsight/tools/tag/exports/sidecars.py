"""Tags as XMP sidecars, each beside its picture.

Each begins with what its picture's file says. To add to a sidecar that is there, use the command line or a library.
"""

from __future__ import annotations

from collections.abc import Sequence

from onsight.errors import InvalidSidecarError
from onsight.metadata.xmp import EMPTY, merge
from onsight.tools.tag.exports.pictures import SidecarNames, TaggedPicture
from onsight.tools.tag.keywords import keywords_of


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``<picture>.<ext>.xmp`` a picture, in the picture's folder.

    Raises:
        InvalidSidecarError: What the file of a picture says is in a form that cannot be added to.
    """
    names = SidecarNames()
    return {names.unique(picture.name): _document(picture) for picture in pictures}


def _document(picture: TaggedPicture) -> str:
    try:
        return merge(picture.begun or EMPTY, keywords_of(picture.shown)).decode()
    except InvalidSidecarError as error:
        raise InvalidSidecarError(f"No sidecar was made for {picture.name}. {error.message}") from error
