"""What detected objects say about tags.

``data/detections.tsv`` lists the tags that an object of each class implies. Boxes are evidence for the head, show where
a tag applies, and name objects that neither the vocabulary nor the classifier has a name for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.errors import InvalidSpecError
from onsight.evidence.network_outputs import log_odds
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import THING_GROUPS, Vocabulary

COLUMNS = ("class", "tags", "concept", "label")

FAINT = 0.02
"""Minimum score of a box that counts as evidence."""

MAX_BOXES = 300

COUNTS: Mapping[str, tuple[str, int]] = MappingProxyType({"people": ("person", 2), "crowd": ("person", 8)})
"""Tags that require a minimum number of objects of a class."""


@dataclass(frozen=True, slots=True)
class DetectedClass:
    """One row of the table.

    Attributes:
        label: The detector's name for the class, such as ``"couch"``.
        tags: Ids of the tags that it implies: its own and broader ones.
        concept: Id of the concept that means the same, or None.
        id: Stable id of a tag for this class, if the vocabulary has none.
        name: Displayed name, such as ``"Sofa"``; every tool uses it.
        has_own_tag: Whether the first of its tags means the same.
    """

    label: str
    tags: tuple[str, ...]
    concept: str | None
    id: str
    name: str
    has_own_tag: bool


class DetectedClasses:
    """The table.

    Attributes:
        classes: The rows by the detector's name for the class.
        covered: Ids of the tags that any object says something about.
    """

    def __init__(self, classes: Sequence[DetectedClass], vocabulary: Vocabulary) -> None:
        self.classes: Mapping[str, DetectedClass] = MappingProxyType({row.label: row for row in classes})
        self._by_name = {row.name: row.label for row in classes}
        self.covered = frozenset({tag for row in classes for tag in row.tags}) | set(COUNTS)
        self._rows = {tag: vocabulary.row_of(tag) for tag in self.covered}
        self._size = len(vocabulary)

    @classmethod
    def load(cls) -> DetectedClasses:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str, vocabulary: Vocabulary, taxonomy: Taxonomy) -> DetectedClasses:
        """Read and check a table of `COLUMNS`; lists are separated by ``|``.

        Raises:
            InvalidSpecError: A row is malformed, repeated, has no name, or refers to something that does not exist.
        """
        lines = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not lines or tuple(lines[0]) != COLUMNS:
            raise InvalidSpecError(f"The detections must start with a header with the columns {', '.join(COLUMNS)}.")
        rows = [_parse(cells, vocabulary, taxonomy) for cells in lines[1:]]
        if len({row.label for row in rows}) < len(rows):
            raise InvalidSpecError("The detections have a class more than once.")
        return cls(rows, vocabulary)

    def name(self, label: str) -> str:
        """Return the displayed name for the detector's name of a class; an unknown one is returned unchanged."""
        row = self.classes.get(label)
        return row.name if row else label

    def label(self, name: str) -> str:
        """Return the detector's name for a displayed name; an unknown name is returned unchanged."""
        return self._by_name.get(name, name)

    def scores(self, boxes: Iterable[Box]) -> NDArray[np.float32]:
        """Return the probability of each tag from the boxes alone, float32 [T]; 0 if they say nothing about it.

        A tag is as probable as its best box. A tag in `COUNTS` is as probable as that many objects, if the boxes are
        independent.
        """
        scores = np.zeros(self._size, np.float32)
        by_class: dict[str, list[float]] = {}
        for box in boxes:
            by_class.setdefault(box.label, []).append(box.score)
            for tag in self._tags(box):
                row = self._rows[tag]
                scores[row] = max(scores[row], box.score)
        for tag, (label, count) in COUNTS.items():
            scores[self._rows[tag]] = at_least(count, by_class.get(label, ()))
        return scores

    def log_odds(self, boxes: Iterable[Box]) -> NDArray[np.float32]:
        """Return the log odds of `scores`, clipped to ±4, float32 [T]."""
        return log_odds(self.scores(boxes))

    def boxes_by_tag(self, boxes: Iterable[Box]) -> dict[str, list[Box]]:
        """Return the boxes of each vocabulary tag that has any, best first."""
        found: dict[str, list[Box]] = {}
        for box in sorted(boxes, key=lambda box: -box.score):
            for tag in self._tags(box):
                found.setdefault(tag, []).append(box)
        for tag, (label, count) in COUNTS.items():
            same = [box for box in found.get(label, ()) if box.label == label]
            if len(same) >= count:
                found[tag] = same
        return found

    def _tags(self, box: Box) -> tuple[str, ...]:
        row = self.classes.get(box.label)
        return row.tags if row else ()


def at_least(count: int, probabilities: Sequence[float]) -> float:
    """Return the probability that at least ``count`` independent events happen (tail of a Poisson binomial)."""
    exactly = np.zeros(count)
    exactly[0] = 1.0
    for probability in probabilities:
        exactly[1:] = exactly[1:] * (1 - probability) + exactly[:-1] * probability
        exactly[0] *= 1 - probability
    return float(max(0.0, 1 - exactly.sum()))


def _parse(cells: Sequence[str], vocabulary: Vocabulary, taxonomy: Taxonomy) -> DetectedClass:
    if len(cells) != len(COLUMNS) or not cells[0]:
        raise InvalidSpecError(f"The detections have a malformed row: {cells!r}.")
    label, listed, concept, own_name = cells
    tags = [tag for tag in listed.split("|") if tag]
    unknown = set(tags) - set(vocabulary.ids) | ({concept} - {""} - set(taxonomy.concepts))
    if unknown:
        raise InvalidSpecError(f"The detected class {label} has unknown names: {', '.join(sorted(unknown))}.")
    # A bed is always furniture, but not always indoors.
    broader = [id for tag in tags for id in vocabulary.ancestors(tag) if vocabulary[id].group in THING_GROUPS]
    # Without a concept or a name of its own, a class means the same as its first tag.
    own_tag = vocabulary[tags[0]] if tags and not concept and not own_name else None
    name = own_name or (taxonomy.concepts[concept].label if concept else own_tag.label if own_tag else "")
    if not name:
        raise InvalidSpecError(f"The detected class {label} has no name.")
    return DetectedClass(
        label=label,
        tags=tuple(dict.fromkeys([*tags, *broader])),
        concept=concept or None,
        id=f"object_{label.replace(' ', '_')}" if own_name else own_tag.id if own_tag else concept,
        name=name,
        has_own_tag=bool(tags) and vocabulary[tags[0]].label == name,
    )


@cache
def _packaged() -> DetectedClasses:
    text = files("onsight").joinpath("data", "detections.tsv").read_text(encoding="utf-8")
    return DetectedClasses.from_tsv(text, Vocabulary.load(), Taxonomy.load())
