"""Convert the trained head to the file that ships."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.tagger.boxes import BoxWeights
from models.tagger.dataset import Floats
from models.tagger.learning import Model

Arrays = dict[str, NDArray[np.generic]]

_STEPS = 127


def pack(model: Model, blocks: Sequence[int], thresholds: Floats, object_weights: Floats) -> Arrays:
    """Fold the two steps into one linear layer and round its weights to bytes.

    Returns:
        The arrays that `onsight.evidence.head.TagHead.from_bytes` reads.
    """
    count = len(model.blocks)
    evidence_weights = model.weights * model.scale
    bias = model.bias - evidence_weights @ model.center
    weights, steps = [], []
    for block, own in zip(model.blocks, evidence_weights[:, :count].T, strict=True):
        folded = block.weights * own[:, None]
        step = np.maximum(np.abs(folded).max(axis=1), 1e-12) / _STEPS
        rounded = np.round(folded / step[:, None]).astype(np.int8)
        weights.append(rounded)
        steps.append(step)
        # The stored weights subtract the centre, so that rounding does not shift any average.
        bias += own * block.mean - (rounded * step[:, None]) @ block.center
    return {
        "weights": np.concatenate(weights, axis=1),
        "steps": np.stack(steps, axis=1).astype(np.float32),
        "blocks": np.array(blocks, np.int32),
        "expectation_weights": evidence_weights[:, count:].astype(np.float32),
        "bias": bias.astype(np.float32),
        "thresholds": thresholds.astype(np.float32),
        "object_weights": object_weights.astype(np.float32),
    }


def pack_boxes(boxes: BoxWeights, thresholds: Floats) -> Arrays:
    """Return the arrays with the weights of the boxes."""
    return {
        "box_weights": boxes.weights.astype(np.float32),
        "box_bias": boxes.bias.astype(np.float32),
        "box_thresholds": thresholds.astype(np.float32),
    }


def to_bytes(arrays: Arrays) -> bytes:
    """Return the content of the ``.npz`` file; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()
