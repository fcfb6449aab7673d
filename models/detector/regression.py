"""A logistic regression whose weights change little between neighbouring sizes, and are never negative."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from models.detector.metrics import Floats
from onsight.tools.detect.presets import SIZES, Weights

SMOOTHNESS = 1.0
"""Penalty for half the square of the difference between a weight and that for the next size."""
RIDGE = 0.1
"""Penalty for half the square of a weight."""


def regress(logits: Floats, shares: Floats, right: NDArray[np.bool_], examples: Floats, *, fixed: int = 0) -> Weights:
    """Fit the weights of the evidence.

    Args:
        logits: Log odds from each source, [N, sources].
        shares: How much the weights for each size count, [N, 3].
        right: Which of the objects are right, bool [N].
        examples: Weight of each example, [N].
        fixed: Number of sources, the last ones, that have one weight for all sizes.

    Returns:
        The weights. More evidence never makes an object less probable.
    """
    if right.all() or not right.any():
        raise SystemExit("The pictures do not have both right and wrong examples.")
    sizes, sources = len(SIZES), logits.shape[1]
    columns = np.concatenate([logits, np.ones((len(logits), 1))], axis=1)[:, :, None] * shares[:, None, :]
    inputs = columns.reshape(len(logits), -1)
    difference = np.diff(np.eye(sizes), axis=0)
    penalty = np.zeros((inputs.shape[1], inputs.shape[1]))
    for source in range(sources + 1):
        at = slice(source * sizes, (source + 1) * sizes)
        is_fixed = sources - fixed <= source < sources
        penalty[at, at] += (1e4 if is_fixed else SMOOTHNESS) * difference.T @ difference
        if source < sources:
            penalty[at, at] += RIDGE * np.eye(sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        log_odds = inputs @ weights
        value = (examples * (np.logaddexp(0, log_odds) - right * log_odds)).sum() + weights @ penalty @ weights / 2
        return value, inputs.T @ (examples * (expit(log_odds) - right)) + penalty @ weights

    bounds = [(0.0, None)] * (sources * sizes) + [(None, None)] * sizes
    start = np.concatenate([np.full(sources * sizes, 1 / sources), np.zeros(sizes)])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000}).x
    table = fitted.reshape(-1, sizes)
    return Weights(table[:-1], table[-1])
