"""Parse XMP packets in any encoding, with any prefixes, wrapper and form of RDF.

Nothing here raises. A packet that is not well-formed, or has a document type (whose entities could expand without limit
or read other files), does not count as XMP.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
DC = "http://purl.org/dc/elements/1.1/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"

Name = tuple[str, str]
"""A namespace and a local name."""

_SEPARATOR = " "  # no namespace has a space
_MAX_DEPTH = 60
_TEXT_BUFFER = 1 << 20  # pictures inside packets are long texts
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, because it starts with the same mark
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST_LETTERS = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


@dataclass(slots=True)
class Node:
    """An element.

    Attributes:
        name: Its namespace and local name.
        attributes: Values by name, without declarations of namespaces.
        children: The elements inside.
        text: The text directly inside, without that of the children.
        start: Offset of its start tag, in bytes of `Document.text`.
        end: End of its end tag.
        tag_end: End of its start tag.
        close: Offset of its end tag, or of the ``/>`` in ``<a/>``.
        namespaces: Namespaces by prefix in this scope; the empty prefix is the default namespace.
    """

    name: Name
    attributes: dict[Name, str]
    start: int
    tag_end: int
    end: int = 0
    close: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)
    namespaces: Mapping[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[Node]:
        """Yield this element and all its descendants."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed packet.

    Attributes:
        text: The packet in UTF-8, without a byte order mark before it.
        root: Its outermost element.
        rdf: Its ``rdf:RDF``.
    """

    text: bytes
    root: Node
    rdf: Node

    def descriptions(self) -> Iterator[Node]:
        """Yield the elements with the properties: ``rdf:Description``, or a node named by its type."""
        yield from self.rdf.children


def parse(packet: bytes) -> Document | None:
    """Parse a packet; None if it is not XMP.

    Args:
        packet: In UTF-8, UTF-16 or UTF-32, with or without a byte order mark and an ``<?xpacket?>`` wrapper.
    """
    text = decode(packet)
    if text is None:
        return None
    try:
        root = _Builder(text).build()
    except (expat.ExpatError, ValueError, RecursionError):
        return None
    rdf = next((node for node in root.walk() if node.name == (RDF, "RDF")), None)
    return Document(text, root, rdf) if rdf else None


def properties(packet: bytes) -> Mapping[Name, tuple[str, ...]]:
    """Return the texts of each property in a packet by namespace and name; empty if it is not XMP.

    A simple property has one text, written as an attribute or as an element. A list has one per item, with the default
    language first. Structures have none.

    Args:
        packet: A packet from `onsight.image.blocks.xmp_packets`.
    """
    document = parse(packet)
    found: dict[Name, list[str]] = {}
    for description in document.descriptions() if document else ():
        for name, value in description.attributes.items():
            if name[0] not in (RDF, XML, ""):
                found.setdefault(name, []).append(value.strip())
        for node in description.children:
            found.setdefault(node.name, []).extend(_texts(node))
    return {name: tuple(text for text in texts if text) for name, texts in found.items() if any(texts)}


def encoding_of(packet: bytes) -> tuple[bytes, str]:
    """Return a packet's byte order mark, if any, and the name of its encoding."""
    for mark, encoding in _MARKS:
        if packet.startswith(mark):
            return mark, encoding
    return b"", next((encoding for first, encoding in _FIRST_LETTERS if packet.startswith(first)), "utf-8")


def decode(packet: bytes) -> bytes | None:
    """Return a packet's text in UTF-8 without byte order mark and padding; None if it is not text."""
    packet = packet.lstrip(b"\r\n\t ") if not packet.startswith((b"\0", b"\xff", b"\xfe")) else packet
    mark, encoding = encoding_of(packet)
    packet = packet[len(mark) :]
    try:
        text = packet.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return None
        text = packet.decode("utf-8", "replace")  # the rest stays readable if one character is invalid
    # Some programs pad the packet with zeros, which are not XML.
    return text.strip("\0 \t\r\n\ufeff").encode("utf-8", "replace")


def _texts(node: Node) -> list[str]:
    if (RDF, "resource") in node.attributes:
        return [node.attributes[RDF, "resource"].strip()]
    lists = [child for child in node.children if child.name[0] == RDF and child.name[1] in ("Bag", "Seq", "Alt")]
    if lists:
        items = [item for one in lists for item in one.children if item.name[0] == RDF]
        items.sort(key=lambda item: item.attributes.get((XML, "lang"), "") not in ("", "x-default"))
        return [text for item in items for text in _texts(item)]
    # A value with qualifiers: in rdf:value, directly or in a description.
    for child in node.walk():
        if child.name == (RDF, "value"):
            return [child.text.strip()]
        if (RDF, "value") in child.attributes:
            return [child.attributes[RDF, "value"].strip()]
    return [] if node.children else [node.text.strip()]


class _Builder:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._open: list[Node] = []
        self._root: Node | None = None
        self._declared: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self._parser.buffer_text = True
        self._parser.buffer_size = _TEXT_BUFFER
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def build(self) -> Node:
        # A declared encoding would be wrong now; the parser gets UTF-8 explicitly, which takes precedence.
        self._parser.Parse(self._text, True)
        if self._root is None:
            raise ValueError("there is no element")
        return self._root

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        self._declared[prefix or ""] = namespace or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise ValueError("too deep")
        start = self._parser.CurrentByteIndex
        node = Node(
            _name(name), {_name(key): value for key, value in attributes.items()}, start, _tag_end(self._text, start)
        )
        node.namespaces = self._open[-1].namespaces if self._open else {}
        if self._declared:
            node.namespaces = {**node.namespaces, **self._declared}
            self._declared = {}
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _: str) -> None:
        node = self._open.pop()
        if self._text[node.tag_end - 2 : node.tag_end] == b"/>":
            node.close, node.end = node.tag_end - 2, node.tag_end
        else:
            node.close = self._parser.CurrentByteIndex
            node.end = self._text.index(b">", node.close) + 1

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text


_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


def _tag_end(text: bytes, start: int) -> int:
    tag = _TAG.match(text, start)
    if tag is None:
        raise ValueError("an unclosed tag")
    return tag.end()


def _name(written: str) -> Name:
    namespace, _, name = written.rpartition(_SEPARATOR)
    return namespace, name


def _refuse(*_: object) -> None:
    raise ValueError("XMP must not have a document type")
