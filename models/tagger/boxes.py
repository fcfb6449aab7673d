"""Weigh what detection found against what the head says, tag by tag.

A tag that objects speak about gets two numbers: the head's log odds, of pictures that it was not trained on, and those
of the boxes. A logistic regression, its weights drawn to those that all such tags share, makes one probability of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.tagger.dataset import Floats
from models.tagger.learning import fit_weighing


@dataclass(frozen=True, eq=False)
class BoxWeights:
    """How much the head and the boxes are worth.

    Attributes:
        weights: Of the head's log odds and of the boxes', [T, 2]; (1, 0) where boxes say nothing.
        bias: [T].
    """

    weights: Floats
    bias: Floats

    def log_odds(self, head: Floats, boxes: Floats) -> Floats:
        """Return the log odds of both together, [n, T]."""
        return head * self.weights[:, 0] + boxes * self.weights[:, 1] + self.bias


def fit_boxes(head: Floats, boxes: Floats, targets: Floats, covered: NDArray[np.intp]) -> BoxWeights:
    """Fit the weights.

    Args:
        head: Log odds of pictures that were held out, [n, T].
        boxes: Log odds by the boxes, [n, T].
        targets: 0 or 1, [n, T].
        covered: Which tags boxes speak about.
    """
    evidence = np.stack([head, boxes], axis=2)[:, covered]
    flat = evidence.reshape(-1, 2)
    center, scale = flat.mean(axis=0), 1 / flat.std(axis=0)
    scaled_weights, scaled_bias = fit_weighing((evidence - center) * scale, targets[:, covered])
    weights = np.tile([1.0, 0.0], (targets.shape[1], 1))
    bias = np.zeros(targets.shape[1])
    weights[covered] = scaled_weights * scale
    bias[covered] = scaled_bias - weights[covered] @ center
    return BoxWeights(weights, bias)
