"""Quality of tags: ranking, decisions at thresholds, calibration of the probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def average_precision(targets: Floats, scores: Floats) -> float:
    """Return the mean of the precisions at each positive, in order of descending score.

    Args:
        targets: 0 or 1, [n].
        scores: [n]; ties keep the order of the rows.

    Returns:
        In [0, 1]; NaN without a positive.
    """
    hits = targets[np.argsort(-scores, kind="stable")]
    if not hits.any():
        return float("nan")
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precisions * hits).sum() / hits.sum())


def average_precisions(targets: Floats, scores: Floats) -> Floats:
    """Return the average precision of each tag, [T], of targets and scores [n, T]."""
    return np.array([average_precision(*columns) for columns in zip(targets.T, scores.T, strict=True)])


def f1_scores(targets: Floats, decisions: NDArray[np.bool_], tags: NDArray[np.bool_]) -> tuple[float, float]:
    """Return CF1 and OF1 over some tags.

    CF1 combines the mean precision and the mean recall of the tags (a tag that is never given has precision 0); OF1
    combines precision and recall over all pairs of picture and tag (Wang et al., "CNN-RNN", 2016).

    Args:
        targets: 0 or 1, [n, T].
        decisions: Whether a tag is given, [n, T].
        tags: Tags that count, [T].
    """
    hits = (targets * decisions).sum(axis=0)[tags]
    given, held = decisions.sum(axis=0)[tags], targets.sum(axis=0)[tags]
    per_tag = _f1(float(np.mean(hits / np.maximum(given, 1))), float(np.mean(hits / np.maximum(held, 1))))
    overall = _f1(float(hits.sum() / max(given.sum(), 1)), float(hits.sum() / max(held.sum(), 1)))
    return per_tag, overall


def calibration_error(targets: Floats, probabilities: Floats, bins: int = 15) -> float:
    """Return the expected calibration error over all pairs, with bins of equal width."""
    index = np.minimum((probabilities.ravel() * bins).astype(np.intp), bins - 1)
    counts = np.bincount(index, minlength=bins)
    said = np.bincount(index, probabilities.ravel(), minlength=bins)
    held = np.bincount(index, targets.ravel(), minlength=bins)
    return float(np.abs(said - held).sum() / counts.sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
