"""Remarks on one picture: where its label and its tags seem to contradict each other, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onsight.core.texts import plural, text
from onsight.core.wording import listed, percent, quoted
from onsight.tools.compare.facts import Facts

DRAWING_TAG = "illustration"

_ALIKE = 0.02
"""Scores of label and tag that differ by less than this count as equal."""

_WHOLE = 0.97
"""Classification has seen the whole picture if it has seen at least this part of it."""


def remark(facts: Facts) -> tuple[str, ...]:
    """Return the remarks that apply, the most surprising first."""
    remarks = (write(facts) for write in _REMARKS)
    return tuple(sentence for sentence in remarks if sentence)


def _from_tag(facts: Facts) -> str | None:
    from_tag = facts.from_tag
    if from_tag is None:
        return None
    if from_tag.instead_of is None:
        return text(
            "This label comes from a tag. The network’s classes alone gave no certain label; the tag “{tag}”, at "
            "{score}, was certain and gave the label. The other labels share what that tag leaves them, and it is "
            "still one label for the whole picture.",
            tag=from_tag.tag,
            score=percent(from_tag.score),
        )
    return text(
        "This label comes from a tag. The network’s classes alone gave “{label}” ({label_score}); the tag “{tag}”, at "
        "{score}, describes the picture better and took its place. The other labels share what that tag leaves them, "
        "and it is still one label for the whole picture.",
        label=from_tag.instead_of.label,
        label_score=percent(from_tag.instead_of.score),
        tag=from_tag.tag,
        score=percent(from_tag.score),
    )


def _unsure(facts: Facts) -> str | None:
    if facts.classification.certain or not facts.shown:
        return None
    sure = sum(tag.score >= tag.threshold for tag in facts.shown)
    if not sure:
        return text(
            "“{label}” is an honest answer: no label has a large enough share. The tags are weak here, too.",
            label=facts.label,
        )
    return plural(
        sure,
        "“{label}” is an honest answer: no label has a large enough share. Tags do not compete, so {count} tag passes "
        "its threshold anyway.",
        "“{label}” is an honest answer: no label has a large enough share. Tags do not compete, so {count} tags pass "
        "their thresholds anyway.",
        label=facts.label,
    )


def _several(facts: Facts) -> str | None:
    subjects = facts.relations.subjects[:3]
    if not facts.classification.certain or not subjects:
        return None
    return text(
        "There is more than “{label}” in this picture: {tags}. Classification has to choose one of them; tagging does "
        "not.",
        label=facts.label,
        tags=listed([text("“{tag}” ({score})", tag=tag.name, score=percent(tag.score)) for tag in subjects]),
    )


def _differing(facts: Facts) -> str | None:
    same = facts.relations.same
    answer = facts.classification
    if same is None or not same.applies or not answer.certain or facts.from_tag is not None:
        return None
    if abs(same.score - answer.score) < _ALIKE or percent(same.score) == percent(answer.score):
        return None
    return text(
        "“{label}” has {share} on one side and {score} on the other, and both are right. The first is its share among "
        "all possible labels; the second is the probability that the picture shows it, whatever else it shows.",
        label=facts.label,
        share=percent(answer.score),
        score=percent(same.score),
    )


def _missing(facts: Facts) -> str | None:
    same = facts.relations.same
    if not facts.classification.certain or (same is not None and same.applies):
        return None
    if facts.relations.broader or facts.relations.finer:
        return None
    if same is None:
        return text(
            "“{label}” is the label but not a tag: the best of all labels need not be certain when it is judged on its "
            "own.",
            label=facts.label,
        )
    return text(
        "“{label}” is the label but not a tag: judged on its own, it has {score}, and a tag must reach {threshold}.",
        label=facts.label,
        score=percent(same.score),
        threshold=percent(facts.threshold if facts.threshold is not None else same.threshold),
    )


def _drawing(facts: Facts) -> str | None:
    tag = next((tag for tag in facts.shown if tag.id == DRAWING_TAG), None)
    if tag is None or facts.relations.same is tag:
        return None
    return text(
        "This seems to be a drawing or a screenshot rather than a photograph (“{tag}”, {score}). Classification was "
        "trained on photographs and has to choose one of its labels all the same.",
        tag=tag.name,
        score=percent(tag.score),
    )


def _framing(facts: Facts) -> str | None:
    heat_map, image = facts.classification.heat_map, facts.classification.image
    if heat_map is None:
        return None
    x1, y1, x2, y2 = heat_map.box
    seen = (min(x2, image.width) - max(x1, 0)) * (min(y2, image.height) - max(y1, 0)) / (image.width * image.height)
    if seen >= _WHOLE:
        return None
    return text(
        "Classification sees the middle of the picture, {share} of it; tagging sees all of it. Whatever is at the edge "
        "can only become a tag.",
        share=percent(seen),
    )


def _few(facts: Facts) -> str | None:
    if facts.threshold is not None:
        return None
    near = [tag for tag in facts.shown if tag.score < tag.threshold]
    if not near:
        return None
    return plural(
        len(near),
        "Few tags are certain here. {tags} is just below its threshold; it is shown so that there is more to see.",
        "Few tags are certain here. {tags} are just below their thresholds; they are shown so that there is more to "
        "see.",
        tags=listed([quoted(tag.name) for tag in near]),
    )


_REMARKS: Sequence[Callable[[Facts], str | None]] = (
    _from_tag,
    _unsure,
    _several,
    _differing,
    _missing,
    _drawing,
    _framing,
    _few,
)
