"""Add texts about a picture to an XMP document that lacks them."""

from __future__ import annotations

from collections.abc import Sequence

from onsight.core.xml_text import escape
from onsight.image.xmp import DC, properties
from onsight.metadata.rdf import RDF, find

IPTC = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
"""Namespace of IPTC's core properties."""

ALT_TEXT = "AltTextAccessibility"
"""IPTC's property for the text that takes the place of a picture for people who cannot see it."""


def with_alt_text(document: bytes, sentence: str) -> bytes:
    """Return a document with a sentence as the description and as the alternative text, each if there is none.

    Args:
        document: An XMP document in UTF-8, without a byte order mark.
        sentence: The text; nothing is added if it is empty.
    """
    if not sentence:
        return document
    known = properties(document)
    wanted = (("dc", DC, "description"), ("Iptc4xmpCore", IPTC, ALT_TEXT))
    lines = [text_property(*one, sentence) for one in wanted if not known.get(one[1:])]
    return with_properties(document, lines)


def text_property(prefix: str, namespace: str, name: str, text: str) -> str:
    """Return a property whose value is a text in the default language."""
    item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
    return f'<{prefix}:{name} xmlns:{prefix}="{namespace}"><rdf:Alt>{item}</rdf:Alt></{prefix}:{name}>'


def with_properties(document: bytes, lines: Sequence[str]) -> bytes:
    """Return a document with properties added, each written as one line; unchanged if it cannot be extended."""
    found = find(document, ()) if lines else None
    if found is None or found.root is None:
        return document
    added = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{escape(found.about, {chr(34): "&quot;"})}">'
    piece = "\n".join([added, *(f" {line}" for line in lines), "</rdf:Description>\n"]).encode()
    if found.root.ends_itself:
        end = found.root_end
        return document[: end - 2] + b">\n" + piece + b"</" + found.root.written + b">" + document[end:]
    return document[: found.root_end] + piece + document[found.root_end :]
