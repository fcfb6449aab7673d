"""Cross-validation of the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.tagger.boxes import fit_settled
from models.tagger.dataset import Dataset, Floats
from models.tagger.learning import fit, split
from models.tagger.thresholds import choose_thresholds
from onsight.evidence.head import coherent

FOLDS = 5


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions for each picture by a head that was not trained on it.

    Attributes:
        ridge: Mean over the blocks of the first step, [n, T].
        expected: Probability from the classes alone, without any training, [n, T].
        probabilities: Probability from the whole head, [n, T].
        decisions: Whether the tag would be shown, with thresholds that were also chosen on other pictures, [n, T].
        log_odds: Log odds of the whole head, before broader tags are raised, [n, T].
        settled: Probability with detection as additional evidence, [n, T].
        settled_decisions: Whether the tag would be shown then, [n, T].
    """

    ridge: Floats
    expected: Floats
    probabilities: Floats
    decisions: NDArray[np.bool_]
    log_odds: Floats
    settled: Floats
    settled_decisions: NDArray[np.bool_]


def stratified_folds(targets: Floats, count: int, seed: int) -> NDArray[np.intp]:
    """Distribute the pictures so that each fold gets its share of every tag.

    Source: Sechidis et al., "On the Stratification of Multi-Label Data" (2011): the rarest tag first, each of its
    pictures goes to the fold that needs it most.

    Args:
        targets: 0 or 1, [n, T].
        count: Number of folds.
        seed: Seed for ties.

    Returns:
        The fold of each picture, [n].
    """
    rng = np.random.default_rng(seed)
    folds = np.full(len(targets), -1)
    room = np.full(count, len(targets) / count)
    wanted = np.tile(targets.sum(axis=0) / count, (count, 1))
    while (free := folds < 0).any():
        left = targets[free].sum(axis=0)
        if left.any():
            tag = int(np.argmin(np.where(left > 0, left + rng.random(left.size) / 10, np.inf)))
            rows = rng.permutation(np.flatnonzero(free & (targets[:, tag] > 0)))
        else:
            tag, rows = None, np.flatnonzero(free)
        for row in rows:
            need = room if tag is None else wanted[:, tag]
            best = np.flatnonzero(need >= need.max() - 1e-9)
            fold = best[np.argmax(room[best] + rng.random(best.size) / 1e6)]
            folds[row] = fold
            room[fold] -= 1
            wanted[fold] -= targets[row]
    return folds


def cross_validate(dataset: Dataset, seed: int, count: int = FOLDS) -> HeldOut:
    """For each fold, train on the others and predict it."""
    folds = stratified_folds(dataset.targets, count, seed)
    vocabulary = dataset.vocabulary
    ridge, log_odds, settled = (np.zeros_like(dataset.targets) for _ in range(3))
    decisions, settled_decisions = (np.zeros(dataset.targets.shape, bool) for _ in range(2))
    for fold in range(count):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = fit(dataset, train)
        features = split(dataset.features[test], dataset.blocks)
        ridge[test] = np.mean([block.predict(x) for block, x in zip(model.blocks, features, strict=True)], axis=0)
        log_odds[test] = model.log_odds(dataset, test)
        targets, said = dataset.targets[train], model.training_log_odds
        thresholds = choose_thresholds(targets, coherent(sigmoid(said), vocabulary))
        decisions[test] = coherent(sigmoid(log_odds[test]), vocabulary) >= thresholds
        weights, said = fit_settled(said, dataset.detections[train], dataset.settled[train], targets)
        combined = weights.log_odds(log_odds[test], dataset.detections[test], dataset.settled[test])
        settled[test] = coherent(sigmoid(combined), vocabulary)
        settled_decisions[test] = settled[test] >= choose_thresholds(targets, coherent(sigmoid(said), vocabulary))
    expected = sigmoid(dataset.expectations[:, :, 0])
    probabilities = coherent(sigmoid(log_odds), vocabulary)
    return HeldOut(ridge, expected, probabilities, decisions, log_odds, settled, settled_decisions)


def sigmoid(log_odds: Floats) -> Floats:
    """Convert log odds to probabilities."""
    probabilities: Floats = 1 / (1 + np.exp(-log_odds))
    return probabilities
