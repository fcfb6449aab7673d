"""Which things cannot be the same thing: a goat is not a dog, and a living room is not a restaurant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.evidence.detected_classes import DetectedClass, DetectedClasses
from onsight.evidence.rollup import Rollup
from onsight.evidence.vocabulary import Vocabulary

FAMILIES = frozenset({"animal", "vehicle"})
"""Concepts at the top of the taxonomy whose kinds exclude each other. A meal may contain a vegetable."""

ROOMS = frozenset({"living_room", "bedroom", "bathroom", "kitchen", "workspace", "n04081281"})
"""Rooms that exclude each other; the last one is a restaurant."""


class Agreement:
    """How the N concepts of a roll-up are related to one another and to the K detected classes.

    Attributes:
        rollup: The concepts.
        classes: The detected classes.
    """

    def __init__(self, rollup: Rollup, vocabulary: Vocabulary, classes: DetectedClasses) -> None:
        self.rollup = rollup
        self.classes = classes
        self._vocabulary = vocabulary
        taxonomy = rollup.taxonomy
        self._family = {id: taxonomy.lineage(id)[0].id for id in taxonomy.concepts}
        self._families = np.array([self._family[concept.id] for concept in rollup.concepts])
        self._columns = {label: column for column, label in enumerate(classes.classes)}
        self._rows = {concept.id: row for row, concept in enumerate(rollup.concepts)}

    @cached_property
    def supports(self) -> NDArray[np.bool_]:
        """Whether a concept is the same as a detected class or a kind of it, bool [N, K]."""
        column = {row.concept: index for index, row in enumerate(self.classes.classes.values()) if row.concept}
        related = np.zeros((len(self.rollup.concepts), len(self.classes.classes)), bool)
        for row, concept in enumerate(self.rollup.concepts):
            for id in (concept.id, *self.rollup.taxonomy.ancestors(concept.id)):
                if id in column:
                    related[row, column[id]] = True
        return related

    @cached_property
    def rivals(self) -> NDArray[np.bool_]:
        """Whether nothing can be both a concept and an object of a detected class, bool [N, K]."""
        return np.stack([self._rivals_of(row) for row in self.classes.classes.values()], axis=1)

    def excluded_by(self, concept: str) -> NDArray[np.bool_]:
        """Return whether nothing can be both a concept and each of the roll-up's concepts, bool [N].

        Args:
            concept: Id of a concept.
        """
        if concept in ROOMS:
            return np.array([other.id in ROOMS - {concept} for other in self.rollup.concepts])
        family = self._family[concept]
        if family not in FAMILIES or concept not in self._rows:
            return np.zeros(len(self.rollup.concepts), bool)
        wanted = np.zeros(len(self.rollup.labels))
        wanted[self.rollup.classes_of(concept)] = 1
        excluded: NDArray[np.bool_] = (self._families == family) & (self.rollup.roll_up(wanted) == 0)
        return excluded

    def exclude(self, one: str, other: str) -> bool:
        """Return whether nothing can be both of two concepts; each is in the roll-up."""
        return bool(self.excluded_by(one)[self._rows[other]])

    def veto(self, concept: str, boxes: Iterable[Box]) -> float:
        """Return the best score of a box that excludes a concept; 0 if there is none, or if a box is of the concept.

        Args:
            concept: Id of a concept of the roll-up.
            boxes: Detected objects.
        """
        row, best = self._rows[concept], 0.0
        for box in boxes:
            column = self._columns.get(box.label)
            if column is None:
                continue
            if self.supports[row, column] or self._is_part(self.classes.classes[box.label], concept):
                return 0.0
            if self.rivals[row, column]:
                best = max(best, box.score)
        return best

    def _is_part(self, kind: DetectedClass, concept: str) -> bool:
        """Return whether a detected class is a kind of a concept."""
        return kind.concept is not None and concept in self.rollup.taxonomy.ancestors(kind.concept)

    def _rivals_of(self, row: DetectedClass) -> NDArray[np.bool_]:
        if row.concept:
            return self.excluded_by(row.concept)
        # The classifier has no class for a giraffe or a carrot. Only a broader concept can be the same thing.
        covering = {id for tag in row.tags for id in self._vocabulary[tag].concepts}
        covering |= {above for id in covering for above in self.rollup.taxonomy.ancestors(id)}
        families = sorted({self._family[id] for id in covering} & FAMILIES)
        rivals = np.isin(self._families, families)
        rivals[[self._rows[id] for id in covering if id in self._rows]] = False
        return rivals
