"""What a query is made of."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.errors import InvalidQueryError


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the query's text.

    Attributes:
        position: Index of its first character.
        length: Number of its characters.
    """

    position: int
    length: int

    def error(self, message: str) -> InvalidQueryError:
        """Return an error that points at this part."""
        return InvalidQueryError(message, detail={"position": self.position, "length": self.length})


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a quoted phrase.

    Attributes:
        text: As written, without quotes and without the ``*``.
        prefix: Whether it only begins what is looked for.
        span: Where it stands.
        quoted: Whether it is in quotation marks: its words are then whole words, side by side.
        exact: Whether exactly this text is meant, as in ``camera:="Canon EOS 5D"``.
    """

    text: str
    prefix: bool
    span: Span
    quoted: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A field and what is wanted of it.

    Attributes:
        field: Its name, one of `onsight.library.query.fields.FIELDS`.
        value: What stands behind the colon, as a word.
        span: Where the whole condition stands.
    """

    field: str
    value: Word
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    item: Node


@dataclass(frozen=True, slots=True)
class And:
    """What must hold together; nothing at all holds for every picture."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Of which one must hold."""

    items: tuple[Node, ...]


Node = Word | Condition | Not | And | Or
