"""The distribution of the labels: the parts of one whole."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from onsight.core.texts import text
from onsight.core.wording import in_sentence
from onsight.tools.classify.results import Classification
from onsight.tools.compare.results import Slice

_TENTHS = 1000
"""Tenths of a per cent in the whole."""

_LEAST = 5e-5
"""A smaller share of the other kinds is not a part of its own."""


def cut(classification: Classification, of_the_answer: Collection[str]) -> tuple[Slice, ...]:
    """Divide the whole into the candidates and the rest.

    Args:
        classification: The label and its candidates.
        of_the_answer: Labels of the candidates that count towards the label: the label itself, or kinds of it.

    Returns:
        Parts whose scores add up to 1; the last part is the rest. If kinds of the label compete, the share of its
        other kinds is a part, too.
    """
    parts = [
        (candidate.label, candidate.score, "candidate", classification.certain and candidate.label in of_the_answer)
        for candidate in classification.candidates
    ]
    rest = max(1 - sum(score for _, score, _, _ in parts), 0.0)
    label = classification.label
    if classification.certain and all(name != label for name, _, _, _ in parts):
        shown = sum(score for _, score, _, is_answer in parts if is_answer)
        others = min(max(classification.score - shown, 0.0), rest)
        if others >= _LEAST:
            parts.append((text("Other kinds of {label}", label=in_sentence(label)), others, "kinds", True))
            rest -= others
    parts.append((text("Everything else"), rest, "rest", False))
    percents = tenths([score for _, score, _, _ in parts])
    return tuple(
        Slice(label, round(score, 4), shown, kind, is_answer)
        for (label, score, kind, is_answer), shown in zip(parts, percents, strict=True)
    )


def tenths(scores: Sequence[float]) -> list[float]:
    """Return shares of 1 as percentages with one decimal, rounded so that they add up to exactly 100.

    Rounds up those with the largest remainders (the Hamilton method).
    """
    total = sum(scores) or 1.0
    exact = [score / total * _TENTHS for score in scores]
    whole = [math.floor(value) for value in exact]
    missing = _TENTHS - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in by_remainder[:missing]:
        whole[index] += 1
    return [value / 10 for value in whole]
