"""Choose the probability above which a tag is shown."""

from __future__ import annotations

import numpy as np

from models.tagger.dataset import Floats

GRID = np.linspace(0.1, 0.8, 71)
"""Thresholds that are tried."""

PRIOR_POSITIVES = 20.0
"""Number of examples of the average tag added to each tag, so that rare tags get the average threshold."""


BETA = 0.7
"""Weight of recall relative to precision: a wrong tag is worse than a missing one."""


def choose_thresholds(targets: Floats, probabilities: Floats) -> Floats:
    """Return the threshold with the highest F score, weighted by `BETA`, for each tag, [T].

    Args:
        targets: 0 or 1, [n, T].
        probabilities: Probabilities for held-out pictures, [n, T].
    """
    given = probabilities[None] >= GRID[:, None, None]
    hits = (given * targets).sum(axis=1)
    wrong = (given * (1 - targets)).sum(axis=1)
    positives = targets.sum(axis=0)
    share = PRIOR_POSITIVES / positives.sum()
    hits = hits + share * hits.sum(axis=1, keepdims=True)
    wrong = wrong + share * wrong.sum(axis=1, keepdims=True)
    score = (1 + BETA**2) * hits / (hits + wrong + BETA**2 * (positives + PRIOR_POSITIVES))
    thresholds: Floats = GRID[np.argmax(score, axis=0)]
    return thresholds
