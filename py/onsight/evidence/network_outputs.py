"""From a network's outputs to what speaks for each tag.

Two kinds of evidence meet. *Features* describe the picture as a whole: the classifier's own pooled features, and
the mean and spread of what two earlier layers see, which know textures, light and surroundings better than the last
one, whose business is to tell a thousand objects apart. A trained linear layer reads them. *Expectations* are the
classes that the network sees, in the picture as a whole and at each place of it, read with the table of what such
pictures usually show.
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

FETCHES = ("logits", "features", "middle_map", "late_map", "class_map")
"""The classifier's outputs that tagging needs."""

MAX_AREA = 320 * 320
"""Pixels of the network's input at most: half as much again as for one label, where the whole picture is seen."""

STRIDE = 32
"""Pixels of the input that one place of the maps stands for."""

MAX_RATIO = 3.0
"""Longest shape of an input, long side to short; a longer picture is squeezed into it."""

FLAT_TEMPERATURE = 2.0
"""Softens the class probabilities so that the runners-up, which tell the kind of thing, are heard too."""

NUM_EXPECTATIONS = 4
"""How many numbers the classes give for each tag, see `Evidence.expectations`."""

LOG_OFFSET = 0.03
"""Added to means before their logarithm is taken; channels that are all but silent then say nothing."""

_ODDS_OFFSET = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for the tags of one picture.

    Attributes:
        features: Five kinds, float32 [Dᵢ] each: the logarithms of the pooled features; the logarithms of the mean,
            and the standard deviation, over all places of the middle map, and of the late map.
        expectations: Log odds by class evidence, float32 [T, 4]: of the whole picture; of the whole picture with
            `FLAT_TEMPERATURE`; of the average place; of the best place.
        places: Class probabilities at each place, float32 [rows, columns, C].
    """

    features: tuple[Array, ...]
    expectations: Array
    places: Array


def input_size(size: tuple[int, int], max_area: int = MAX_AREA) -> tuple[int, int]:
    """Return the size in which the network sees a whole picture, its shape all but kept.

    Args:
        size: ``(height, width)`` of the picture.
        max_area: Pixels of the input at most.

    Returns:
        ``(height, width)``, multiples of `STRIDE` with an area of at most ``max_area``.
    """
    ratio = min(max(size[0] / size[1], 1 / MAX_RATIO), MAX_RATIO)
    places = max_area // STRIDE**2

    def loss(shape: tuple[int, int]) -> float:
        rows, columns = shape
        # A wrong shape costs more than a smaller picture.
        return abs(math.log(rows / columns / ratio)) + 0.7 * math.log(places / (rows * columns))

    shapes = ((rows, columns) for rows in range(1, places + 1) for columns in range(1, places // rows + 1))
    rows, columns = min(shapes, key=loss)
    return rows * STRIDE, columns * STRIDE


def weigh(outputs: Mapping[str, Array], expectations: Expectations, temperature: float) -> Evidence:
    """Turn the network's outputs for one picture into evidence.

    Args:
        outputs: `FETCHES` by name, each with a leading axis of length 1.
        expectations: The table, tied to the network's classes.
        temperature: The network's own, which makes its probabilities honest.

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
    """Return the logarithm of the mean, and the standard deviation, of each channel over all places."""
    values = feature_map.reshape(feature_map.shape[0], -1)
    mean = values.mean(axis=1)
    # Two passes over the data: the difference of squares would lose what is nearly constant.
    spread = values - mean[:, None]
    return _log(mean), np.sqrt(np.einsum("cp,cp->c", spread, spread) / values.shape[1])


def _log(values: Array) -> Array:
    # The features have long tails; a dozen strong ones would drown the rest.
    logarithms: Array = np.log(np.maximum(values, 0) + np.float32(LOG_OFFSET))
    return logarithms


def log_odds(probabilities: Array) -> Array:
    """Return the log odds of probabilities, kept within ±4: no class is proof."""
    offset = np.float32(_ODDS_OFFSET)
    odds: Array = np.log(probabilities + offset) - np.log(1 - probabilities + offset)
    return odds
