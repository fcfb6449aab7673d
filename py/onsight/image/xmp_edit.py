"""Edit an XMP packet by removing or inserting pieces of its text; every other byte stays the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator

from onsight.core.xml_text import quoteattr
from onsight.image.xmp import RDF, XML, Document, Name, Node, parse

XMP_NOTE = "http://ns.adobe.com/xmp/note/"

_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ENCODING = re.compile(rb"^(<\?xml\s[^?>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_WRAPPER = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_POINTER_BYTES = 300
"""Space for the description that refers to an extended packet."""


def without(packet: bytes, unwanted: Callable[[Name], bool]) -> bytes | None:
    """Return a packet in UTF-8 without some of its properties; None if it is not XMP.

    Args:
        packet: In any encoding.
        unwanted: Returns whether to remove a property, by namespace and name.
    """
    document = parse(packet)
    if document is None:
        return None
    spans: list[tuple[int, int]] = []
    for description in document.descriptions():
        spans += [(start, end) for name, start, end in _attributes(document.text, description) if unwanted(name)]
        spans += [(node.start, node.end) for node in description.children if unwanted(node.name)]
    text = _ENCODING.sub(rb"\1", _cut(document.text, spans))
    after = parse(text)
    if after is None or any(unwanted(name) for name in names(after)):
        return None
    return text


def names(document: Document) -> Iterator[Name]:
    """Yield the names of a document's properties."""
    for description in document.descriptions():
        yield from (name for name in description.attributes if name[0] not in (RDF, XML, ""))
        yield from (node.name for node in description.children)


def joined(packet: bytes, others: Iterable[bytes]) -> bytes | None:
    """Return a packet with the properties that it lacks and others have; None if it is not XMP.

    Args:
        packet: In any encoding; the result is in UTF-8.
        others: Other packets; those that are not XMP are skipped.
    """
    document = parse(packet)
    if document is None:
        return None
    for other in filter(None, map(parse, others)):
        known = set(names(document))
        added = without(other.text, known.__contains__)
        rest = parse(added) if added else None
        if rest is None or not set(names(rest)):
            continue
        pieces = b"".join(_standing_alone(rest.text, node) for node in rest.descriptions())
        document = parse(_inserted(document, pieces)) or document
    return _ENCODING.sub(rb"\1", document.text)


def split(packet: bytes, limit: int) -> tuple[bytes, bytes, bytes] | None:
    """Split a packet into a main one of limited size and an extended one. Source: XMP part 3, 1.1.3.1.

    Args:
        packet: A packet that is too large for a JPEG segment.
        limit: Maximum size of the main packet in bytes.

    Returns:
        The main packet, the extended one, and the 32 characters that identify it; None if it cannot be split.
    """
    document = parse(packet)
    if document is None:
        return None
    properties = [node for description in document.descriptions() for node in description.children]
    properties.sort(key=lambda node: node.start - node.end)
    moved: list[Node] = []
    size = len(document.text) + _POINTER_BYTES
    for node in properties:
        if size <= limit:
            break
        moved.append(node)
        size -= node.end - node.start
    if size > limit:
        return None
    pieces = b"".join(_standing_alone(document.text, node) for node in sorted(moved, key=lambda node: node.start))
    extended = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="">'.encode()
        + pieces
        + b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    identifier = hashlib.md5(extended, usedforsecurity=False).hexdigest().upper()
    main = parse(_cut(document.text, [(node.start, node.end) for node in moved]))
    if main is None or parse(extended) is None:
        return None
    pointer = (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about={quoteattr(_about(main))} xmlns:xmpNote="{XMP_NOTE}" '
        f'xmpNote:HasExtendedXMP="{identifier}"/>'
    )
    return _inserted(main, pointer.encode()), extended, identifier.encode()


def wrapped(body: str) -> bytes:
    """Return a new packet with this as its ``rdf:RDF``."""
    return f'{_WRAPPER}<x:xmpmeta xmlns:x="adobe:ns:meta/">{body}</x:xmpmeta><?xpacket end="w"?>'.encode()


def _about(document: Document) -> str:
    return next((node.attributes.get((RDF, "about"), "") for node in document.descriptions()), "")


def _attributes(text: bytes, node: Node) -> Iterator[tuple[Name, int, int]]:
    """Yield the name and range of each attribute with a prefix, including the white space before it."""
    for match in _ATTRIBUTE.finditer(text, node.start, node.tag_end):
        prefix, colon, name = match[1].decode().partition(":")
        if colon and prefix != "xmlns":
            yield (node.namespaces.get(prefix, ""), name), match.start(), match.end()


def _cut(text: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at:start])
        at = end
    return b"".join([*kept, text[at:]])


def _inserted(document: Document, piece: bytes) -> bytes:
    """Insert a piece at the end of the ``rdf:RDF``."""
    rdf, text = document.rdf, document.text
    if text[rdf.close : rdf.close + 2] != b"/>":
        return text[: rdf.close] + piece + text[rdf.close :]
    written = re.match(rb"<([^\s/>]+)", text[rdf.start : rdf.tag_end])
    name = written[1] if written else b"rdf:RDF"
    return text[: rdf.close] + b">" + piece + b"</" + name + b">" + text[rdf.end :]


def _standing_alone(text: bytes, node: Node) -> bytes:
    """Return an element's text with declarations of the prefixes that it uses."""
    span = text[node.start : node.end]
    tag = re.match(rb"<[^\s/>]+", span)
    head = tag.end() if tag else 1
    own = span[: node.tag_end - node.start]
    added = b""
    for prefix, namespace in node.namespaces.items():
        name = prefix.encode()
        if re.search(rb"\sxmlns" + (b":" + re.escape(name) if name else b"") + rb"\s*=", own):
            continue
        if prefix and not re.search(rb"[<\s/]" + re.escape(name) + b":", span):
            continue
        if prefix not in ("xml", "") or (not prefix and namespace):
            added += (f" xmlns:{prefix}" if prefix else " xmlns").encode() + f"={quoteattr(namespace)}".encode()
    return span[:head] + added + span[head:]
