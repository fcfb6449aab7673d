"""Train the head: ridge regression on each block of features, then a calibrated combination of all the evidence.

With 700 pictures and 6,272 features a tag has more weights than examples. Two things make this work. Ridge regression
in its dual form needs only one matrix of pictures by pictures, and gives leave-one-out predictions in closed form. From
these predictions the second step learns, for each tag, the weight of each block of features and each kind of
expectation. These ten numbers are regularised towards values shared by all tags, because rare tags have too few
examples. The second step is a logistic regression, so the result is calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.tagger.dataset import Dataset, Floats

RIDGE = 0.5
"""Penalty of the first step, for blocks whose features have a mean square sum of 1 per picture."""

STANDARDISED_RIDGE = 1.0
"""The same for features that are each scaled by their own standard deviation."""

RARE = 1e-3
"""Added to standard deviations, so that a feature that is nearly always 0 does not count more than others."""

OWN_PENALTY = 30.0
"""Penalty for the difference between a tag's weights and those shared by all tags."""

SHARED_PENALTY = 1e-3
BIAS_PENALTY = 0.05

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Block:
    """A ridge regression on one block of features.

    Attributes:
        center: Subtracted from the features, [d].
        weights: Weights, [T, d].
        mean: Mean of the targets, [T].
    """

    center: Floats
    weights: Floats
    mean: Floats

    def predict(self, features: Floats) -> Floats:
        """Return the predicted targets, [n, T], for features [n, d]."""
        return (features - self.center) @ self.weights.T + self.mean


@dataclass(frozen=True, eq=False)
class Model:
    """The trained head.

    Attributes:
        blocks: The first step, one regression per block of features.
        center: Subtracted from the evidence, [B + E].
        scale: Multiplied with the evidence afterwards, [B + E].
        weights: Weights of the evidence, [T, B + E].
        bias: Bias of each tag, [T].
        training_log_odds: Log odds of each training picture, with leave-one-out predictions in the first step, [n, T].
    """

    blocks: Sequence[Block]
    center: Floats
    scale: Floats
    weights: Floats
    bias: Floats
    training_log_odds: Floats

    def log_odds(self, dataset: Dataset, rows: Rows) -> Floats:
        """Return the log odds of each tag for some pictures, [len(rows), T]."""
        said = [
            block.predict(features)
            for block, features in zip(self.blocks, split(dataset.features[rows], dataset.blocks), strict=True)
        ]
        evidence = np.concatenate([np.stack(said, axis=2), dataset.expectations[rows]], axis=2)
        return _weigh((evidence - self.center) * self.scale, self.weights, self.bias)


def split(features: Floats, sizes: Sequence[int]) -> list[Floats]:
    """Return the blocks of features [n, D]."""
    return np.split(features, np.cumsum(sizes)[:-1], axis=1)


def fit(dataset: Dataset, rows: Rows) -> Model:
    """Train on some of the pictures."""
    targets = dataset.targets[rows]
    blocks, said = [], []
    for features in split(dataset.features[rows], dataset.blocks):
        block, left_out = fit_block(features, targets)
        blocks.append(block)
        said.append(left_out)
    evidence = np.concatenate([np.stack(said, axis=2), dataset.expectations[rows]], axis=2)
    flat = evidence.reshape(-1, evidence.shape[2])
    center, scale = flat.mean(axis=0), 1 / flat.std(axis=0)
    scaled = (evidence - center) * scale
    weights, bias = fit_weighing(scaled, targets)
    return Model(blocks, center, scale, weights, bias, _weigh(scaled, weights, bias))


def _weigh(evidence: Floats, weights: Floats, bias: Floats) -> Floats:
    log_odds: Floats = np.einsum("nte,te->nt", evidence, weights) + bias
    return log_odds


def fit_block(features: Floats, targets: Floats) -> tuple[Block, Floats]:
    """Fit a ridge regression.

    Args:
        features: [n, d].
        targets: [n, T].

    Returns:
        The regression, and its leave-one-out prediction for each picture, [n, T].
    """
    # One scale for all features: those that hardly vary hardly matter.
    return _fit_ridge(features, targets, np.full(features.shape[1], features.var(axis=0).sum() ** -0.5), RIDGE)


def fit_standardised(features: Floats, targets: Floats) -> tuple[Block, Floats]:
    """Fit a ridge regression on features of different kinds, each scaled by its own standard deviation.

    Arguments and results as for `fit_block`.
    """
    scale = 1 / ((features.std(axis=0) + RARE) * np.sqrt(features.shape[1]))
    return _fit_ridge(features, targets, scale, STANDARDISED_RIDGE)


def _fit_ridge(features: Floats, targets: Floats, scale: Floats, penalty: float) -> tuple[Block, Floats]:
    center, mean = features.mean(axis=0), targets.mean(axis=0)
    values = (features - center) * scale
    inverse = np.linalg.inv(values @ values.T + penalty * np.eye(len(values)))
    dual = inverse @ (targets - mean)
    left_out = targets - dual / np.diag(inverse)[:, None]
    return Block(center, dual.T @ values * scale, mean), left_out


def fit_weighing(evidence: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Fit a logistic regression per tag, with weights regularised towards those shared by all tags.

    Args:
        evidence: [n, T, E].
        targets: [n, T].

    Returns:
        The weights [T, E] and biases [T].
    """
    _, tags, kinds = evidence.shape

    def unpack(values: Floats) -> tuple[Floats, Floats, float, Floats]:
        shared, own, level, biases = np.split(values, np.cumsum([kinds, tags * kinds, 1]))
        return shared, own.reshape(tags, kinds), float(level[0]), biases

    def loss(values: Floats) -> tuple[float, Floats]:
        shared, own, level, biases = unpack(values)
        log_odds = _weigh(evidence, shared + own, level + biases)
        errors = 1 / (1 + np.exp(-log_odds)) - targets
        penalty = SHARED_PENALTY * shared @ shared + OWN_PENALTY * (own**2).sum() + BIAS_PENALTY * biases @ biases
        value = (np.logaddexp(0, log_odds) - targets * log_odds).sum() + penalty / 2
        slope = np.einsum("nt,nte->te", errors, evidence)
        bias_slope = errors.sum(axis=0)
        gradient = [
            slope.sum(axis=0) + SHARED_PENALTY * shared,
            (slope + OWN_PENALTY * own).ravel(),
            [bias_slope.sum()],
            bias_slope + BIAS_PENALTY * biases,
        ]
        return value, np.concatenate(gradient)

    start = np.zeros(kinds + tags * kinds + 1 + tags)
    start[kinds + tags * kinds] = np.log(targets.mean() / (1 - targets.mean()))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    shared, own, level, biases = unpack(found.x)
    return shared + own, level + biases
