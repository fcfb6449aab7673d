"""Results of Classify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import HeatMap, ImageInfo, to_json


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible answer.

    Attributes:
        label: Name for people, such as ``"Golden retriever"``.
        score: Probability in [0, 1].
    """

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Classification:
    """One label for the whole picture.

    Attributes:
        label: The most specific name that the evidence supports, or ``"Not sure"``.
        score: Probability of ``label``; of the best guess where there is no certain label.
        certain: Whether a label passed its threshold.
        category: One of about 20 broad groups, such as ``"Pets"``.
        path: Names from broad to specific that end in ``label``; empty where there is none.
        candidates: The best answers, most probable first.
        heat_map: Where the network looked for ``label``, or None.
        image: The picture.
        model: Id of the model that answered.
    """

    label: str
    score: float
    certain: bool
    category: str
    path: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    heat_map: HeatMap | None
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)
