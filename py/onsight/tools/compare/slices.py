"""The distribution that a label won: parts of one whole, which is all there is to share."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from onsight.core.wording import in_sentence
from onsight.tools.classify.results import Classification
from onsight.tools.compare.results import Slice

REST = "Everything else"
"""Label of the part that no candidate has."""

_TENTHS = 1000
_LEAST = 5e-5


def cut(classification: Classification, of_the_answer: Collection[str]) -> tuple[Slice, ...]:
    """Cut the whole into the candidates and what is left.

    Args:
        classification: The label and its candidates.
        of_the_answer: Labels of the candidates that count towards the label: the label itself, or kinds of it.

    Returns:
        Parts whose scores add up to 1; the rest is the last. Where kinds of the label compete, what the other kinds of
        it have is a part, too.
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
            parts.append((f"Other kinds of {in_sentence(label)}", others, "kinds", True))
            rest -= others
    parts.append((REST, rest, "rest", False))
    percents = tenths([score for _, score, _, _ in parts])
    return tuple(
        Slice(label, round(score, 4), shown, kind, is_answer)
        for (label, score, kind, is_answer), shown in zip(parts, percents, strict=True)
    )


def tenths(scores: Sequence[float]) -> list[float]:
    """Return shares of 1 in per cent with one decimal, rounded so that they add up to 100 exactly.

    The largest remainders are rounded up, as seats in a parliament are given out.
    """
    total = sum(scores) or 1.0
    exact = [score / total * _TENTHS for score in scores]
    whole = [math.floor(value) for value in exact]
    missing = _TENTHS - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in by_remainder[:missing]:
        whole[index] += 1
    return [value / 10 for value in whole]
