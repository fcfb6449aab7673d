"""The facts about a picture's label and tags from which `points` and `notes` make sentences."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.tools.classify.results import Candidate, Classification
from onsight.tools.compare.relations import Relations
from onsight.tools.compare.results import Slice
from onsight.tools.tag.results import Tag, Tagging


@dataclass(frozen=True, slots=True)
class LabelFromTag:
    """A tag that replaced the label that the network's classes gave.

    Attributes:
        tag: Its name.
        score: Its probability, from the outputs of the classification network.
        instead_of: The label that the classes alone gave, or None if none was certain.
    """

    tag: str
    score: float
    instead_of: Candidate | None


@dataclass(frozen=True, slots=True)
class RuledOut:
    """Labels that the user ruled out.

    Attributes:
        labels: The labels.
        score: Their share of the whole, in [0, 1].
        before: The picture's label if nothing is ruled out.
    """

    labels: tuple[str, ...]
    score: float
    before: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences of a comparison are about.

    Attributes:
        classification: The label.
        tagging: The tags.
        slices: The distribution of the labels.
        relations: How the tags are related to the label.
        from_tag: The tag that gave the label, or None.
        ruled_out: The labels that are ruled out, or None.
        threshold: The user's threshold for tags, or None for each tag's own.
    """

    classification: Classification
    tagging: Tagging
    slices: tuple[Slice, ...]
    relations: Relations
    from_tag: LabelFromTag | None
    ruled_out: RuledOut | None
    threshold: float | None

    @property
    def label(self) -> str:
        """The label."""
        return self.classification.label

    @property
    def shown(self) -> tuple[Tag, ...]:
        """The tags that are shown."""
        return tuple(tag for tag in self.tagging.tags if tag.applies)

    @property
    def candidates(self) -> tuple[Slice, ...]:
        """The parts of the distribution that are single labels."""
        return tuple(part for part in self.slices if part.kind == "candidate")

    @property
    def rivals(self) -> tuple[Slice, ...]:
        """The candidates that do not count towards the label."""
        return tuple(part for part in self.candidates if not part.is_answer)

    @property
    def kinds(self) -> tuple[Slice, ...]:
        """The candidates that are kinds of the label; the label itself is not among them."""
        return tuple(part for part in self.candidates if part.is_answer and part.label != self.label)
