"""The label of a picture that agrees with its tags and its detected objects.

Classify chooses a label from one run of one network. Where the tags are settled and objects were detected, they know
more: the label must not be something that the tags deny, and it can be as specific as a sure box.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onsight.core.results import Box
from onsight.evidence.agreement import Agreement
from onsight.evidence.detected_classes import DetectedClass, DetectedClasses
from onsight.evidence.expectations import LEVELS, Expectations
from onsight.evidence.rollup import Rollup, ScoredConcept
from onsight.evidence.subject import Subject, Subjects
from onsight.evidence.vocabulary import THING_GROUPS, Vocabulary

DENIED = 0.1
"""Probability below which a tag denies the concepts that it always comes with."""

DENYING_GROUPS = THING_GROUPS | {"scene"}
"""Groups of the tags that can deny a label. A bus can be indoors."""

PLACE_CATEGORIES = frozenset({"interiors", "city", "people"})
"""Categories whose broad concepts count what is there, rather than its kinds."""

MIN_AREA = 0.02
"""Part of the picture that the boxes of an object must cover for it to be the label."""


@dataclass(frozen=True, slots=True)
class SettledTags:
    """What the tags and boxes of a picture say.

    Attributes:
        scores: Probabilities of tags by id; 0 for others.
        sure: Ids of the tags that reach their thresholds.
        boxes: The detected objects that reach their thresholds, best first.
        area: Area of the picture in pixels.
    """

    scores: Mapping[str, float]
    sure: Collection[str]
    boxes: Sequence[Box]
    area: float


@dataclass(frozen=True, slots=True)
class SettledLabel:
    """A label.

    Attributes:
        label: Displayed name.
        score: Its probability.
        category: Id of the picture's category.
        concept: Id of the concept that means the same, or None.
    """

    label: str
    score: float
    category: str
    concept: str | None


class SettledLabels:
    """Chooses labels that agree with tags and boxes."""

    def __init__(self, rollup: Rollup, subjects: Subjects, expectations: Expectations) -> None:
        self._vocabulary = Vocabulary.load()
        self._agreement = Agreement(rollup, self._vocabulary, DetectedClasses.load())
        self._subjects = subjects
        can_deny = [tag.group in DENYING_GROUPS for tag in self._vocabulary]
        self._always = (expectations.matrix >= LEVELS["always"]) & np.array(can_deny)
        self._rollup = rollup
        self._known = frozenset(concept.id for concept in rollup.concepts)

    def choose(self, answer: ScoredConcept | None, settled: SettledTags) -> SettledLabel | None:
        """Return the label, or None if nothing is sure.

        Args:
            answer: The classifier's answer, or None if it is not sure.
            settled: The tags and boxes.
        """
        if answer is not None and self.is_denied(answer, settled):
            answer = None
        concept = answer.concept if answer else None
        label, above = None, frozenset[str]()
        if subject := self._subjects.choose(concept, settled.scores):
            label = SettledLabel(subject.label, settled.scores[subject.tag], subject.category, subject.concept)
            above = self._meaning_of(subject)
        elif answer is not None:
            # The category of a broad answer depends on its parts; the classifier knows it.
            label = SettledLabel(answer.concept.label, answer.score, answer.concept.category, answer.concept.id)
            above = frozenset({answer.concept.id})
        specific = self._specific(above, settled) if label else self._largest(settled)
        return self._label_of(*specific, label) if specific else label

    def is_denied(self, answer: ScoredConcept, settled: SettledTags) -> bool:
        """Return whether the tags or boxes say that a picture cannot be of a concept.

        They do if a tag that always comes with it is improbable; if a tag or a more certain box is of another kind of
        the same thing, and none is of this one.
        """
        concept = answer.concept
        if self._agreement.veto(concept.id, self._large(settled)) > answer.score:
            return True
        always = np.flatnonzero(self._always[self._rollup.classes_of(concept.id)].all(axis=0))
        ids = (self._vocabulary.ids[row] for row in always)
        if any(settled.scores.get(tag, 0.0) < DENIED for tag in ids):
            return True
        rivals = self.rivals_of(concept.id, settled)
        shared = {above for tag in rivals for above in self._vocabulary.ancestors(tag)}
        own = {concept.id, *(tag for id in self._lineage(concept.id) if (tag := self._vocabulary.of_concept(id)))}
        return bool(rivals) and not (own - shared) & set(settled.sure)

    def rivals_of(self, concept: str, settled: SettledTags) -> list[str]:
        """Return the sure tags that mean another kind of the same thing as a concept."""
        return [
            tag
            for tag in settled.sure
            if tag in self._vocabulary
            and (known := [id for id in self._vocabulary[tag].concepts if id in self._known])
            and all(self._agreement.exclude(concept, id) for id in known)
        ]

    def _lineage(self, id: str) -> tuple[str, ...]:
        return (id, *self._rollup.taxonomy.ancestors(id))

    def _meaning_of(self, subject: Subject) -> frozenset[str]:
        """Return the ids of the tag and the concepts that a subject means."""
        return frozenset({subject.tag, *self._vocabulary[subject.tag].concepts})

    def _specific(self, above: frozenset[str], settled: SettledTags) -> tuple[DetectedClass, float] | None:
        """Return the only detected class that is a kind of the label, with its score."""
        kinds = [(row, part) for row, part in self._parts(settled) if self._is_kind(row, above)]
        return (kinds[0][0], self._score_of(kinds[0][0], settled)) if len(kinds) == 1 else None

    def _largest(self, settled: SettledTags) -> tuple[DetectedClass, float] | None:
        """Return the detected class that covers most of the picture, with its score."""
        best = max(self._parts(settled), key=lambda one: one[1], default=None)
        return (best[0], self._score_of(best[0], settled)) if best else None

    def _large(self, settled: SettledTags) -> list[Box]:
        large = {row.label for row, _ in self._parts(settled)}
        return [box for box in settled.boxes if box.label in large]

    def _parts(self, settled: SettledTags) -> list[tuple[DetectedClass, float]]:
        """Return the detected classes that are large enough, and the part of the picture that each covers."""
        covered: dict[str, float] = {}
        for box in settled.boxes:
            covered[box.label] = covered.get(box.label, 0.0) + (box.x2 - box.x1) * (box.y2 - box.y1) / settled.area
        classes = self._agreement.classes.classes
        return [(classes[label], part) for label, part in covered.items() if label in classes and part >= MIN_AREA]

    def _score_of(self, row: DetectedClass, settled: SettledTags) -> float:
        return max(box.score for box in settled.boxes if box.label == row.label)

    def _is_kind(self, row: DetectedClass, above: frozenset[str]) -> bool:
        if row.concept in above or (row.has_own_tag and row.tags[0] in above):
            return False
        if row.concept is None:
            return bool(set(row.tags) & above)
        # A tie counts towards a person but is not one; a bed is a thing, not a kind of room.
        taxonomy = self._rollup.taxonomy
        root = taxonomy.lineage(row.concept)[0]
        broader = {id for id in taxonomy.ancestors(row.concept) if taxonomy.lineage(id)[0] is root}
        return root.category not in PLACE_CATEGORIES and bool(broader & above)

    def _label_of(self, row: DetectedClass, score: float, instead_of: SettledLabel | None) -> SettledLabel:
        concept = self._rollup.taxonomy.concepts.get(row.concept or "")
        if concept is not None:
            category = concept.category
        elif instead_of is not None:
            category = instead_of.category
        else:
            broader = [id for tag in row.tags for id in (tag, *self._vocabulary.ancestors(tag))]
            category = next((one for tag in broader if (one := self._subjects.category_of(tag))), "tools")
        return SettledLabel(row.name, score, category, row.concept)
