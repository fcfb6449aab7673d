"""Choose the six to ten tags that describe a picture, as a person would write them down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from onsight.evidence.vocabulary import GROUPS, THING_GROUPS
from onsight.tools.tag.found import Found

MIN_MAIN, MAX_MAIN = 6, 10
"""Number of tags in the headline, if enough of them apply."""

NEARLY = 0.75
"""If too few tags reach their threshold, tags that reach this part of it join them."""

DOUBTFUL = 0.7
"""A tag does not replace a broader one if its score is below this part of the broader one's."""

DOUBTFUL_NAME = 0.85
"""The same for names of specific objects that the vocabulary does not have."""

GROUP = 3
"""Number of people from which a person names the group before a man or a woman in it."""

MIN_SCORE = 0.4
"""Such tags must have at least this score."""

_KINDS = frozenset({"man", "woman", "boy", "girl", "baby"})
"""Tags that say what kind of person it is."""

_SUBJECTS = frozenset(GROUPS[id] for id in (*THING_GROUPS, "scene"))
"""Groups of tags that can be the subject of a picture."""


def headline(found: Iterable[Found]) -> list[str]:
    """Return the ids of the tags that describe a picture, the main subject first.

    A broader tag gives way to a narrower one that applies: *Mammal* to *Dog*, *Person* to *People*. Tags that say
    little, such as *Wall* or *Clothing*, are only chosen if nothing says what the picture is about.

    Args:
        found: The tags of the row ``"tags"``, in any order.
    """
    candidates = sorted(found, key=lambda one: (-one.rank, one.tag.id))
    passing = [one for one in candidates if one.tag.score >= one.tag.threshold]
    chosen = _most_specific(_telling(_without_doubtful(passing)))
    if len(chosen) < MIN_MAIN:
        near = [
            one
            for one in candidates
            if one.tag.score >= MIN_SCORE and NEARLY <= one.tag.score / max(one.tag.threshold, 1e-6) < 1
        ]
        near.sort(key=lambda one: -one.tag.score / one.tag.threshold)
        known = _broader(passing) | {one.tag.name for one in chosen}
        fitting = [one for one in near if one.role != "filler" and one.tag.name not in known]
        chosen = _most_specific(chosen + fitting[: MIN_MAIN - len(chosen)])
        chosen.sort(key=lambda one: (-one.rank, one.tag.id))
    chosen = _subject_first(_without_a_couple(chosen))
    return [one.tag.id for one in chosen[:MAX_MAIN]]


def _subject_first(chosen: Sequence[Found]) -> list[Found]:
    """Return the tags with the one in front that a person would name first."""
    if not chosen:
        return []
    is_group = any(one.tag.id == "crowd" or (one.tag.id == "people" and len(one.tag.boxes) >= GROUP) for one in chosen)

    def likely(one: Found) -> float:
        return one.tag.score * one.first * (0.25 if is_group and one.tag.id in _KINDS else 1)

    subject = max(chosen, key=likely)
    return [subject, *(one for one in chosen if one is not subject)]


def _without_a_couple(chosen: Sequence[Found]) -> list[Found]:
    """Return the tags without *People* where both of two people are named: a man and a woman."""
    named = sum(one.tag.id in _KINDS for one in chosen)
    return [one for one in chosen if not (one.tag.id == "people" and named > 1 and len(one.tag.boxes) == 2)]


def _without_doubtful(passing: Sequence[Found]) -> list[Found]:
    """Return the tags without those that are much less certain than a broader one, which says the same safely."""
    scores = {one.tag.name: one.tag.score for one in passing if one.role != "filler"}

    def limit(one: Found) -> float:
        # The classifier's own classes, such as breeds, are mistaken for one another more often than tags are.
        is_specific = one.row is None and one.tag.source == "classifier"
        return DOUBTFUL_NAME if is_specific else DOUBTFUL

    return [
        one
        for one in passing
        if one.tag.score >= limit(one) * max((scores.get(name, 0.0) for name in one.tag.parents), default=0.0)
    ]


def _telling(passing: Sequence[Found]) -> list[Found]:
    """Return the tags without filler, unless the filler is the subject."""
    telling = [one for one in passing if one.role != "filler"]
    has_subject = any(one.role == "kind" or one.tag.group in _SUBJECTS for one in telling)
    return telling if has_subject else list(passing)


def _most_specific(tags: Sequence[Found]) -> list[Found]:
    """Return the tags that are not broader than another one."""
    broader = _broader(tags)
    return [one for one in tags if one.tag.name not in broader]


def _broader(tags: Iterable[Found]) -> set[str]:
    """Return the names of the broader tags of some tags; a part, such as a face, does not replace a person."""
    return {parent for one in tags if one.role != "filler" for parent in one.tag.parents}
