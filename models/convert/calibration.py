"""Calibrate probabilities, and measure how well they are calibrated.

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

    The negative log likelihood is convex in 1 / temperature, so Newton's method starting at 1 finds its minimum. A step
    that would leave the positive numbers is replaced by one that goes half way to zero.

    Args:
        logits: float64 [n, C].
        targets: Index of the correct class, [n].
        weights: Weight of each picture, [n]; equal by default.

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
    """Return weights [n] with mean 1, under which a fraction ``accuracy`` of the answers is correct.

    They simulate pictures as hard as those that ``accuracy`` was measured on, provided that correct answers look alike
    in both sets, and wrong answers do, too.
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
    """Return the expected calibration error: the mean difference between scores and the share of correct answers.

    Args:
        scores: Probability of each answer, [n].
        correct: Whether it was correct, [n].
        bins: Number of bins.
        adaptive: Use bins with equally many answers instead of equal width.
        weights: Weight of each answer, [n]; equal by default.

    Returns:
        Σ over bins of the bin's share × |mean score − share of correct answers|, in [0, 1].
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
    """Assign each of ``count`` pictures to one of ``parts`` equal folds at random."""
    return np.random.default_rng(seed).permutation(count) % parts
