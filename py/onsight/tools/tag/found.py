"""A tag before the selection."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.tools.tag.results import Tag
from onsight.tools.tag.salience import DEFAULT, DEFAULT_FIRST


@dataclass(frozen=True, slots=True)
class Found:
    """A tag before it is decided whether to show it.

    Attributes:
        tag: The tag, without a heat map.
        salience: How likely a person is to mention it if it applies, in (0, 1).
        first: How likely a person is to name it first if it applies, in (0, 1).
        row: Its row in the vocabulary, or None.
        concept: Id of its concept in the taxonomy, or None.
        role: Its role in the table of salience, one of `onsight.tools.tag.salience.ROLES`.
    """

    tag: Tag
    salience: float = DEFAULT
    first: float = DEFAULT_FIRST
    row: int | None = None
    concept: str | None = None
    role: str = ""

    @property
    def rank(self) -> float:
        """The key that the list is sorted by, highest first."""
        return self.tag.score * self.salience
