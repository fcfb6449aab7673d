"""Convert the trained head to the file that ships."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.tagger.boxes import SettledWeights
from models.tagger.dataset import Floats
from models.tagger.learning import Model

Arrays = dict[str, NDArray[np.generic]]

_STEPS = 127


def pack(model: Model, blocks: Sequence[int], thresholds: Floats) -> Arrays:
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
    }


def pack_settled(settled: SettledWeights, thresholds: Floats) -> Arrays:
    """Fold the regression on detection into one layer and round its weights to bytes."""
    own = settled.weights[:, 2]
    folded = settled.block.weights * own[:, None]
    step = np.maximum(np.abs(folded).max(axis=1), 1e-12) / _STEPS
    rounded = np.round(folded / step[:, None]).astype(np.int8)
    bias = settled.bias + own * settled.block.mean - (rounded * step[:, None]) @ settled.block.center
    return {
        "settled_weights": rounded,
        "settled_steps": step.astype(np.float32),
        "box_weights": settled.weights[:, :2].astype(np.float32),
        "settled_bias": bias.astype(np.float32),
        "settled_thresholds": thresholds.astype(np.float32),
    }


def to_bytes(arrays: Arrays) -> bytes:
    """Return the content of the ``.npz`` file; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()
