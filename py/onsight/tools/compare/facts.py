"""What there is to say about one picture's label and tags, before it is put in words."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.tools.classify.results import Candidate, Classification
from onsight.tools.compare.relations import Relations
from onsight.tools.compare.results import Slice
from onsight.tools.tag.results import Tag, Tagging


@dataclass(frozen=True, slots=True)
class Heard:
    """A tag that took the place of the classes' own answer.

    Attributes:
        tag: Its name.
        score: Its probability in what classification saw.
        instead_of: What the classes alone would have answered, or None if they were not sure.
    """

    tag: str
    score: float
    instead_of: Candidate | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Labels that may not be given.

    Attributes:
        labels: The labels.
        score: What they had of the whole.
        before: The label that the picture has with them.
    """

    labels: tuple[str, ...]
    score: float
    before: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a comparison speaks of.

    Attributes:
        classification: The label.
        tagging: The tags.
        slices: The distribution that the label won.
        relations: Of the tags to the label.
        heard: The tag that classification listened to, or None.
        left_out: Labels that may not be given, or None.
        threshold: A person's own for tags, or None.
    """

    classification: Classification
    tagging: Tagging
    slices: tuple[Slice, ...]
    relations: Relations
    heard: Heard | None
    left_out: LeftOut | None
    threshold: float | None

    @property
    def label(self) -> str:
        """The label."""
        return self.classification.label

    @property
    def shown(self) -> tuple[Tag, ...]:
        """The tags that are shown."""
        return tuple(tag for tag in self.tagging.tags if tag.shown)

    @property
    def candidates(self) -> tuple[Slice, ...]:
        """The parts of the distribution that have a name of their own."""
        return tuple(part for part in self.slices if part.kind == "candidate")

    @property
    def rivals(self) -> tuple[Slice, ...]:
        """The candidates that the label won against."""
        return tuple(part for part in self.candidates if not part.is_answer)

    @property
    def kinds(self) -> tuple[Slice, ...]:
        """The candidates that are kinds of the label; none where the label is a candidate itself."""
        return tuple(part for part in self.candidates if part.is_answer and part.label != self.label)
