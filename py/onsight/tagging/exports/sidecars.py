"""Tags as XMP sidecars, each beside its picture. They are new: to add to one that is there, use the command line."""

from __future__ import annotations

from collections.abc import Sequence

from onsight.metadata.xmp import build
from onsight.tagging.exports.naming import TaggedPicture, inside
from onsight.tagging.keywords import keywords_of


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``<picture>.<ext>.xmp`` a picture, in the picture's folder."""
    written: dict[str, str] = {}
    taken: set[str] = set()
    for picture in pictures:
        path = inside(picture.name)
        name, number = f"{path}.xmp", 1
        while name.lower() in taken:
            number += 1
            name = f"{path.with_stem(f'{path.stem}-{number}')}.xmp"
        taken.add(name.lower())
        written[name] = build(keywords_of(picture.shown)).decode()
    return written
