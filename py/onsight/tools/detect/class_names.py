"""The names, plurals and colours of the classes that detection knows. The page gets them from here."""

from __future__ import annotations

from collections.abc import Sequence

COLOURS = (
    "#b3261e", "#0b57d0", "#146c2e", "#8430ce", "#8c4a00", "#006876",
    "#a1006b", "#4e5d00", "#5b4bb7", "#00639b", "#9c4146", "#3d6837",
)  # fmt: skip
"""Colours of classes. White text on each has a contrast of more than 4.5 to 1 (WCAG AA)."""

_SINGULARS = {"skis": "pair of skis", "scissors": "pair of scissors", "broccoli": "head of broccoli", "tv": "TV"}
"""What one object is called, if not like its class."""

_PLURALS = {
    "person": "people",
    "sheep": "sheep",
    "skis": "pairs of skis",
    "knife": "knives",
    "broccoli": "heads of broccoli",
    "tv": "TVs",
    "mouse": "mice",
    "scissors": "pairs of scissors",
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
    """Return the name of a class for the start of a line, such as ``"Person"``."""
    return "TV" if label == "tv" else label[:1].upper() + label[1:]


def noun_of(label: str, count: int) -> str:
    """Return the noun for a number of objects of a class, such as ``"people"`` or ``"pair of skis"``."""
    if count == 1:
        return _SINGULARS.get(label, label)
    if label in _PLURALS:
        return _PLURALS[label]
    return f"{label}es" if label.endswith(("s", "x", "ch", "sh")) else f"{label}s"
