"""How well each picture fits all plain words of a query.

A picture must have some evidence for each word. Its relevance is the geometric mean of the evidence for the words, so
a query of three words is as strict as one of a single word. Pictures with much less relevance than the best one are not
results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onsight.library.query.plain.evidence import Evidence, Gatherer
from onsight.library.query.plain.phrases import Wanted

LEAST = 0.25
"""Minimum relevance of a result."""

LEAST_OF_BEST = 0.3
"""Minimum relevance of a result, as a fraction of the best one's."""

LEAST_OF_WORD = 0.1
"""Minimum evidence for each word."""


def relevance(wanted: Sequence[Wanted], gatherer: Gatherer, *, texts: bool = True) -> dict[int, float]:
    """Return the relevance of each picture that fits, in (0, 1]; the order is arbitrary.

    Args:
        wanted: What the words ask for.
        gatherer: Gathers the evidence.
        texts: Whether names, captions and the like count.
    """
    groups = _groups(wanted, lambda one: gatherer.gather(one, texts=texts))
    positive = [set(group.evidence) for group in groups if not group.negated]
    images = set.intersection(*positive) if positive else gatherer.all_images()
    return relevant({image: mean([group.fit(image) for group in groups]) for image in images})


def relevant(found: Evidence) -> Evidence:
    """Return the pictures that are relevant enough, by comparison with the best one."""
    least = max(LEAST, LEAST_OF_BEST * max(found.values(), default=0.0))
    return {image: value for image, value in found.items() if value >= least}


def mean(values: Sequence[float]) -> float:
    """Return the geometric mean."""
    if len(values) == 1:
        return values[0]
    product = 1.0
    for value in values:
        product *= value
    return float(product ** (1 / len(values))) if product > 0 else 0.0


@dataclass(slots=True)
class _Group:
    """The evidence for a thing or any of its alternatives."""

    evidence: Evidence
    negated: bool

    def fit(self, image: int) -> float:
        value = self.evidence.get(image, 0.0)
        if not self.negated:
            return value
        return 1 - value if value < 0.5 else 0.0


def _groups(wanted: Sequence[Wanted], gather: Callable[[Wanted], Evidence]) -> list[_Group]:
    groups: list[_Group] = []
    only_fillers = all(one.is_filler for one in wanted)
    for one in wanted:
        if one.is_filler and not only_fillers:
            continue  # "big dog" finds dogs
        evidence = {image: value for image, value in gather(one).items() if value >= LEAST_OF_WORD}
        if one.alternative and groups:
            for image, value in evidence.items():
                groups[-1].evidence[image] = max(value, groups[-1].evidence.get(image, 0.0))
        else:
            groups.append(_Group(evidence, one.negated))
    return groups
