"""The subject of a picture from all the evidence: the classifier's answer, or a tag that describes it better.

The classifier knows a thousand classes, but not person, street or living room. Forced to choose, it names a portrait by
the clothes and a street by its traffic light. ``data/subjects.tsv`` lists the tags that replace such answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.categories import CATEGORIES
from onsight.evidence.taxonomy import Concept, Taxonomy
from onsight.evidence.vocabulary import Vocabulary

COLUMNS = ("tag", "concept", "category", "threshold", "over_categories", "over_concepts", "unless")

LIKELY = 0.5
"""Probability above which a tag in ``unless`` counts against a subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One row of the table.

    Attributes:
        tag: Id of the tag.
        row: Index of the tag in the vocabulary.
        concept: Id of the concept in the taxonomy with the same name, or None.
        label: Displayed name.
        category: Id of the picture's category.
        threshold: Probability that the tag must reach.
        over_categories: Ids of the categories whose answers it replaces.
        over_concepts: Ids of the concepts whose narrower answers it replaces.
        unless: Ids of the tags that count against it.
        priority: Priority of the tag for a person.
    """

    tag: str
    row: int
    concept: str | None
    label: str
    category: str
    threshold: float
    over_categories: frozenset[str]
    over_concepts: frozenset[str]
    unless: tuple[str, ...]
    priority: float


class Subjects:
    """The table.

    Attributes:
        rows: In its order.
    """

    def __init__(self, rows: Sequence[Subject], vocabulary: Vocabulary, taxonomy: Taxonomy) -> None:
        self.rows = tuple(rows)
        self._vocabulary = vocabulary
        self._taxonomy = taxonomy

    @classmethod
    def load(cls) -> Subjects:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str, vocabulary: Vocabulary, taxonomy: Taxonomy) -> Subjects:
        """Read and check a table of `COLUMNS`; lists are separated by ``|``.

        Raises:
            InvalidSpecError: A row is malformed, or refers to something that does not exist.
        """
        lines = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not lines or tuple(lines[0]) != COLUMNS:
            raise InvalidSpecError(f"The subjects must start with a header with the columns {', '.join(COLUMNS)}.")
        return cls([_parse(cells, vocabulary, taxonomy) for cells in lines[1:]], vocabulary, taxonomy)

    def choose(
        self, answer: Concept | None, probabilities: NDArray[np.float32] | Mapping[str, float]
    ) -> Subject | None:
        """Return the subject that describes the picture better than the answer, or None.

        Args:
            answer: The classifier's answer, or None if it is not sure.
            probabilities: Probabilities of the vocabulary's tags, float32 [T]; or those that are not 0 by id.
        """
        if isinstance(probabilities, Mapping):
            by_tag = {id: probabilities.get(id, 0.0) for id in self._vocabulary.ids}
        else:
            by_tag = dict(zip(self._vocabulary.ids, probabilities.tolist(), strict=True))
        fitting = [row for row in self.rows if self._fits(row, answer, by_tag)]
        # A meal says more than food.
        broader = {id for row in fitting for id in self._vocabulary.ancestors(row.tag)}
        fitting = [row for row in fitting if row.tag not in broader]
        return max(fitting, key=lambda row: by_tag[row.tag] * row.priority, default=None)

    def category_of(self, tag: str) -> str | None:
        """Return the category of a picture of a tag, or None if the tag is not a subject."""
        return next((row.category for row in self.rows if row.tag == tag), None)

    def _fits(self, row: Subject, answer: Concept | None, by_tag: Mapping[str, float]) -> bool:
        if by_tag[row.tag] < row.threshold or any(by_tag[tag] >= LIKELY for tag in row.unless):
            return False
        if answer is None:
            return True
        lineage = {answer.id, *self._taxonomy.ancestors(answer.id)}
        if row.concept == answer.id:
            return False
        # A horse is more specific than a mammal.
        if any(answer.id in self._taxonomy.ancestors(id) for id in self._vocabulary[row.tag].concepts):
            return True
        # A kind of the subject is more specific: a bride is a person already.
        is_kind = self._taxonomy.lineage(answer.id)[0].id == row.concept
        return bool(lineage & row.over_concepts) or (not is_kind and answer.category in row.over_categories)


def _parse(cells: Sequence[str], vocabulary: Vocabulary, taxonomy: Taxonomy) -> Subject:
    try:
        tag, concept, category, threshold, over_categories, over_concepts, unless = cells
        limit = float(threshold)
    except ValueError as error:
        raise InvalidSpecError(f"The subjects have a malformed row: {cells!r} ({error}).") from error
    lists = [frozenset(cell.split("|")) - {""} for cell in (over_categories, over_concepts, unless)]
    unknown = {tag, *lists[2]} - set(vocabulary.ids)
    unknown |= {category, *lists[0]} - set(CATEGORIES)
    unknown |= ({concept} - {""} | lists[1]) - set(taxonomy.concepts)
    if unknown or not 0 < limit < 1:
        raise InvalidSpecError(
            f"The subject {tag} has unknown names ({', '.join(sorted(unknown))}) or a bad threshold."
        )
    label = taxonomy.concepts[concept].label if concept else vocabulary[tag].label
    return Subject(
        tag=tag,
        row=vocabulary.row_of(tag),
        concept=concept or None,
        label=label,
        category=category,
        threshold=limit,
        over_categories=lists[0],
        over_concepts=lists[1],
        unless=tuple(sorted(lists[2])),
        priority=vocabulary[tag].priority,
    )


@cache
def _packaged() -> Subjects:
    text = files("onsight").joinpath("data", "subjects.tsv").read_text(encoding="utf-8")
    return Subjects.from_tsv(text, Vocabulary.load(), Taxonomy.load())
