"""Compute embeddings: vectors of length 1 that are close for pictures of similar things."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.evidence.network_outputs import LOG_OFFSET, Evidence


def embedding(evidence: Evidence) -> NDArray[np.float16]:
    """Return a picture's embedding, float16 [D] of length 1: the direction of the network's pooled features.

    The square root keeps a few strong features from dominating the others, and makes the cosine of two embeddings the
    Bhattacharyya coefficient of the pictures' features.

    Args:
        evidence: Network outputs for the picture.
    """
    pooled = np.maximum(np.exp(evidence.features[0]) - np.float32(LOG_OFFSET), 0)
    direction = np.sqrt(pooled)
    length = float(np.linalg.norm(direction))
    unit: NDArray[np.float16] = (direction / max(length, 1e-6)).astype(np.float16)
    return unit
