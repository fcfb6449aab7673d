"""Heat maps: where in the picture a tag applies.

The log odds of a tag are a sum, and two of its terms depend on positions: the mean of the late map, and the class
probabilities at each position. The contribution of a position to the sum is its evidence (to first order for the map,
because the head reads the logarithm of the mean; compare class activation mapping, Zhou et al. 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onsight.evidence.expectations import Expectations
from onsight.evidence.head import TagHead
from onsight.evidence.network_outputs import LOG_OFFSET, Evidence, log_odds

Array = NDArray[np.float32]


def tag_evidence(
    rows: Sequence[int], head: TagHead, evidence: Evidence, late_map: Array, expectations: Expectations
) -> Array:
    """Return the contribution of each position to the log odds of some tags.

    Args:
        rows: Indices of the K tags in the vocabulary.
        head: The trained head.
        evidence: Evidence of the picture.
        late_map: Float32 [channels, h, w].
        expectations: The table, bound to the network's classes.

    Returns:
        Float32 [K, h, w]; 0 is an average position.
    """
    chosen = np.asarray(rows, np.intp)
    channels, height, width = late_map.shape
    places = late_map.reshape(channels, -1)
    slopes = head.weights[chosen, head.late_block] / (places.mean(axis=1) + LOG_OFFSET)
    from_map = slopes @ places

    expected = evidence.places.reshape(height * width, -1) @ expectations.matrix[:, chosen]
    from_classes = head.expectation_weights[chosen].sum(axis=1)[:, None] * log_odds(expected.T)
    total = from_map + from_classes
    centred: Array = (total - total.mean(axis=1, keepdims=True)).reshape(len(chosen), height, width)
    return centred


def class_evidence(classes: NDArray[np.intp], evidence: Evidence) -> Array:
    """Return the probability of a group of classes at each position, float32 [h, w]."""
    summed: Array = evidence.places[..., classes].sum(axis=-1)
    return summed
