"""Reads properties out of XMP by parsing it, whatever form of RDF it has.

A property can be an attribute, an element with text, or a list; a structure can be nested in either. What is looked up
here is looked up by namespace and name, so prefixes and wrappers do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from onsight.metadata.rdf import RDF, SEPARATOR

MAX_BYTES = 8 << 20
"""Larger packets are not read: they hold pictures, not what a person wrote."""

MAX_DEPTH = 100

_LANGUAGE = f"http://www.w3.org/XML/1998/namespace{SEPARATOR}lang"
_DESCRIPTION, _ITEM = f"{RDF}{SEPARATOR}Description", f"{RDF}{SEPARATOR}li"
_CONTAINERS = tuple(f"{RDF}{SEPARATOR}{name}" for name in ("Bag", "Seq", "Alt"))


@dataclass(slots=True)
class _Node:
    name: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of an XMP packet.

    Attributes:
        _nodes: The elements that hold properties.
    """

    _nodes: tuple[_Node, ...] = ()

    def texts(self, namespace: str, name: str) -> list[str]:
        """Return the values of a property: one of a simple property, several of a list.

        Args:
            namespace: The namespace; a slash at its end does not matter.
            name: Name of the property.
        """
        return [text for text, _ in self._values(namespace, name)]

    def text(self, namespace: str, name: str) -> str | None:
        """Return the value of a property, in the default language if it has several; None if there is none."""
        values = self._values(namespace, name)
        default = next((text for text, language in values if language == "x-default"), None)
        return default or (values[0][0] if values else None)

    def texts_anywhere(self, namespace: str, name: str) -> list[str]:
        """Return the values of a field of structures, in the order of the document, at any depth."""
        found: list[str] = []

        def look(node: _Node) -> None:
            found.extend(text for key, text in node.attributes.items() if _same(key, namespace, name) and text.strip())
            if _same(node.name, namespace, name) and node.text.strip():
                found.append(node.text.strip())
            for child in node.children:
                look(child)

        for node in self._nodes:
            look(node)
        return found

    def _values(self, namespace: str, name: str) -> list[tuple[str, str]]:
        """Return texts with their languages."""
        found: list[tuple[str, str]] = []
        for node in self._nodes:
            found += [(text, "") for key, text in node.attributes.items() if _same(key, namespace, name)]
            for child in node.children:
                if not _same(child.name, namespace, name):
                    continue
                containers = [one for one in child.children if one.name in _CONTAINERS]
                if containers:
                    items = [item for container in containers for item in container.children if item.name == _ITEM]
                    found += [(item.text, item.attributes.get(_LANGUAGE, "")) for item in items]
                else:
                    found.append((child.text, child.attributes.get(_LANGUAGE, "")))
        return [(text.strip(), language) for text, language in found if text.strip()]


def read_properties(packet: bytes) -> Properties:
    """Return the properties of an XMP packet; of one that is damaged none.

    Args:
        packet: In UTF-8, or with a byte order mark in UTF-16 or UTF-32; with or without a wrapper.
    """
    text = _text(packet)
    begin, end = text.find("<"), text.rfind(">") + 1
    if begin < 0 or len(text) > MAX_BYTES:
        return Properties()
    root = _Node("", {})
    parents = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(parents) > MAX_DEPTH:
            raise ValueError("The XMP is nested too deeply.")
        node = _Node(name, attributes)
        parents[-1].children.append(node)
        parents.append(node)

    def characters(text: str) -> None:
        parents[-1].text += text

    def refuse(*_: object) -> None:
        raise ValueError("XMP has no document type.")

    parser = expat.ParserCreate("utf-8", SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: parents.pop()
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(text[begin:end].encode("utf-8", "replace"), True)
    except (expat.ExpatError, ValueError):
        return Properties()
    return Properties(tuple(_descriptions(root)))


def _descriptions(root: _Node) -> list[_Node]:
    """Return the outermost descriptions, or typed nodes, below ``rdf:RDF``."""
    if root.name == f"{RDF}{SEPARATOR}RDF":
        return root.children
    return [found for child in root.children for found in _descriptions(child)]


def _text(packet: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if packet.startswith(mark):
            return packet[len(mark) :].decode(encoding, "replace")
    try:
        return packet.decode()
    except UnicodeDecodeError:
        return packet.decode("latin-1")


def _same(key: str, namespace: str, name: str) -> bool:
    space, _, local = key.rpartition(SEPARATOR)
    return local == name and space.rstrip("/") == namespace.rstrip("/")
