"""Specific objects: the classifier's classes, at the level that the evidence supports.

The vocabulary has "musical instrument"; the classifier may know that it is a cello. Its classes are rolled up the
taxonomy. Each branch gives one name: the most specific one that is certain enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.evidence.names import NameEvidence, NameWeights
from onsight.evidence.rollup import Rollup
from onsight.evidence.taxonomy import Concept
from onsight.evidence.vocabulary import THING_GROUPS, Vocabulary

SURE = 0.6
"""Score from which a specific name is preferred to a broader one, and shown."""

FLOOR = 0.15
"""Names with a lower score are left out."""

MAX_OBJECTS = 8
"""Number of names for a picture at most."""

LAND_CATEGORIES = frozenset({"plants", "landscapes", "water"})
"""The classifier's categories of things that are elements of a scene."""


@dataclass(frozen=True, slots=True)
class NamedObject:
    """Something specific in the picture.

    Attributes:
        concept: Its concept in the taxonomy.
        score: Probability in [0, 1].
        threshold: Probability from which it is shown.
    """

    concept: Concept
    score: float
    threshold: float


class ObjectNamer:
    """Names the objects that the classifier sees and the vocabulary has no name for.

    Attributes:
        rollup: Maps classes to concepts.
        vocabulary: The tags; a concept that means the same as a tag, or a place that a tag covers, is not named here.
        evidence: Converts what the networks say to evidence for names.
        named: Whether each of the roll-up's concepts is named here, bool [N].
    """

    def __init__(self, rollup: Rollup, vocabulary: Vocabulary, weights: NameWeights) -> None:
        self.rollup = rollup
        self.vocabulary = vocabulary
        self.evidence = NameEvidence(rollup, vocabulary)
        self._weights = np.array(weights.weights)
        self._priors = np.array([weights.bias + weights.priors.get(concept.id, 0.0) for concept in rollup.concepts])
        labels = {tag.label.casefold() for tag in vocabulary}
        taxonomy = rollup.taxonomy
        self._ancestors = [frozenset(taxonomy.ancestors(concept.id)) for concept in rollup.concepts]
        self.named = np.array(
            [
                bool(concept.label) and concept.label.casefold() not in labels and self._is_more_specific(concept)
                for concept in rollup.concepts
            ]
        )

    def name(
        self,
        probabilities: NDArray[np.float32],
        average_place: NDArray[np.float32],
        tags: NDArray[np.float32],
        boxes: Iterable[Box] | None = None,
    ) -> tuple[NamedObject, ...]:
        """Return the objects, at most one name for each branch of the taxonomy, most probable first.

        Args:
            probabilities: Class probabilities for the whole picture, float32 [C].
            average_place: Class probabilities averaged over all places, float32 [C].
            tags: Probabilities of the vocabulary's tags, float32 [T].
            boxes: Detected objects, or None without detection.
        """
        best = None if boxes is None else self.evidence.best_scores(boxes)
        features = self.evidence.features(probabilities, average_place, tags, best)
        scores = 1 / (1 + np.exp(-(self._priors + features @ self._weights)))
        rows = [int(row) for row in np.flatnonzero(self.named & (scores >= FLOOR))]
        concepts, found = self.rollup.concepts, []
        taken: list[int] = []
        # Names that reach their threshold come first, the most specific of them before the others.
        rows.sort(key=lambda row: (scores[row] < self._threshold(row), -len(self._ancestors[row]), -scores[row]))
        for row in rows:
            is_related = any(
                concepts[row].id in self._ancestors[other] or concepts[other].id in self._ancestors[row]
                for other in taken
            )
            if not is_related:
                taken.append(row)
                found.append(NamedObject(concepts[row], float(scores[row]), self._threshold(row)))
        found.sort(key=lambda named: -named.score)
        return tuple(found[:MAX_OBJECTS])

    def parents(self, concept: Concept) -> tuple[str, ...]:
        """Return the ids of a concept's broader tags in the vocabulary, nearest first."""
        found: dict[str, None] = {}
        for id in (concept.id, *self.rollup.taxonomy.ancestors(concept.id)):
            tag = self.vocabulary.of_concept(id)
            if tag is not None and self.vocabulary[tag].label != concept.label:
                found.update(dict.fromkeys((tag, *self.vocabulary.ancestors(tag))))
        return tuple(found)

    def group(self, concept: Concept) -> str:
        """Return the id of a concept's group: the group of its nearest broader thing, otherwise one by its category."""
        groups = [self.vocabulary[id].group for id in self.parents(concept)]
        fallback = "elements" if concept.category in LAND_CATEGORIES else "objects"
        return next((group for group in groups if group in THING_GROUPS), fallback)

    def _is_more_specific(self, concept: Concept) -> bool:
        """Return whether a concept says more than the tag that covers it, as Hat says more than Headwear."""
        if concept.id in self.vocabulary:
            return False  # Food & drink, which would have the same id as Food
        id = self.vocabulary.of_concept(concept.id)
        if id is None:
            return True
        tag, concepts = self.vocabulary[id], self.rollup.taxonomy.concepts
        has_own_name = any(concepts[covered].label == tag.label for covered in tag.concepts)
        return tag.group in THING_GROUPS and not has_own_name

    def _threshold(self, row: int) -> float:
        # A concept that needs more evidence than others to be a label needs it here, too.
        return max(SURE, self.rollup.concepts[row].threshold or 0.0)
