"""Convert a network's raw outputs to probabilities and maps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """Turn logits into probabilities.

    Args:
        logits: float32 [..., C].
        temperature: Divisor of the logits; above 1 makes the probabilities less confident (Guo et al., "On Calibration
        of Modern Neural Networks", 2017).

    Returns:
        float32 [..., C], each row sums to 1.
    """
    scaled = (logits - logits.max(axis=-1, keepdims=True)) / np.float32(temperature)
    exponentials = np.exp(scaled)
    probabilities: Array = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities


def normalize_map(evidence: Array) -> Array:
    """Scale a map of evidence to [0, 1] for display: negative evidence becomes 0, the strongest position 1.

    Args:
        evidence: float32 [h, w], any range.

    Returns:
        float32 [h, w]; all zeros if there is no positive evidence.
    """
    positive = np.maximum(evidence, 0)
    strongest = positive.max(initial=0)
    return positive / strongest if strongest > 0 else positive
