"""The taxonomy: everyday names for a classifier's classes, and the thresholds for using them.

A classifier trained on ImageNet returns one of 1000 synsets such as ``n02124075`` ("Egyptian cat"). The table
``data/taxonomy.tsv`` has a name for each of them, the broader concepts it counts towards, the broad category where a
person would look for it, and the probability that it needs to be the answer. `onsight.evidence.rollup` binds the table
to the order of one model's outputs and sums their probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from types import MappingProxyType

from onsight.errors import InvalidSpecError
from onsight.evidence.categories import CATEGORIES, Category

COLUMNS = ("id", "label", "aliases", "parents", "category", "threshold", "priority")
DEFAULT_PRIORITY = 1.0


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of the table.

    Attributes:
        id: WordNet 3.0 synset id of a class (``"n02124075"``), or our own identifier of a broader concept
        (``"cat"``).
        label: Displayed name in sentence case; empty if nobody uses the class's name: the class then counts as its
            first
        parent.
        aliases: Other names, for search.
        parents: Ids of the broader concepts that this one counts towards; the first is shown in the path.
        category: Id of the category; by default that of the first parent.
        threshold: Probability in (0, 1] that it needs to be the answer, or None for the default.
        priority: How much it matters to a person, > 0; by default that of the first parent, or 1 for a root.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    parents: tuple[str, ...]
    category: str
    threshold: float | None
    priority: float


class Taxonomy:
    """The taxonomy as a directed acyclic graph of concepts.

    Attributes:
        concepts: The rows by id, in the table's order.
    """

    concepts: Mapping[str, Concept]

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = MappingProxyType({concept.id: concept for concept in concepts})

    @classmethod
    def load(cls) -> Taxonomy:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str) -> Taxonomy:
        """Read and check a table.

        Args:
            text: Tab-separated rows under a header with the names of :data:`COLUMNS`. Lists are separated by
                ``|``. Empty lines and lines that start with ``#`` are skipped. Rows can be in any order.

        Raises:
            InvalidSpecError: A row is malformed or contradicts another; the message names the line.
        """
        lines = [
            (number, line.split("\t"))
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.startswith("#")
        ]
        if not lines or tuple(lines[0][1]) != COLUMNS:
            raise InvalidSpecError(f"The taxonomy must start with a header with the columns {', '.join(COLUMNS)}.")
        rows: dict[str, Concept] = {}
        names: dict[str, str] = {}
        numbers: dict[str, int] = {}
        for number, cells in lines[1:]:
            row = _parse_row(number, cells)
            if row.id in rows:
                raise _error(number, row.id, f"line {numbers[row.id]} has the same id")
            if row.label and row.label.casefold() in names:
                other = names[row.label.casefold()]
                raise _error(number, row.id, f"{other!r} has the same label {row.label!r}")
            names[row.label.casefold()] = row.id
            rows[row.id], numbers[row.id] = row, number
        return cls(list(_resolve(rows, numbers)))

    def __getitem__(self, id: str) -> Concept:
        """Return the concept with this id; KeyError if there is none."""
        return self.concepts[id]

    def ancestors(self, id: str) -> tuple[str, ...]:
        """Return the ids of all broader concepts, each once, nearest first, first parents before others."""
        found: dict[str, None] = {}
        pending = [id]
        while pending:
            parents = [parent for child in pending for parent in self.concepts[child].parents if parent not in found]
            found.update(dict.fromkeys(parents))
            pending = list(dict.fromkeys(parents))
        return tuple(found)

    def lineage(self, id: str) -> tuple[Concept, ...]:
        """Return the concept and its first parents, broadest first."""
        chain = [self.concepts[id]]
        while chain[-1].parents:
            chain.append(self.concepts[chain[-1].parents[0]])
        return tuple(reversed(chain))

    def path(self, id: str) -> tuple[str, ...]:
        """Return the labels on the path to a concept, such as ``("Animal", "Dog", "Golden retriever")``."""
        return tuple(concept.label for concept in self.lineage(id) if concept.label)

    def named(self, id: str) -> Concept:
        """Return the concept, or its nearest first parent with a label if it has none."""
        return next(concept for concept in reversed(self.lineage(id)) if concept.label)

    def category_of(self, id: str) -> Category:
        """Return the broad category of a concept."""
        return CATEGORIES[self.concepts[id].category]


@cache
def _packaged() -> Taxonomy:
    table = resources.files("onsight").joinpath("data/taxonomy.tsv")
    return Taxonomy.from_tsv(table.read_text(encoding="utf-8"))


def _error(line: int, id: str, problem: str) -> InvalidSpecError:
    return InvalidSpecError(f"Taxonomy, line {line} ({id}): {problem}.", detail={"line": line, "id": id})


def _parse_row(line: int, cells: Sequence[str]) -> Concept:
    """Return a row as written; _resolve fills in inherited values (category "", priority 0)."""
    id = cells[0]
    # Editors trim tabs at the end of a line, which loses nothing.
    if len(cells) > len(COLUMNS):
        raise _error(line, id, f"there are {len(cells)} cells, but at most {len(COLUMNS)} columns")
    cells = [*cells, *[""] * (len(COLUMNS) - len(cells))]
    if any(cell != cell.strip() for cell in cells):
        raise _error(line, id, "a cell starts or ends with white space")
    _, label, aliases, parents, category, threshold, priority = cells
    if not id:
        raise _error(line, id, "the id is empty")
    if category and category not in CATEGORIES:
        raise _error(line, id, f"the category {category!r} is not one of {', '.join(CATEGORIES)}")
    if not label and (not parents or category or threshold or priority):
        raise _error(line, id, "a row without a label counts as its first parent and cannot have its own rules")
    return Concept(
        id=id,
        label=label,
        aliases=_parse_list(line, id, "aliases", aliases),
        parents=_parse_list(line, id, "parents", parents),
        category=category,
        threshold=_parse_number(line, id, "threshold", threshold, 1.0) if threshold else None,
        priority=_parse_number(line, id, "priority", priority, math.inf) if priority else 0.0,
    )


def _parse_list(line: int, id: str, column: str, cell: str) -> tuple[str, ...]:
    items = tuple(cell.split("|")) if cell else ()
    if len(set(items)) < len(items) or any(not item or item != item.strip() for item in items):
        raise _error(line, id, f"{column} {cell!r} has an empty, padded or repeated item")
    return items


def _parse_number(line: int, id: str, column: str, cell: str, highest: float) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not (0 < number <= highest and math.isfinite(number)):
        limit = f"in (0, {highest:g}]" if math.isfinite(highest) else "above 0"
        raise _error(line, id, f"the {column} {cell!r} is not a number {limit}")
    return number


def _resolve(rows: Mapping[str, Concept], numbers: Mapping[str, int]) -> Iterator[Concept]:
    """Check the graph and yield the rows in order, with category and priority filled in."""
    for row in rows.values():
        for parent in row.parents:
            if parent not in rows:
                raise _error(numbers[row.id], row.id, f"the parent {parent!r} is not in the table")
            if not rows[parent].label:
                raise _error(numbers[row.id], row.id, f"the parent {parent!r} has no label")
    try:
        order = tuple(TopologicalSorter({row.id: row.parents for row in rows.values()}).static_order())
    except CycleError as error:
        cycle: list[str] = error.args[1]
        raise _error(numbers[cycle[0]], cycle[0], f"the parents form a cycle: {' > '.join(cycle)}") from error
    resolved: dict[str, Concept] = {}
    for id in order:  # parents before children
        row = rows[id]
        first = resolved[row.parents[0]] if row.parents else None
        if not row.category and first is None:
            raise _error(numbers[id], id, "a row without parents must name its category")
        resolved[id] = replace(
            row,
            category=row.category or (first.category if first else ""),
            priority=row.priority or (first.priority if first else DEFAULT_PRIORITY),
        )
    yield from (resolved[id] for id in rows)
