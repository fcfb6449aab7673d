"""Embeddings: what the network saw in a picture as a direction; alike for pictures of alike things."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.evidence.network_outputs import LOG_OFFSET, Evidence


def embedding(evidence: Evidence) -> NDArray[np.float16]:
    """Return the direction of the network's pooled features, float16 [D] of length 1.

    The square root keeps a few loud features from drowning the rest, and makes the cosine of two directions the
    overlap of what the network saw in both (Bhattacharyya).

    Args:
        evidence: Of one picture.
    """
    pooled = np.maximum(np.exp(evidence.features[0]) - np.float32(LOG_OFFSET), 0)
    direction = np.sqrt(pooled)
    length = float(np.linalg.norm(direction))
    unit: NDArray[np.float16] = (direction / max(length, 1e-6)).astype(np.float16)
    return unit
