"""What a new sidecar begins with: what the picture's file says already.

Programs in which sidecars go before files would otherwise no longer see the keywords, the rating and the texts that a
person gave the picture.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from onsight.errors import InvalidSidecarError
from onsight.image.blocks import xmp_packets
from onsight.image.xmp import DC, XMP, decode, parse
from onsight.metadata.forms import without_extension
from onsight.metadata.rdf import RDF, find
from onsight.metadata.reading import read_sidecar, read_stated
from onsight.metadata.stated import NOTHING, Stated
from onsight.metadata.xmp import EMPTY, Keywords, merge


def begin_sidecar(picture: bytes, stated: Stated | None = None) -> bytes:
    """Return the XMP document with which the sidecar of a picture begins.

    That is the file's own XMP packet, and what only its IPTC and EXIF data say: keywords, rating, title, description.

    Args:
        picture: The bytes of the file, in any format; of a damaged one as much as can be read.
        stated: What is known to be said about the picture; None reads the file.
    """
    packet = next((packet for packet in xmp_packets(picture) if parse(packet)), None)
    document = without_extension(decode(packet) or b"") + b"\n" if packet else EMPTY
    said = read_stated(picture) if stated is None else stated
    known = read_sidecar(document)
    have = {keyword.casefold() for keyword in known.keywords}
    try:
        document = merge(document, Keywords(tuple(one for one in said.keywords if one.casefold() not in have), ()))
    except InvalidSidecarError:  # the file's own packet cannot be added to: nothing can begin with it
        return begin_sidecar(b"", said)
    return with_texts(document, said, known)


def with_texts(document: bytes, said: Stated, known: Stated = NOTHING) -> bytes:
    """Return a document with the rating, the title and the description that it lacks.

    Args:
        document: An XMP document in UTF-8, as `begin_sidecar` returns it.
        said: What it shall say.
        known: What it says already, which stays.
    """
    lines = []
    if said.rating and known.rating is None:
        lines.append(f'<xmp:Rating xmlns:xmp="{XMP}">{said.rating}</xmp:Rating>')
    for name, text, old in (
        ("title", said.title, known.title),
        ("description", said.description, known.description),
    ):
        if text and not old:
            item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
            lines.append(f'<dc:{name} xmlns:dc="{DC}"><rdf:Alt>{item}</rdf:Alt></dc:{name}>')
    if not lines:
        return document
    found = find(document, ())
    if found.root is None:
        return document
    added = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{escape(found.about, {chr(34): "&quot;"})}">'
    piece = "\n".join([added, *(f" {line}" for line in lines), "</rdf:Description>\n"]).encode()
    if found.root.ends_itself:
        end = found.root_end
        return document[: end - 2] + b">\n" + piece + b"</" + found.root.written + b">" + document[end:]
    return document[: found.root_end] + piece + document[found.root_end :]
