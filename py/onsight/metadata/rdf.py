"""Find lists in the text of an RDF document, so that items can be inserted without changing anything else."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from onsight.core.texts import text
from onsight.errors import InvalidSidecarError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

SEPARATOR = " "
"""Separates a namespace from a name; namespaces contain no spaces."""

_TAG = re.compile(rb"<([^\s/>]+)(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")


@dataclass(frozen=True, slots=True)
class Element:
    """An element whose tag is open, or the one that was just closed.

    Attributes:
        name: Namespace, `SEPARATOR` and name.
        written: Its name as written, with a prefix.
        start: Offset of its content, in bytes.
        ends_itself: Whether its tag has the form ``<a/>``.
    """

    name: str
    written: bytes
    start: int
    ends_itself: bool


@dataclass(slots=True)
class FoundList:
    """A list in a document.

    Attributes:
        container: The element that contains the items.
        end: End of the last item, or start of the content if there is none, in bytes.
        before_item: White space before an item.
        items: The texts of the items.
    """

    container: Element
    end: int
    before_item: bytes = b""
    items: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """The result of a search in a document.

    Attributes:
        root: ``rdf:RDF``, or None.
        root_end: End of its content, in bytes.
        about: The subject of its descriptions; it must be the same in all of them.
        lists: The lists by property; a property can have several.
        others: Properties that exist but are not lists.
    """

    root: Element | None = None
    root_end: int = 0
    about: str = ""
    lists: dict[str, list[FoundList]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def items(self, name: str) -> list[str]:
        """Return the items of a property."""
        return [item for found in self.lists.get(name, ()) for item in found.items]


def find(text: bytes, properties: Collection[str]) -> Found:
    """Find properties of the document's subject.

    Args:
        text: The document in UTF-8, without a byte order mark; its declared encoding is ignored.
        properties: Namespace, `SEPARATOR` and name of each.

    Raises:
        InvalidSidecarError: It is not well-formed, or has a document type.
    """
    return _Finder(text, properties).find()


def _rdf(name: str) -> str:
    return f"{RDF}{SEPARATOR}{name}"


_CONTAINERS = frozenset(map(_rdf, ("Bag", "Seq", "Alt")))
_DEPTH_OF_DESCRIPTION, _DEPTH_OF_PROPERTY, _DEPTH_OF_CONTAINER, _DEPTH_OF_ITEM = 1, 2, 3, 4
"""Below ``rdf:RDF``."""


class _Finder:
    def __init__(self, text: bytes, properties: Collection[str]) -> None:
        self._text = text
        self._properties = properties
        self._found = Found()
        self._open: list[Element] = []
        self._root_depth: int | None = None
        self._list: FoundList | None = None
        self._item = ""

    def find(self) -> Found:
        parser = expat.ParserCreate("utf-8", SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.StartElementHandler = lambda name, attributes: self._start(name, attributes, parser.CurrentByteIndex)
        parser.EndElementHandler = lambda _: self._end(parser.CurrentByteIndex)
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(self._text, True)
        except expat.ExpatError as error:
            raise InvalidSidecarError(text("The XMP is broken ({error}).", error=error)) from error
        return self._found

    @property
    def _depth(self) -> int | None:
        """Depth of the innermost open element below ``rdf:RDF``; None outside of it."""
        return None if self._root_depth is None else len(self._open) - 1 - self._root_depth

    def _start(self, name: str, attributes: dict[str, str], here: int) -> None:
        tag = _TAG.match(self._text, here)
        if tag is None:
            raise InvalidSidecarError(text("The XMP is written in a form to which nothing can be added."))
        element = Element(name, tag[1], tag.end(), bool(tag[2]))
        self._open.append(element)
        if name == _rdf("RDF") and self._found.root is None:
            self._found.root = element
            self._root_depth = len(self._open) - 1
        elif self._depth == _DEPTH_OF_DESCRIPTION:
            self._found.about = self._found.about or attributes.get(_rdf("about"), attributes.get("about", ""))
            self._found.others.update(set(attributes) & set(self._properties))
        elif self._depth == _DEPTH_OF_PROPERTY and name in self._properties:
            self._found.others.add(name)  # until its list is found
        elif self._depth == _DEPTH_OF_CONTAINER and self._open[-2].name in self._properties and name in _CONTAINERS:
            self._list = FoundList(element, element.start)
            self._found.lists.setdefault(self._open[-2].name, []).append(self._list)
            self._found.others.discard(self._open[-2].name)
        elif self._depth == _DEPTH_OF_ITEM and self._list:
            between = self._text[self._list.container.start : here]
            if not self._list.items and not between.strip():
                self._list.before_item = between
            self._item = ""

    def _end(self, here: int) -> None:
        element = self._open[-1]
        if self._depth == _DEPTH_OF_ITEM and self._list:
            self._list.items.append(self._item.strip())
            self._list.end = element.start if element.ends_itself else self._text.index(b">", here) + 1
        elif self._depth == _DEPTH_OF_CONTAINER:
            self._list = None
        elif self._depth == 0:
            self._found.root_end = element.start if element.ends_itself else here
            self._root_depth = None
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._depth == _DEPTH_OF_ITEM and self._list:
            self._item += text


def _refuse_document_type(*_: object) -> None:
    # XMP never has one. Its entities could expand without limit or read other files.
    raise InvalidSidecarError(text("The XMP contains a document type declaration, which is not allowed."))
