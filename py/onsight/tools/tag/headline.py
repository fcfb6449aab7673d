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
        near = [one for one in candidates if NEARLY <= one.tag.score / max(one.tag.threshold, 1e-6) < 1]
        near.sort(key=lambda one: -one.tag.score / one.tag.threshold)
        known = _broader(passing) | {one.tag.name for one in chosen}
        fitting = [one for one in near if one.role != "filler" and one.tag.name not in known]
        chosen = _most_specific(chosen + fitting[: MIN_MAIN - len(chosen)])
        chosen.sort(key=lambda one: (-one.rank, one.tag.id))
    return [one.tag.id for one in chosen[:MAX_MAIN]]


def _without_doubtful(passing: Sequence[Found]) -> list[Found]:
    """Return the tags without those that are much less certain than a broader one, which says the same safely."""
    scores = {one.tag.name: one.tag.score for one in passing if one.role != "filler"}
    return [
        one
        for one in passing
        if one.tag.score >= DOUBTFUL * max((scores.get(name, 0.0) for name in one.tag.parents), default=0.0)
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
