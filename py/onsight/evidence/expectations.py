"""What a picture of each of the classifier's classes usually shows: knowledge that needs no training pictures.

``data/expectations.tsv`` lists which tags always, usually and sometimes apply to each class: a picture of a stopwatch
shows a clock; a picture of a gondola shows water, a boat and often a city. Half the vocabulary's tags have fewer than
30 examples in the training pictures; for them this table is the better half of the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.vocabulary import Vocabulary

LEVELS = {"always": 0.95, "usually": 0.5, "sometimes": 0.1}
"""Probability of each column in the table."""

COLUMNS = ("id", "name", *LEVELS)


class Expectations:
    """The table tied to the order of a model's classes and of the vocabulary.

    Attributes:
        matrix: Probability of each tag in a picture of each class, float32 [C, T].
    """

    matrix: NDArray[np.float32]

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        self.matrix = matrix
        # Three of four numbers are 0, so the maximum of a column is searched among the others.
        self._classes, self._tags = np.nonzero(matrix)
        order = np.lexsort((self._classes, self._tags))
        self._classes, self._tags = self._classes[order], self._tags[order]
        self._values = matrix[self._classes, self._tags]
        self._known, self._starts = np.unique(self._tags, return_index=True)

    @classmethod
    def load(cls, labels: Sequence[str]) -> Expectations:
        """Return the packaged table for classes with these synset ids.

        Raises:
            InvalidSpecError: A class is not in the table.
        """
        return cls(_matrix(_packaged(), labels, Vocabulary.load()))

    @classmethod
    def from_tsv(cls, text: str, labels: Sequence[str], vocabulary: Vocabulary) -> Expectations:
        """Read a table.

        Args:
            text: Tab-separated rows under a header with the names of `COLUMNS`; tags are separated by spaces.
                Empty lines and lines that begin with ``#`` are skipped.
            labels: Synset id of each class, in the order of the model's outputs.
            vocabulary: The tags.

        Raises:
            InvalidSpecError: A row is malformed or names an unknown tag, or a class has no row.
        """
        return cls(_matrix(_parse(text), labels, vocabulary))

    def mean(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each tag if the picture shows exactly one class.

        Args:
            probabilities: Class probabilities, float32 [C], sum 1.

        Returns:
            float32 [T].
        """
        expected: NDArray[np.float32] = probabilities @ self.matrix
        return expected

    def strongest(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each tag from the single class with the strongest evidence for it.

        Args:
            probabilities: Probability that each class is somewhere in the picture, float32 [C], any sum.

        Returns:
            float32 [T]; 0 for a tag without evidence.
        """
        strongest = np.zeros(self.matrix.shape[1], np.float32)
        if self._starts.size:
            products = probabilities[self._classes] * self._values
            strongest[self._known] = np.maximum.reduceat(products, self._starts)
        return strongest


Rows = dict[str, tuple[tuple[str, ...], ...]]
"""The tags of each level, by synset id."""


def _parse(text: str) -> Rows:
    lines = [
        (number, line.split("\t"))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines or tuple(lines[0][1]) != COLUMNS:
        raise InvalidSpecError(f"The expectations must start with a header with the columns {', '.join(COLUMNS)}.")
    rows: Rows = {}
    for number, cells in lines[1:]:
        if len(cells) != len(COLUMNS):
            raise InvalidSpecError(f"Line {number} of the expectations has {len(cells)} cells, not {len(COLUMNS)}.")
        if cells[0] in rows:
            raise InvalidSpecError(f"Line {number} of the expectations repeats the class {cells[0]}.")
        rows[cells[0]] = tuple(tuple(cell.split()) for cell in cells[2:])
    return rows


def _matrix(rows: Rows, labels: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.float32]:
    if missing := [label for label in labels if label not in rows]:
        raise InvalidSpecError(f"The expectations have no row for the class {', '.join(missing[:5])}.")
    matrix = np.zeros((len(labels), len(vocabulary)), np.float32)
    for index, label in enumerate(labels):
        said: set[str] = set()
        for tags, probability in zip(rows[label], LEVELS.values(), strict=True):
            for tag in tags:
                if tag not in vocabulary or tag in said:
                    raise InvalidSpecError(f"The expectations of {label} name the unknown or repeated tag {tag!r}.")
                said.add(tag)
                matrix[index, vocabulary.row_of(tag)] = probability
    return matrix


@cache
def _packaged() -> Rows:
    return _parse(files("onsight").joinpath("data", "expectations.tsv").read_text(encoding="utf-8"))
