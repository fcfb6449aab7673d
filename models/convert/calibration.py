"""Make probabilities mean what they say, and measure how far they do.

Source: Guo et al., "On Calibration of Modern Neural Networks" (2017) for the temperature; Nguyen and O'Connor,
"Posterior calibration and exploratory analysis for natural language processing models" (2015) for adaptive bins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Classes = NDArray[np.integer[Any]]

MAX_STEPS = 100


def log_softmax(logits: Floats) -> Floats:
    """Return log probabilities of logits [n, C]."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_probabilities


def negative_log_likelihood(logits: Floats, targets: Classes, weights: Floats | None = None) -> float:
    """Return the weighted mean of −log p(target) of logits [n, C] and targets [n]."""
    return float(np.average(-log_softmax(logits)[np.arange(len(targets)), targets], weights=weights))


def fit_temperature(logits: Floats, targets: Classes, weights: Floats | None = None) -> float:
    """Return the temperature that makes the targets most likely.

    The negative log likelihood is convex in 1 / temperature, so Newton's method from 1 finds its minimum; a step
    that would leave the positive numbers is cut to half the way.

    Args:
        logits: float64 [n, C].
        targets: Index of the right class, [n].
        weights: How much each picture counts, [n]; equally by default.

    Returns:
        The temperature, above 0.
    """
    inverse = 1.0
    right = logits[np.arange(len(targets)), targets]
    for _ in range(MAX_STEPS):
        probabilities = np.exp(log_softmax(logits * inverse))
        mean = (probabilities * logits).sum(axis=1)
        variance = (probabilities * logits**2).sum(axis=1) - mean**2
        step = np.average(mean - right, weights=weights) / np.average(variance, weights=weights)
        previous, inverse = inverse, max(inverse - step, inverse / 2)
        if abs(inverse - previous) < 1e-9 * inverse:
            break
    return float(1 / inverse)


def accuracy_weights(correct: NDArray[np.bool_], accuracy: float) -> Floats:
    """Return weights [n], mean 1, under which a part ``accuracy`` of the answers is correct.

    They stand in for pictures that are as hard as those on which ``accuracy`` was measured, provided that right
    answers look like right ones there and wrong answers like wrong ones.
    """
    here = correct.mean()
    weights: Floats = np.where(correct, accuracy / here, (1 - accuracy) / (1 - here))
    return weights


def calibration_error(
    scores: Floats,
    correct: NDArray[np.bool_],
    *,
    bins: int = 15,
    adaptive: bool = False,
    weights: Floats | None = None,
) -> float:
    """Return the expected calibration error: how far scores are from the share of right answers, on average.

    Args:
        scores: Probability of each answer, [n].
        correct: Whether it was right, [n].
        bins: Number of bins.
        adaptive: Bins of equally many answers instead of equal width.
        weights: How much each answer counts, [n]; equally by default.

    Returns:
        Σ over bins of the bin's share × |mean score − share of right answers|, in [0, 1].
    """
    weights = np.ones(len(scores)) if weights is None else weights
    if adaptive:
        order = np.argsort(scores, kind="stable")
        index = np.empty(len(scores), int)
        index[order] = np.arange(len(scores)) * bins // len(scores)
    else:
        index = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = np.bincount(index, weights * (scores - correct), bins)
    return float(np.abs(gaps).sum() / weights.sum())


def folds(count: int, parts: int = 10, seed: int = 0) -> NDArray[np.intp]:
    """Return which of ``parts`` equal folds each of ``count`` pictures belongs to, drawn by chance."""
    return np.random.default_rng(seed).permutation(count) % parts
