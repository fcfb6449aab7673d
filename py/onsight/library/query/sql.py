"""SQL conditions, and how to join them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onsight.library.query.values import Bound

Bounds = tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as SQL.

    Attributes:
        condition: The WHERE clause of a query of the table ``image``.
        parameters: The values of its question marks, in order.
        ranking: Ids of pictures in the order that the query itself asks for, as ``similar:5`` does; None otherwise.
        relevance: How well each picture fits the plain words of the query, in (0, 1]; None without plain words.
    """

    condition: str
    parameters: tuple[Any, ...] = ()
    ranking: tuple[int, ...] | None = None
    relevance: Mapping[int, float] | None = None


def join(operator: str, parts: Iterable[Compiled]) -> Compiled:
    """Join conditions by ``AND`` or ``OR``; without conditions every picture matches."""
    listed = list(parts)
    if not listed:
        return Compiled("TRUE")
    return Compiled(
        f" {operator} ".join(f"({part.condition})" for part in listed),
        tuple(parameter for part in listed for parameter in part.parameters),
    )


def any_of(selects: Iterable[Compiled]) -> Compiled:
    """Return the condition that any of these statements selects a picture."""
    selects = list(selects)
    return Compiled(
        f"image.id IN ({' UNION ALL '.join(select.condition for select in selects)})",
        tuple(parameter for select in selects for parameter in select.parameters),
    )


def limit(column: str, bounds: Bounds) -> tuple[str, tuple[Any, ...]]:
    """Return the condition that a column is within bounds, and its parameters."""
    if not bounds:
        return "TRUE", ()
    return (
        " AND ".join(f"{column} {bound.operator} ?" for bound in bounds),
        tuple(bound.value for bound in bounds),
    )


def one_of(column: str, wanted: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the condition that a column has one of these values, and its parameters."""
    return f"{column} IN ({', '.join('?' * len(wanted))})", tuple(wanted)
