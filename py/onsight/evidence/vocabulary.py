"""The vocabulary: the tags that the head is trained for, as a table that people can read and edit.

``data/vocabulary.tsv`` gives each tag a stable id, a displayed name, a group, the broader tags that it implies, the
concepts in the taxonomy that it covers, and how much it matters to a person. A concept with the tag's name means the
same. If there is none, the tag covers several things, like Hat and Helmet below Headwear.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from types import MappingProxyType

from onsight.errors import InvalidSpecError

COLUMNS = ("id", "label", "group", "parents", "concepts", "priority", "aliases", "definition")

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "people": "People",
        "activities": "Activities",
        "animals": "Animals",
        "objects": "Objects",
        "food": "Food & drink",
        "vehicles": "Vehicles",
        "scene": "Place",
        "setting": "Setting",
        "elements": "Elements",
        "concepts": "Concepts",
        "colours": "Colours",
        "style": "Photo style",
        "own": "Own tags",
    }
)
"""Names of the groups by id, in the order in which the page lists them."""

THING_GROUPS = frozenset({"people", "animals", "objects", "food", "vehicles"})
"""Groups of things that a picture contains, unlike places, light or style."""


@dataclass(frozen=True, slots=True)
class VocabularyTag:
    """One row of the table.

    Attributes:
        id: Stable id, lower case with underscores.
        label: Displayed name, sentence case.
        group: One of `GROUPS`.
        parents: Ids of the broader tags that it implies.
        concepts: Ids of the concepts in the taxonomy that it covers: the same thing or, under another name, a part.
        priority: How much it matters to a person, > 0.
        aliases: Other names, for search and completion.
        definition: A sentence that says when it applies.
    """

    id: str
    label: str
    group: str
    parents: tuple[str, ...]
    concepts: tuple[str, ...]
    priority: float
    aliases: tuple[str, ...]
    definition: str


class Vocabulary:
    """The tags in the order of the head's outputs.

    Attributes:
        tags: The rows by id.
    """

    tags: Mapping[str, VocabularyTag]

    def __init__(self, tags: Sequence[VocabularyTag]) -> None:
        self.tags = MappingProxyType({tag.id: tag for tag in tags})
        self._rows = {tag.id: row for row, tag in enumerate(tags)}
        self._of_concept = {concept: tag.id for tag in tags for concept in tag.concepts}

    @classmethod
    def load(cls) -> Vocabulary:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str) -> Vocabulary:
        """Read and check a table.

        Args:
            text: Tab-separated rows under a header with the names of `COLUMNS`. Lists are separated by ``|``.
                Empty lines and lines that start with ``#`` are skipped.

        Raises:
            InvalidSpecError: A row is malformed or contradicts another one; the message names the line.
        """
        lines = [
            (number, line.split("\t"))
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.startswith("#")
        ]
        if not lines or tuple(lines[0][1]) != COLUMNS:
            raise InvalidSpecError(f"The vocabulary must start with a header with the columns {', '.join(COLUMNS)}.")
        tags = [_parse_row(number, cells) for number, cells in lines[1:]]
        _check(tags)
        return cls(tags)

    def __len__(self) -> int:
        """Return the number of tags, T."""
        return len(self.tags)

    def __iter__(self) -> Iterator[VocabularyTag]:
        """Iterate over the tags in the order of the head's outputs."""
        return iter(self.tags.values())

    def __getitem__(self, id: str) -> VocabularyTag:
        """Return the tag with this id; KeyError if there is none."""
        return self.tags[id]

    def __contains__(self, id: object) -> bool:
        """Return whether there is a tag with this id."""
        return id in self.tags

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the order of the head's outputs."""
        return tuple(self.tags)

    def row_of(self, id: str) -> int:
        """Return the index of a tag in the head's outputs."""
        return self._rows[id]

    def ancestors(self, id: str) -> tuple[str, ...]:
        """Return the ids of all broader tags, each once, nearest first."""
        found: dict[str, None] = {}
        pending = [id]
        while pending:
            pending = [parent for child in pending for parent in self.tags[child].parents if parent not in found]
            found.update(dict.fromkeys(pending))
        return tuple(found)

    @cached_property
    def rows_above(self) -> tuple[tuple[int, list[int]], ...]:
        """For each tag with broader tags, its row and theirs."""
        above = ((self._rows[id], [self._rows[other] for other in self.ancestors(id)]) for id in self.tags)
        return tuple((row, others) for row, others in above if others)

    def of_concept(self, concept: str) -> str | None:
        """Return the id of the tag that covers a concept in the taxonomy, or None."""
        return self._of_concept.get(concept)


def _parse_row(line: int, cells: list[str]) -> VocabularyTag:
    if len(cells) != len(COLUMNS):
        raise _error(line, f"{len(cells)} cells, expected {len(COLUMNS)}")
    id, label, group, parents, concepts, priority, aliases, definition = cells
    if not id or not id.replace("_", "a").isalnum() or id != id.lower():
        raise _error(line, f"the id {id!r} may only have lower-case letters, digits and underscores")
    if not label or label != label.strip() or not definition.strip():
        raise _error(line, f"{id} has no label or no definition")
    if group not in GROUPS:
        raise _error(line, f"{id} has the unknown group {group!r}")
    return VocabularyTag(
        id=id,
        label=label,
        group=group,
        parents=_parse_list(line, parents),
        concepts=_parse_list(line, concepts),
        priority=_parse_priority(line, priority),
        aliases=_parse_list(line, aliases),
        definition=definition,
    )


def _parse_list(line: int, cell: str) -> tuple[str, ...]:
    items = tuple(cell.split("|")) if cell else ()
    if len(set(items)) < len(items) or any(not item or item != item.strip() for item in items):
        raise _error(line, f"{cell!r} has an empty, padded or repeated item")
    return items


def _parse_priority(line: int, cell: str) -> float:
    try:
        priority = float(cell)
    except ValueError:
        priority = math.nan
    if not 0 < priority < math.inf:
        raise _error(line, f"the priority {cell!r} is not a number above 0")
    return priority


def _check(tags: Sequence[VocabularyTag]) -> None:
    """Check the references between rows."""
    for what, names in (
        ("id", [tag.id for tag in tags]),
        ("label", [tag.label.casefold() for tag in tags]),
        ("concept", [concept for tag in tags for concept in tag.concepts]),
    ):
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise InvalidSpecError(f"The vocabulary has the {what} {', '.join(repeated)} more than once.")
    parents = {tag.id: tag.parents for tag in tags}
    if unknown := sorted({parent for row in parents.values() for parent in row} - set(parents)):
        raise InvalidSpecError(f"The vocabulary has no tag {', '.join(unknown)}, which is named as a parent.")
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        raise InvalidSpecError(f"The vocabulary's parents form a cycle: {' > '.join(error.args[1])}.") from error


def _error(line: int, message: str) -> InvalidSpecError:
    return InvalidSpecError(f"The vocabulary is wrong on line {line}: {message}.", detail={"line": line})


@cache
def _packaged() -> Vocabulary:
    return Vocabulary.from_tsv(files("onsight").joinpath("data", "vocabulary.tsv").read_text(encoding="utf-8"))
