"""The trained head: converts evidence to a calibrated probability for each tag in the vocabulary.

The log odds of a tag are linear in the evidence: ``weights · features + expectation_weights · expectations +
bias``. ``models/tagger`` fits the weights and evaluates them; they are stored in ``data/tagger.npz`` with one byte per
weight.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.network_outputs import NUM_EXPECTATIONS, Evidence

Array = NDArray[np.float32]

ARRAYS = (
    "weights",
    "steps",
    "blocks",
    "expectation_weights",
    "bias",
    "thresholds",
    "object_weights",
    "box_weights",
    "box_bias",
    "box_thresholds",
)
"""Names of the arrays in the file."""

LATE_BLOCK = 3
"""Index of the mean of the late map among the blocks of features."""


@dataclass(frozen=True, slots=True, eq=False)
class TagHead:
    """The fitted weights.

    Attributes:
        weights: Float32 [T, D].
        expectation_weights: Float32 [T, 4].
        bias: Float32 [T].
        thresholds: Minimum probability of a displayed tag, float32 [T].
        object_weights: Calibration of specific objects, float32 [3]: bias, and the weights of the log odds in the
        whole picture and averaged over its positions.
        box_weights: Weights of the log odds from the above and from detected boxes, float32 [T, 2].
        box_bias: Bias for both together, float32 [T].
        box_thresholds: Like `thresholds`, with boxes, float32 [T].
        late_block: Columns of the weights for the mean of the late map.
    """

    weights: Array
    expectation_weights: Array
    bias: Array
    thresholds: Array
    object_weights: Array
    box_weights: Array
    box_bias: Array
    box_thresholds: Array
    late_block: slice

    @classmethod
    def load(cls) -> TagHead:
        """Return the head that ships with the package, read once."""
        return _packaged()

    @classmethod
    def from_bytes(cls, data: bytes) -> TagHead:
        """Read the content of ``tagger.npz``.

        ``weights`` is int8 [T, D]; ``steps`` float32 [T, B] is the quantisation step of a tag's weights in each of the
        B blocks of features, and ``blocks`` int32 [B] is the number of features in each block.

        Raises:
            InvalidSpecError: An array is missing or does not match the others.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = {name: file[name] for name in ARRAYS}
            steps = np.repeat(arrays["steps"].astype(np.float32), arrays["blocks"], axis=1)
            weights = arrays["weights"] * steps
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InvalidSpecError(f"The tagger's weights cannot be read: {error}") from error
        tags = len(weights)
        shapes = {
            "expectation_weights": (tags, NUM_EXPECTATIONS),
            "bias": (tags,),
            "thresholds": (tags,),
            "object_weights": (3,),
            "box_weights": (tags, 2),
            "box_bias": (tags,),
            "box_thresholds": (tags,),
        }
        for name, shape in shapes.items():
            if arrays[name].shape != shape:
                raise InvalidSpecError(f"The tagger's {name} have shape {arrays[name].shape}, expected {shape}.")
        start = int(arrays["blocks"][:LATE_BLOCK].sum())
        late_block = slice(start, start + int(arrays["blocks"][LATE_BLOCK]))
        return cls(weights, late_block=late_block, **{name: arrays[name].astype(np.float32) for name in shapes})

    def probabilities(self, evidence: Evidence, boxes: Array | None = None) -> Array:
        """Return the probability of each tag, float32 [T].

        Args:
            evidence: Evidence from the classifier's network.
            boxes: Log odds of each tag from detected boxes, float32 [T], or None without detection.
        """
        log_odds = (
            self.weights @ np.concatenate(evidence.features)
            + np.einsum("te,te->t", self.expectation_weights, evidence.expectations)
            + self.bias
        )
        if boxes is not None:
            log_odds = log_odds * self.box_weights[:, 0] + boxes * self.box_weights[:, 1] + self.box_bias
        probabilities: Array = 1 / (1 + np.exp(-log_odds))
        return probabilities


@cache
def _packaged() -> TagHead:
    return TagHead.from_bytes(files("onsight").joinpath("data", "tagger.npz").read_bytes())
