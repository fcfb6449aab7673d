"""Combine detected objects with the head's results, tag by tag.

A tag that is related to objects has two inputs: the head's log odds on pictures that it was not trained on, and those
of the boxes. A logistic regression combines them; its weights are regularised towards weights shared by all such tags.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.tagger.dataset import Floats
from models.tagger.learning import fit_weighing


@dataclass(frozen=True, eq=False)
class BoxWeights:
    """Weights of the head and of the boxes.

    Attributes:
        weights: Weights of the head's and the boxes' log odds, [T, 2]; (1, 0) for tags that boxes say nothing about.
        bias: Bias of each tag, [T].
    """

    weights: Floats
    bias: Floats

    def log_odds(self, head: Floats, boxes: Floats) -> Floats:
        """Return the combined log odds, [n, T]."""
        return head * self.weights[:, 0] + boxes * self.weights[:, 1] + self.bias


def fit_boxes(head: Floats, boxes: Floats, targets: Floats, covered: NDArray[np.intp]) -> BoxWeights:
    """Fit the weights.

    Args:
        head: Log odds of held-out pictures, [n, T].
        boxes: Log odds from the boxes, [n, T].
        targets: 0 or 1, [n, T].
        covered: Tags that boxes say something about.
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
