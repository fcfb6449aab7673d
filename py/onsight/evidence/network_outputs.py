"""Convert a network's outputs to evidence for each tag.

There are two kinds of evidence. *Features* describe the picture as a whole: the classifier's own pooled features, and
the mean and spread of two earlier layers, which contain more about textures, light and surroundings than the last one,
which has to distinguish a thousand objects. A trained linear layer reads them. *Expectations* are the classes in the
picture as a whole and at each position, combined with the table of what such pictures usually show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.evidence.expectations import Expectations
from onsight.networks.postprocess import softmax

Array = NDArray[np.float32]

CLASSIFIER = "efficientnet-lite2"
"""Id of the classification network, whose outputs more than one tool reads."""

FETCHES = ("logits", "features", "middle_map", "late_map", "class_map")
"""The classifier's outputs that Tag needs."""

MAX_AREA = 320 * 320
"""Maximum number of input pixels: one and a half times as many as for one label, for the whole picture."""

STRIDE = 32
"""Pixels of the input per position of the maps."""

MAX_RATIO = 3.0
"""Largest aspect ratio of an input, long side to short; a longer picture is squeezed into it."""

FLAT_TEMPERATURE = 2.0
"""Softens the class probabilities so that the runners-up, which show the kind of thing, count as well."""

NUM_EXPECTATIONS = 4
"""Number of expectations per tag, see `Evidence.expectations`."""

LOG_OFFSET = 0.03
"""Added to means before taking the logarithm, so that nearly inactive channels have no effect."""

_ODDS_OFFSET = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The evidence for the tags of one picture.

    Attributes:
        features: Five blocks, float32 [Dᵢ] each: the logarithms of the pooled features; and for the middle and the late
        map the logarithms of the mean, and the standard deviation, over all positions.
        expectations: Log odds from class probabilities, float32 [T, 4]: of the whole picture; of the whole picture with
        `FLAT_TEMPERATURE`; averaged over positions; at the best position.
        places: Class probabilities at each position, float32 [rows, columns, C].
    """

    features: tuple[Array, ...]
    expectations: Array
    places: Array


def input_size(size: tuple[int, int], max_area: int = MAX_AREA) -> tuple[int, int]:
    """Return the input size for a whole picture, with almost the same aspect ratio.

    Args:
        size: ``(height, width)`` of the picture.
        max_area: Maximum number of input pixels.

    Returns:
        ``(height, width)``, multiples of `STRIDE` with an area of at most ``max_area``.
    """
    ratio = min(max(size[0] / size[1], 1 / MAX_RATIO), MAX_RATIO)
    places = max_area // STRIDE**2

    def loss(shape: tuple[int, int]) -> float:
        rows, columns = shape
        # A wrong aspect ratio costs more accuracy than a smaller input.
        return abs(math.log(rows / columns / ratio)) + 0.7 * math.log(places / (rows * columns))

    shapes = ((rows, columns) for rows in range(1, places + 1) for columns in range(1, places // rows + 1))
    rows, columns = min(shapes, key=loss)
    return rows * STRIDE, columns * STRIDE


def evidence_from(outputs: Mapping[str, Array], expectations: Expectations, temperature: float) -> Evidence:
    """Convert the network's outputs for one picture to evidence.

    Args:
        outputs: `FETCHES` by name, each with a leading axis of length 1.
        expectations: The table, bound to the network's classes.
        temperature: The network's own temperature, which calibrates its probabilities.

    Returns:
        The evidence.
    """
    logits, class_map = outputs["logits"][0], outputs["class_map"][0]
    places = softmax(np.ascontiguousarray(class_map.transpose(1, 2, 0)))
    flat = places.reshape(-1, places.shape[-1])
    beliefs = (
        expectations.mean(softmax(logits, temperature)),
        expectations.mean(softmax(logits, FLAT_TEMPERATURE)),
        expectations.mean(flat.mean(axis=0)),
        expectations.strongest(flat.max(axis=0)),
    )
    return Evidence(
        features=(
            _log(outputs["features"][0]),
            *_statistics(outputs["middle_map"][0]),
            *_statistics(outputs["late_map"][0]),
        ),
        expectations=log_odds(np.stack(beliefs, axis=1)),
        places=places,
    )


def _statistics(feature_map: Array) -> tuple[Array, Array]:
    """Return the logarithm of the mean, and the standard deviation, of each channel over all positions."""
    values = feature_map.reshape(feature_map.shape[0], -1)
    mean = values.mean(axis=1)
    # Two passes over the data, because the difference of squares is inaccurate for nearly constant channels.
    spread = values - mean[:, None]
    return _log(mean), np.sqrt(np.einsum("cp,cp->c", spread, spread) / values.shape[1])


def _log(values: Array) -> Array:
    # The features have long tails; a dozen strong ones would dominate the rest.
    logarithms: Array = np.log(np.maximum(values, 0) + np.float32(LOG_OFFSET))
    return logarithms


def log_odds(probabilities: Array) -> Array:
    """Return the log odds of probabilities, clipped to ±4, because no class is proof."""
    offset = np.float32(_ODDS_OFFSET)
    odds: Array = np.log(probabilities + offset) - np.log(1 - probabilities + offset)
    return odds
