"""A tag on its way from what was seen to the list that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.tools.tag.results import Tag


@dataclass(frozen=True, slots=True)
class Found:
    """A tag before it is decided whether it is shown.

    Attributes:
        tag: Without a heat map.
        priority: How much it matters to a person.
        row: Its position in the vocabulary, or None.
        concept: Id of its concept in the taxonomy, or None.
    """

    tag: Tag
    priority: float
    row: int | None = None
    concept: str | None = None

    @property
    def rank(self) -> float:
        """What the list is sorted by."""
        return self.tag.score * self.priority
