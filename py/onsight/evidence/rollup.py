"""Roll up class probabilities to one answer, at the level that the evidence supports.

Five cat breeds at 9% each make a cat at 45%: the probability of a concept is the sum over the classes below it, each
counted once. The answer is the most specific concept that is probable enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.categories import CATEGORIES, Category
from onsight.evidence.taxonomy import Concept, Taxonomy

DEFAULT_THRESHOLD = 0.6
"""Probability that a concept needs to be the answer, unless its row says otherwise."""

MINIMUM_SCORE = 0.005
"""Minimum score of a candidate; lower ones would be shown as 0%."""

NEGLIGIBLE_SCORE = 0.001
"""Probability of each of a thousand classes without any evidence."""


@dataclass(frozen=True, slots=True)
class ScoredConcept:
    """A concept and its probability.

    Attributes:
        concept: The concept; it has a label.
        score: Probability in [0, 1].
    """

    concept: Concept
    score: float


class Rollup:
    """The taxonomy, bound to the order of one model's outputs. Created by `bind`.

    Attributes:
        taxonomy: The table.
        concepts: The N concepts with at least one of the model's outputs below them, in the table's order.
        labels: The synset id of each of the C outputs.
    """

    def __init__(self, taxonomy: Taxonomy, labels: Sequence[str]) -> None:
        self.taxonomy = taxonomy
        self.labels = tuple(labels)
        ancestors = {id: taxonomy.ancestors(id) for id in taxonomy.concepts}
        members: dict[str, list[int]] = {id: [] for id in taxonomy.concepts}
        for index, label in enumerate(labels):
            for id in (label, *ancestors[label]):
                members[id].append(index)
        self.concepts = tuple(concept for concept in taxonomy.concepts.values() if members[concept.id])
        row_of = {concept.id: row for row, concept in enumerate(self.concepts)}
        self._row_of = row_of
        self._classes = [np.array(members[concept.id], dtype=np.intp) for concept in self.concepts]
        self._members = np.concatenate(self._classes)
        self._starts = np.cumsum([0, *(len(classes) for classes in self._classes[:-1])])
        self._class_rows = np.array([row_of[label] for label in labels], dtype=np.intp)

        self._named = np.array([bool(concept.label) for concept in self.concepts])
        self._own_thresholds = np.array([concept.threshold or np.nan for concept in self.concepts])
        self._priorities = np.array([concept.priority for concept in self.concepts])
        self._ancestors = [frozenset(row_of[id] for id in ancestors[concept.id]) for concept in self.concepts]
        lineages = [taxonomy.lineage(concept.id) for concept in self.concepts]
        self._depths = [len(lineage) for lineage in lineages]
        self._roots = [row for row, concept in enumerate(self.concepts) if not concept.parents]
        self._narrower: list[list[int]] = [[] for _ in self.concepts]
        for row, concept in enumerate(self.concepts):
            for parent in concept.parents if concept.label else ():
                self._narrower[row_of[parent]].append(row)
        # A suit counts towards a person but is not one, so its path starts elsewhere. A dog is a kind of mammal.
        self._root_of = np.array([row_of[lineage[0].id] for lineage in lineages], dtype=np.intp)
        order = {id: index for index, id in enumerate(CATEGORIES)}
        self._category_of = np.array([order[concept.category] for concept in self.concepts], dtype=np.intp)

    def roll_up(self, probabilities: NDArray[Any]) -> NDArray[np.float64]:
        """Sum the probabilities of the classes below each concept.

        Args:
            probabilities: ``[..., C]`` in the order of the model's outputs.

        Returns:
            Scores ``[..., N]`` in [0, 1], in the order of :attr:`concepts`; a concept has at least the score
            of each narrower one (up to rounding).

        Raises:
            InvalidSpecError: The length of the last axis is not C.
        """
        if probabilities.shape[-1:] != (len(self.labels),):
            raise InvalidSpecError(f"Expected {len(self.labels)} probabilities, got shape {probabilities.shape}.")
        gathered = np.asarray(probabilities, dtype=np.float64)[..., self._members]
        scores: NDArray[np.float64] = np.minimum(np.add.reduceat(gathered, self._starts, axis=-1), 1.0)
        return scores

    def score_of(self, scores: NDArray[np.float64], id: str) -> float:
        """Return the score of one concept from ``scores [N]``."""
        return float(scores[self._row_of[id]])

    def classes_of(self, id: str) -> NDArray[np.intp]:
        """Return the indices of the model's outputs that count towards a concept, ascending."""
        return self._classes[self._row_of[id]].copy()

    def answer(self, scores: NDArray[np.float64], threshold: float | None = None) -> ScoredConcept | None:
        """Return the most specific concept that is probable enough, or None.

        A concept passes if it has a label and reaches its threshold. Concepts that have a narrower passing concept are
        dropped. Among the rest, the highest score × priority wins, then the longer path, then the table's order. So the
        answer is always in the branch with the probability.

        Args:
            scores: ``[N]`` from :meth:`roll_up`.
            threshold: The user's own threshold in (0, 1]: no concept passes below it, and rows with a higher threshold
                keep
            theirs. None: each row's own threshold, else :data:`DEFAULT_THRESHOLD`.
        """
        row = self._answer_row(scores, threshold)
        return None if row is None else ScoredConcept(self.concepts[row], float(scores[row]))

    def candidates(
        self, scores: NDArray[np.float64], k: int, threshold: float | None = None
    ) -> tuple[ScoredConcept, ...]:
        """Return the best candidates.

        No candidate contains another, and no probability is counted twice. Each is as broad as its evidence: a narrower
        name replaces a broader one if its share of the broader one's probability reaches its threshold. If an answer is
        broad because its kinds compete ("Dog 99%"), these are listed instead ("Labrador 40%, Beagle 38%").

        Args:
            scores: ``[N]`` from :meth:`roll_up`.
            k: Maximum number, ≥ 1; fewer are returned if the rest is below :data:`MINIMUM_SCORE`.
            threshold: As in :meth:`answer`.

        Returns:
            At most k concepts with distinct labels, highest score first.
        """
        answer = self._answer_row(scores, threshold)
        opened: set[int] = set()  # concepts that are replaced by narrower ones
        if answer is not None:
            opened |= self._ancestors[answer]
            kinds = [row for row in self._narrower[answer] if self._root_of[row] == self._root_of[answer]]
            if sum(scores[kinds]) >= DEFAULT_THRESHOLD * scores[answer]:
                opened.add(answer)
        rest = scores[self._class_rows]
        # Otherwise hundreds of classes without evidence would add up to an animal here and a tool there.
        rest[rest < NEGLIGIBLE_SCORE] = 0.0
        found: list[ScoredConcept] = []
        if answer is not None and answer not in opened:
            found.append(ScoredConcept(self.concepts[answer], float(scores[answer])))
            rest[self._classes[answer]] = 0.0
        while len(found) < k:
            current = self.roll_up(rest)
            root = max(self._roots, key=lambda row: current[row] * self._priorities[row])
            if current[root] < MINIMUM_SCORE:
                break
            row = self._narrow(current, root, opened)
            if row not in opened and current[row] >= MINIMUM_SCORE:
                found.append(ScoredConcept(self.concepts[row], float(current[row])))
                opened |= self._ancestors[row]
            rest[self._classes[row]] = 0.0
        return tuple(sorted(found, key=lambda candidate: -candidate.score))

    def category(self, scores: NDArray[np.float64], answer: ScoredConcept | None) -> Category:
        """Return the broad category of a picture.

        The category of a broad answer depends on its parts: an animal that is either a dog or a cat is a pet. Without
            an
        answer, it is the category with the highest probability, or Other if there is no such category.
        """
        rows, whole, fallback = self._class_rows, 1.0, CATEGORIES["other"]
        if answer is not None:
            row = self._row_of[answer.concept.id]
            rows = self._class_rows[self._classes[row]]
            rows = rows[self._root_of[rows] == self._root_of[row]]
            whole, fallback = answer.score, CATEGORIES[answer.concept.category]
        sums = np.bincount(self._category_of[rows], weights=scores[rows], minlength=len(CATEGORIES))
        best = int(sums.argmax())
        return tuple(CATEGORIES.values())[best] if sums[best] >= DEFAULT_THRESHOLD * whole else fallback

    def _answer_row(self, scores: NDArray[np.float64], threshold: float | None) -> int | None:
        own = self._own_thresholds
        limits = np.where(np.isnan(own), DEFAULT_THRESHOLD, own) if threshold is None else np.fmax(own, threshold)
        passing = [int(row) for row in np.flatnonzero(self._named & (scores >= limits))]
        broader = frozenset[int]().union(*(self._ancestors[row] for row in passing))
        narrowest = [row for row in passing if row not in broader]
        return max(
            narrowest,
            key=lambda row: (scores[row] * self._priorities[row], self._depths[row], -row),
            default=None,
        )

    def _narrow(self, scores: NDArray[np.float64], row: int, opened: set[int]) -> int:
        """Follow the strongest narrower name down while it dominates or the broader one is opened."""
        while self._narrower[row]:
            child = max(self._narrower[row], key=lambda child: scores[child])
            share = self.concepts[child].threshold or DEFAULT_THRESHOLD
            if scores[child] < (MINIMUM_SCORE if row in opened else share * scores[row]):
                break
            row = child
        return row


def bind(taxonomy: Taxonomy, labels: Sequence[str]) -> Rollup:
    """Bind the taxonomy to the outputs of one model; the result is cached.

    Args:
        taxonomy: The table.
        labels: The synset id of each output, in the model's order.

    Raises:
        InvalidSpecError: An output is not in the table, is a broader concept, or occurs twice.
    """
    return _bind(taxonomy, tuple(labels))


@lru_cache(maxsize=8)  # an application has one taxonomy and one classifier
def _bind(taxonomy: Taxonomy, labels: tuple[str, ...]) -> Rollup:
    broader = {parent for concept in taxonomy.concepts.values() for parent in concept.parents}
    seen: set[str] = set()
    for index, label in enumerate(labels):
        if label not in taxonomy.concepts or label in broader:
            raise InvalidSpecError(f"Output {index} of the model, {label!r}, is not a class of the taxonomy.")
        if label in seen:
            raise InvalidSpecError(f"Output {index} of the model, {label!r}, occurs twice.")
        seen.add(label)
    return Rollup(taxonomy, labels)
