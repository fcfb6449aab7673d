"""The trained head: converts evidence to a calibrated probability for each tag in the vocabulary.

The log odds of a tag are linear in the evidence: ``weights · features + expectation_weights · expectations +
bias``. Once detection has run, they are combined with `onsight.evidence.settled`. ``models/tagger`` fits the weights
and evaluates them; they are stored in ``data/tagger.npz`` with one byte per weight.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.network_outputs import NUM_EXPECTATIONS, Evidence
from onsight.evidence.settled import SettledEvidence
from onsight.evidence.vocabulary import Vocabulary

Array = NDArray[np.float32]
F = TypeVar("F", bound=np.floating)

ARRAYS = (
    "weights",
    "steps",
    "blocks",
    "expectation_weights",
    "bias",
    "thresholds",
    "settled_weights",
    "settled_steps",
    "box_weights",
    "settled_bias",
    "settled_thresholds",
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
        settled_weights: Weights of the features of `SettledEvidence`, float32 [T, E].
        box_weights: Weights of the log odds from the above and from detected boxes, float32 [T, 2].
        settled_bias: Bias for everything together, float32 [T].
        settled_thresholds: Like `thresholds`, with `SettledEvidence`, float32 [T].
        late_block: Columns of the weights for the mean of the late map.
    """

    weights: Array
    expectation_weights: Array
    bias: Array
    thresholds: Array
    settled_weights: Array
    box_weights: Array
    settled_bias: Array
    settled_thresholds: Array
    late_block: slice

    @classmethod
    def load(cls) -> TagHead:
        """Return the head that ships with the package, read once."""
        return _packaged()

    @classmethod
    def from_bytes(cls, data: bytes) -> TagHead:
        """Read the content of ``tagger.npz``.

        ``weights`` is int8 [T, D]; ``steps`` float32 [T, B] is the quantisation step of a tag's weights in each of the
        B blocks of features, and ``blocks`` int32 [B] is the number of features in each block. ``settled_weights`` is
        int8 [T, E] with one step per tag, ``settled_steps`` float32 [T].

        Raises:
            InvalidSpecError: An array is missing or does not match the others.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = {name: file[name] for name in ARRAYS}
            steps = np.repeat(arrays["steps"].astype(np.float32), arrays["blocks"], axis=1)
            weights = arrays["weights"] * steps
            settled = arrays["settled_weights"] * arrays["settled_steps"].astype(np.float32)[:, None]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InvalidSpecError(f"The tagger's weights cannot be read: {error}") from error
        tags = len(weights)
        shapes = {
            "expectation_weights": (tags, NUM_EXPECTATIONS),
            "bias": (tags,),
            "thresholds": (tags,),
            "box_weights": (tags, 2),
            "settled_bias": (tags,),
            "settled_thresholds": (tags,),
        }
        for name, shape in shapes.items():
            if arrays[name].shape != shape:
                raise InvalidSpecError(f"The tagger's {name} have shape {arrays[name].shape}, expected {shape}.")
        start = int(arrays["blocks"][:LATE_BLOCK].sum())
        late_block = slice(start, start + int(arrays["blocks"][LATE_BLOCK]))
        small = {name: arrays[name].astype(np.float32) for name in shapes}
        return cls(weights, settled_weights=settled, late_block=late_block, **small)

    def probabilities(self, evidence: Evidence, settled: SettledEvidence | None = None) -> Array:
        """Return the probability of each tag, float32 [T]; a broader tag is at least as probable as a narrower one.

        Args:
            evidence: Evidence from the classifier's network.
            settled: Evidence from detection, or None without detection.
        """
        log_odds = (
            self.weights @ np.concatenate(evidence.features)
            + np.einsum("te,te->t", self.expectation_weights, evidence.expectations)
            + self.bias
        )
        if settled is not None:
            log_odds = (
                log_odds * self.box_weights[:, 0]
                + settled.log_odds * self.box_weights[:, 1]
                + self.settled_weights @ settled.features
                + self.settled_bias
            )
        probabilities: Array = 1 / (1 + np.exp(-log_odds))
        return coherent(probabilities, Vocabulary.load())


def coherent(probabilities: NDArray[F], vocabulary: Vocabulary) -> NDArray[F]:
    """Raise the probability of each broader tag to that of its most probable narrower tag.

    Args:
        probabilities: Probabilities [..., T].
        vocabulary: The tags.

    Returns:
        Probabilities [..., T].
    """
    raised = probabilities.copy()
    for row, above in vocabulary.rows_above:
        raised[..., above] = np.maximum(raised[..., above], probabilities[..., row, None])
    return raised


@cache
def _packaged() -> TagHead:
    return TagHead.from_bytes(files("onsight").joinpath("data", "tagger.npz").read_bytes())
