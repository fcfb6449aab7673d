"""The names, plurals and colours of the classes that detection knows. The page gets them from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from onsight.core.results import Box
from onsight.core.texts import text
from onsight.evidence.detected_classes import DetectedClasses

COLOURS = (
    "#b3261e", "#0b57d0", "#146c2e", "#8430ce", "#8c4a00", "#006876",
    "#a1006b", "#4e5d00", "#5b4bb7", "#00639b", "#9c4146", "#3d6837",
)  # fmt: skip
"""Colours of classes. White text on each has a contrast of more than 4.5 to 1 (WCAG AA)."""

_SINGULARS = {"Skis": "pair of skis", "Scissors": "pair of scissors", "Broccoli": "head of broccoli", "TV": "TV"}
"""What one object is called, if not like its class."""

_PLURALS = {
    "Person": "people",
    "Aircraft": "aircraft",
    "Sheep": "sheep",
    "Skis": "pairs of skis",
    "Cup or glass": "cups or glasses",
    "Knife": "knives",
    "Broccoli": "heads of broccoli",
    "TV": "TVs",
    "Computer mouse": "computer mice",
    "Scissors": "pairs of scissors",
}
"""Plurals that do not follow from the ending."""


def colour_of(label: str, labels: Sequence[str]) -> str:
    """Return the colour of a class, ``#rrggbb``; it is the same in every picture.

    Args:
        label: The class.
        labels: All classes, in the order of the models.
    """
    return COLOURS[labels.index(label) % len(COLOURS)]


def title_of(label: str) -> str:
    """Return the name of a class for the start of a line, such as ``"Sofa"`` for ``"couch"``."""
    return DetectedClasses.load().name(label)


def noun_of(label: str, count: int) -> str:
    """Return the noun for a number of objects of a class, such as ``"people"`` or ``"pair of skis"``."""
    name = title_of(label)
    noun = name[:1].lower() + name[1:]
    if count == 1:
        return _SINGULARS.get(name, noun)
    if name in _PLURALS:
        return _PLURALS[name]
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def count_objects(boxes: Iterable[Box]) -> tuple[str, ...]:
    """Return the number of objects of each class, such as ``("2 people", "1 dog")``, in the order of the boxes."""
    counts = Counter(box.label for box in boxes)
    return tuple(text("{count} {things}", count=count, things=noun_of(label, count)) for label, count in counts.items())
