"""Rewrite XMP properties in a form that items can be added to, without changing anything else.

RDF allows a property that should be a list to be a single text, as an attribute or as an element.
"""

from __future__ import annotations

import re

from onsight.core.xml_text import unescape
from onsight.image.xmp import RDF, Document, Name, Node, parse

_EXTENDED = ("http://ns.adobe.com/xmp/note/", "HasExtendedXMP")


def with_list(text: bytes, name: Name) -> bytes:
    """Return a document with a property changed from a single text to a list of one item.

    Args:
        text: The document in UTF-8, without a byte order mark. It is returned unchanged if it cannot be parsed.
        name: Namespace and name of the property.
    """
    document = parse(text)
    if document is None:
        return text
    start = text.index(document.text[:1])
    pieces: list[tuple[int, int, bytes]] = []
    for node in document.descriptions():
        for child in node.children:
            if child.name == name and not child.children and not child.text.strip():
                pieces.append((child.start, child.end, b""))
            elif child.name == name and not child.children:
                end = document.text.rindex(b"</", child.tag_end, child.end)
                item = document.text[child.tag_end : end].strip()
                pieces.append((child.tag_end, end, _list_of(item)))
        if name in node.attributes:
            pieces += _attribute_to_list(document, node, name)
    for begin, end, piece in sorted(pieces, reverse=True):
        text = text[: start + begin] + piece + text[start + end :]
    return text


def without_extension(text: bytes) -> bytes:
    """Return a packet without the note about a second packet, because a sidecar has only one."""
    document = parse(text)
    if document is None:
        return text
    text = document.text
    spans = [child for node in document.descriptions() for child in node.children if child.name == _EXTENDED]
    pieces = [(child.start, child.end) for child in spans]
    pieces += [
        (begin, end)
        for node in document.descriptions()
        if _EXTENDED in node.attributes
        for begin, end, _, _ in _attributes(document, node, _EXTENDED)
    ]
    for begin, end in sorted(pieces, reverse=True):
        text = text[:begin] + text[end:]
    return text


def _list_of(item: bytes) -> bytes:
    return b'<rdf:Bag xmlns:rdf="%b"><rdf:li>%b</rdf:li></rdf:Bag>' % (RDF.encode(), item)


def _attribute_to_list(document: Document, node: Node, name: Name) -> list[tuple[int, int, bytes]]:
    found = _attributes(document, node, name)
    if len(found) != 1:  # two namespaces have the same name with the same value: leave this odd case alone
        return []
    begin, end, written, value = found[0]
    if not value.strip():
        return [(begin, end, b"")]
    element = b"<%b>%b</%b>" % (written, _list_of(value), written)
    tag_end = node.tag_end
    if document.text[tag_end - 2 : tag_end] != b"/>":
        return [(begin, end, b""), (tag_end, tag_end, element)]
    tag = re.match(rb"<([^\s/>]+)", document.text[node.start :])
    closing = tag[1] if tag else b""
    return [(begin, end, b""), (tag_end - 2, tag_end, b">%b</%b>" % (element, closing))]


def _attributes(document: Document, node: Node, name: Name) -> list[tuple[int, int, bytes, bytes]]:
    """Return a possible position of an attribute, its text, and its value as written."""
    pattern = re.compile(rb"\s+((?:[^\s=:/>\"']+:)?%b)\s*=\s*(\"[^\"]*\"|'[^']*')" % re.escape(name[1].encode()))
    return [
        (found.start(), found.end(), found[1], found[2][1:-1])
        for found in pattern.finditer(document.text, node.start, node.tag_end)
        if _value(found[2][1:-1]) == " ".join(node.attributes[name].split())
    ]


def _value(written: bytes) -> str:
    def character(found: re.Match[str]) -> str:
        return chr(int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1]))

    text = re.sub(r"&#(x[0-9a-fA-F]{1,6}|\d{1,7});", character, written.decode())
    return " ".join(unescape(text, {"&quot;": '"', "&apos;": "'"}).split())
