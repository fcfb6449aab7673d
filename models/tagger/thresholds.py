"""From which probability on a tag is shown."""

from __future__ import annotations

import numpy as np

from models.tagger.dataset import Floats

GRID = np.linspace(0.1, 0.8, 71)
"""Thresholds that are tried."""

PRIOR_POSITIVES = 20.0
"""As many examples of the average tag are added to the examples of each tag: rare tags take the threshold of all."""


def choose_thresholds(targets: Floats, probabilities: Floats) -> Floats:
    """Return the threshold of each tag, [T], at which its F1 is greatest.

    Args:
        targets: 0 or 1, [n, T].
        probabilities: Of pictures that were held out, [n, T].
    """
    given = probabilities[None] >= GRID[:, None, None]
    hits = (given * targets).sum(axis=1)
    wrong = (given * (1 - targets)).sum(axis=1)
    positives = targets.sum(axis=0)
    share = PRIOR_POSITIVES / positives.sum()
    hits = hits + share * hits.sum(axis=1, keepdims=True)
    wrong = wrong + share * wrong.sum(axis=1, keepdims=True)
    f1 = 2 * hits / (hits + wrong + positives + PRIOR_POSITIVES)
    thresholds: Floats = GRID[np.argmax(f1, axis=0)]
    return thresholds
