"""The initial content of a new sidecar: the metadata in the picture's file.

Programs that prefer sidecars to files would otherwise lose the keywords, rating and texts that a person gave the
picture.
"""

from __future__ import annotations

from onsight.errors import InvalidSidecarError
from onsight.image.blocks import xmp_packets
from onsight.image.xmp import DC, XMP, decode, parse
from onsight.metadata.alt_text import text_property, with_properties
from onsight.metadata.forms import without_extension
from onsight.metadata.reading import read_sidecar, read_stated
from onsight.metadata.stated import NOTHING, Stated
from onsight.metadata.xmp import EMPTY, Keywords, merge


def begin_sidecar(picture: bytes, stated: Stated | None = None) -> bytes:
    """Return the initial XMP document of a picture's sidecar.

    This is the file's own XMP packet, plus keywords, rating, title and description that only IPTC or EXIF contain.

    Args:
        picture: The bytes of the file, in any format; a damaged file is read as far as possible.
        stated: The metadata of the picture, if known; None reads the file.
    """
    packet = next((packet for packet in xmp_packets(picture) if parse(packet)), None)
    document = without_extension(decode(packet) or b"") + b"\n" if packet else EMPTY
    said = read_stated(picture) if stated is None else stated
    known = read_sidecar(document)
    have = {keyword.casefold() for keyword in known.keywords}
    try:
        document = merge(document, Keywords(tuple(one for one in said.keywords if one.casefold() not in have), ()))
    except InvalidSidecarError:  # nothing can be added to the file's own packet, so it cannot be the start
        return begin_sidecar(b"", said)
    return with_texts(document, said, known)


def with_texts(document: bytes, said: Stated, known: Stated = NOTHING) -> bytes:
    """Return a document with rating, title and description added, if it lacks them.

    Args:
        document: An XMP document in UTF-8 from `begin_sidecar`.
        said: The values to add.
        known: The values that it has already, which stay.
    """
    lines = []
    if said.rating and known.rating is None:
        lines.append(f'<xmp:Rating xmlns:xmp="{XMP}">{said.rating}</xmp:Rating>')
    for name, text, old in (
        ("title", said.title, known.title),
        ("description", said.description, known.description),
    ):
        if text and not old:
            lines.append(text_property("dc", DC, name, text))
    return with_properties(document, lines)
