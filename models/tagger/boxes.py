"""Combine detection with the head's results.

Three inputs per tag: the head's log odds on pictures that it was not trained on; the log odds of the boxes that imply
the tag; and the prediction of a ridge regression on all boxes. A logistic regression combines them;
its weights are regularised towards weights shared by all tags.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.tagger.dataset import Floats
from models.tagger.learning import Block, fit_standardised, fit_weighing


@dataclass(frozen=True, eq=False)
class SettledWeights:
    """What turns the head's log odds into settled ones.

    Attributes:
        block: The ridge regression on the features of `onsight.evidence.settled.SettledEvidence`.
        weights: Weights of the head's log odds, the boxes' log odds and the regression's prediction, [T, 3].
        bias: Bias of each tag, [T].
    """

    block: Block
    weights: Floats
    bias: Floats

    def log_odds(self, head: Floats, boxes: Floats, features: Floats) -> Floats:
        """Return the combined log odds, [n, T].

        Args:
            head: Log odds from the head, [n, T].
            boxes: Log odds from the boxes, [n, T].
            features: Features from detection, [n, E].
        """
        inputs = np.stack([head, boxes, self.block.predict(features)], axis=2)
        combined: Floats = np.einsum("nte,te->nt", inputs, self.weights) + self.bias
        return combined


def fit_settled(head: Floats, boxes: Floats, features: Floats, targets: Floats) -> tuple[SettledWeights, Floats]:
    """Fit the weights.

    Args:
        head: Log odds of held-out pictures, [n, T].
        boxes: Log odds from the boxes, [n, T].
        features: Features from detection, [n, E].
        targets: 0 or 1, [n, T].

    Returns:
        The weights, and the log odds of the same pictures with leave-one-out predictions of the regression, [n, T].
    """
    block, left_out = fit_standardised(features, targets)
    inputs = np.stack([head, boxes, left_out], axis=2)
    flat = inputs.reshape(-1, inputs.shape[2])
    center, scale = flat.mean(axis=0), 1 / flat.std(axis=0)
    scaled, scaled_bias = fit_weighing((inputs - center) * scale, targets)
    weights = scaled * scale
    bias = scaled_bias - weights @ center
    return SettledWeights(block, weights, bias), np.einsum("nte,te->nt", inputs, weights) + bias
