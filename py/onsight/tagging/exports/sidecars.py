"""Tags as XMP sidecars, each beside its picture. They are new: to add to one that is there, use the command line."""

from __future__ import annotations

from collections.abc import Sequence

from onsight.metadata.xmp import build
from onsight.tagging.exports.naming import SidecarNames, TaggedPicture
from onsight.tagging.keywords import keywords_of


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``<picture>.<ext>.xmp`` a picture, in the picture's folder."""
    names = SidecarNames()
    return {names.unique(picture.name): build(keywords_of(picture.shown)).decode() for picture in pictures}
