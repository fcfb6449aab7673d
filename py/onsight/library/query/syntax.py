"""The nodes of a query's syntax tree."""

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
        prefix: Whether a ``*`` follows, so that it also matches longer words.
        span: Its position.
        quoted: Whether it is in quotation marks, so that it matches whole, adjacent words.
        exact: Whether it must match the whole value, as in ``camera:="Canon EOS 5D"``.
    """

    text: str
    prefix: bool
    span: Span
    quoted: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a field.

    Attributes:
        field: The field's name, one of `onsight.library.query.fields.FIELDS`.
        value: The value after the colon.
        span: The position of the whole condition.
    """

    field: str
    value: Word
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """A negation."""

    item: Node


@dataclass(frozen=True, slots=True)
class And:
    """Nodes that must all match; without items, every picture matches."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Nodes of which at least one must match."""

    items: tuple[Node, ...]


Node = Word | Condition | Not | And | Or
