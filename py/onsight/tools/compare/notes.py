"""What is worth knowing about this very picture: where label and tags seem to contradict each other, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onsight.core.wording import listed, percent, quoted
from onsight.tools.compare.facts import Facts

DRAWING_TAG = "illustration"

_ALIKE = 0.02
"""Scores of label and tag that differ by less are called the same."""

_WHOLE = 0.97
"""Part of the picture from which on classification has seen all of it."""


def remark(facts: Facts) -> tuple[str, ...]:
    """Return the remarks that apply, the most surprising first."""
    remarks = (write(facts) for write in _REMARKS)
    return tuple(text for text in remarks if text)


def _heard(facts: Facts) -> str | None:
    heard = facts.heard
    if heard is None:
        return None
    tag = f"the tag {quoted(heard.tag)}, at {percent(heard.score)},"
    alone = (
        f"would have said {quoted(heard.instead_of.label)} ({percent(heard.instead_of.score)}); {tag} says better what "
        "the picture is of and took its place"
        if heard.instead_of
        else f"would not have been sure; {tag} was, and gave the label"
    )
    return (
        f"This label has listened to a tag. The network’s classes alone {alone}. "
        "The others share what that tag leaves them, and it is still one label for the whole picture."
    )


def _unsure(facts: Facts) -> str | None:
    if facts.classification.certain or not facts.shown:
        return None
    sure = sum(tag.score >= tag.threshold for tag in facts.shown)
    if not sure:
        return "“Not sure” is an honest answer: no name has enough of the whole. The tags here are weak, too."
    tags = "one tag passes" if sure == 1 else f"{sure} tags pass"
    return (
        f"“Not sure” is an honest answer: no name has enough of the whole. Tags need no winner, so {tags} all the same."
    )


def _several(facts: Facts) -> str | None:
    subjects = facts.relations.subjects[:3]
    if not facts.classification.certain or not subjects:
        return None
    found = listed([f"{quoted(tag.name)} ({percent(tag.score)})" for tag in subjects])
    return (
        f"There is more than {quoted(facts.label)} in this picture: {found}. "
        "Classification has to choose one of them; tagging does not."
    )


def _differing(facts: Facts) -> str | None:
    same = facts.relations.same
    answer = facts.classification
    if same is None or not same.shown or not answer.certain or facts.heard is not None:
        return None
    if abs(same.score - answer.score) < _ALIKE or percent(same.score) == percent(answer.score):
        return None
    return (
        f"{quoted(facts.label)} has {percent(answer.score)} on one side and {percent(same.score)} on the other, and "
        "both are right: the first is its share among all possible labels, the second how probable it is that the "
        "picture shows it at all, whatever else it shows."
    )


def _missing(facts: Facts) -> str | None:
    same = facts.relations.same
    if not facts.classification.certain or (same is not None and same.shown):
        return None
    if facts.relations.broader or facts.relations.finer:
        return None
    if same is not None:
        limit = facts.threshold if facts.threshold is not None else same.threshold
        why = f"asked by itself, it gets {percent(same.score)}"
        return f"{quoted(facts.label)} is the label and yet no tag: {why}, and a tag is shown from {percent(limit)} on."
    return (
        f"{quoted(facts.label)} is the label and yet no tag: being the best of all labels is one thing, "
        "being sure when asked alone is another."
    )


def _drawing(facts: Facts) -> str | None:
    tag = next((tag for tag in facts.shown if tag.id == DRAWING_TAG), None)
    if tag is None or facts.relations.same is tag:
        return None
    return (
        "This seems to be a drawing or a screenshot rather than a photograph "
        f"({quoted(tag.name)}, {percent(tag.score)}). Classification has learned from photographs and can only press "
        "it into one of its labels."
    )


def _framing(facts: Facts) -> str | None:
    heat_map, image = facts.classification.heat_map, facts.classification.image
    if heat_map is None:
        return None
    x1, y1, x2, y2 = heat_map.box
    seen = (min(x2, image.width) - max(x1, 0)) * (min(y2, image.height) - max(y1, 0)) / (image.width * image.height)
    if seen >= _WHOLE:
        return None
    return (
        f"Classification looks at the middle of the picture, {percent(seen)} of it; tagging looks at all of it. "
        "What stands at the edge can only become a tag."
    )


def _few(facts: Facts) -> str | None:
    if facts.threshold is not None:
        return None
    near = [tag for tag in facts.shown if tag.score < tag.threshold]
    if not near:
        return None
    names = listed([quoted(tag.name) for tag in near])
    verb, them = ("is", "it is") if len(near) == 1 else ("are", "they are")
    return (
        f"Few tags are sure of themselves here. {names} {verb} just below the line; "
        f"{them} shown so that there is more to see."
    )


_REMARKS: Sequence[Callable[[Facts], str | None]] = (
    _heard,
    _unsure,
    _several,
    _differing,
    _missing,
    _drawing,
    _framing,
    _few,
)
