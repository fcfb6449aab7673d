"""A tag before the selection."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.tools.tag.results import Tag


@dataclass(frozen=True, slots=True)
class Found:
    """A tag before it is decided whether to show it.

    Attributes:
        tag: The tag, without a heat map.
        priority: How much it matters to the user; 1 is average.
        row: Its row in the vocabulary, or None.
        concept: Id of its concept in the taxonomy, or None.
    """

    tag: Tag
    priority: float
    row: int | None = None
    concept: str | None = None

    @property
    def rank(self) -> float:
        """The key that the list is sorted by, highest first."""
        return self.tag.score * self.priority
