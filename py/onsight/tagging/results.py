"""What is answered about tags besides the tags of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.results import Tag, to_json


@dataclass(frozen=True, slots=True)
class TagName:
    """A name that a person may give a tag.

    Attributes:
        id: Of the tag.
        name: Name for people, such as ``"Golden retriever"``.
        group: What kind of thing it is, such as ``"Animals"``.
        parents: Names of the broader tags that hold as well, nearest first.
        aliases: Other names that lead to it.
    """

    id: str
    name: str
    group: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagNames:
    """All names that Onsight knows.

    Attributes:
        names: Those of the vocabulary first, then more specific ones.
    """

    names: tuple[TagName, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the names as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags of a picture after a person has changed them.

    Attributes:
        tags: Those of the person first, ``"user"`` as their source; then the others in their order.
    """

    tags: tuple[Tag, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the tags as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class BegunSidecar:
    """What the sidecar of a picture begins with.

    Attributes:
        data: An XMP document in UTF-8.
    """

    data: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the document as plain data; ``data`` stays bytes."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class TagText:
    """Tags as a text.

    Attributes:
        text: To be pasted somewhere.
    """

    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the text as plain JSON data."""
        return to_json(self)
