"""Results of Compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import ImageInfo, to_json
from onsight.tools.classify.results import Classification
from onsight.tools.tag.results import Tagging


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the whole that all possible labels share.

    Attributes:
        label: Name for people.
        score: Its share in [0, 1]; those of all parts add up to 1.
        percent: The share in per cent with one decimal; those of all parts add up to 100 exactly.
        kind: ``"candidate"`` for a possible label, ``"kinds"`` for kinds of the label that are not candidates,
            ``"rest"`` for everything else.
        is_answer: Whether it counts towards the label.
    """

    label: str
    score: float
    percent: float
    kind: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One aspect in which classification and tagging differ.

    Attributes:
        aspect: What it is about, such as ``"How many answers"``.
        classification: How it is with the one label, in this picture.
        tagging: How it is with the tags.
    """

    aspect: str
    classification: str
    tagging: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One label and many tags of the same picture, and what is different about them.

    Attributes:
        classification: The label, as classification alone gives it.
        tagging: The tags, as tagging alone gives them.
        slices: The distribution that the label won; the last part is everything else.
        sum_of_shares: A sentence on what the parts add up to.
        sum_of_tags: A sentence on what the tags that are shown add up to.
        points: The differences, aspect by aspect.
        notes: Sentences on what is special about this picture.
        without: Labels that may not be given.
        image: The picture.
        model: Ids of the models that looked, joined by ``+``.
    """

    classification: Classification
    tagging: Tagging
    slices: tuple[Slice, ...]
    sum_of_shares: str
    sum_of_tags: str
    points: tuple[Point, ...]
    notes: tuple[str, ...]
    without: tuple[str, ...]
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)
