"""Which networks run on a picture, at what size, and the weight of each.

The scripts in ``models/detector`` fit the numbers; ``data/detector.json`` holds them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.tools.detect.tiles import Pass

ANIMALS = range(14, 24)
"""Indices of COCO's animals among its 80 classes, from bird to giraffe."""

VEHICLES = range(1, 9)
"""Indices of COCO's vehicles, from bicycle to boat."""

RESCORED = MappingProxyType({"animals": ANIMALS, "vehicles": VEHICLES})
"""Groups of classes that the classifier rescores: it knows many kinds of them, and most of their lookalikes."""


SIZES = (0.03, 0.15, 0.75)
"""Sizes for which there are weights: small, medium and large. An object's size is the square root of its box's share of
the area that the passes saw. Between these sizes, weights are interpolated over the logarithm of the size."""


def size_shares(boxes: NDArray[np.float64], area: float) -> NDArray[np.float64]:
    """Return how much the weights for each of `SIZES` count for boxes.

    Args:
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)``.
        area: Area of the picture, or of the part of it that the passes saw, in the same unit.

    Returns:
        float64 [N, 3], in [0, 1]; each row adds up to 1.
    """
    log_sizes = np.log(np.array(SIZES))
    areas = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-9)
    small, medium, large = log_sizes
    at = np.clip(np.log(areas / area) / 2, small, large)
    below, above = np.clip((at - small) / (medium - small), 0, 1), np.clip((at - medium) / (large - medium), 0, 1)
    return np.stack([1 - below, below - above, above], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The weights of a logistic regression over the evidence of the passes, for objects of each of `SIZES`.

    Attributes:
        passes: Weight of each pass, in the order of `Preset.passes`, float64 [passes, 3].
        bias: Added to the weighted sum, float64 [3].
    """

    passes: NDArray[np.float64]
    bias: NDArray[np.float64]

    def log_odds(self, logits: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds of objects, float64 [N].

        Args:
            logits: float64 [N, passes], log odds of each pass.
            shares: float64 [N, 3], see `size_shares`.
        """
        log_odds: NDArray[np.float64] = ((logits @ self.passes + self.bias) * shares).sum(axis=1)
        return log_odds

    def bound(self, logits: NDArray[np.float64], lowest: float) -> NDArray[np.float64]:
        """Return the log odds that no object of any size exceeds, float64 [N].

        Args:
            logits: float64 [N, passes], the highest log odds that each pass may give.
            lowest: The lowest log odds that a pass may give.
        """
        # Weights are interpolated between sizes, so the log odds are highest at one of these.
        highest = logits @ np.maximum(self.passes, 0) + lowest * np.minimum(self.passes, 0).sum(axis=0) + self.bias
        bound: NDArray[np.float64] = highest.max(axis=1)
        return bound


@dataclass(frozen=True, slots=True, eq=False)
class Preset:
    """Which passes run on a picture, and how their evidence is combined.

    The log odds that an object is there are a bias plus the sum, over the passes, of a weight times the log odds of
    the pass. Weights depend on the object's size: small inputs show nothing of small objects, and large inputs show
    only parts of large ones. A pass that does not see the object counts with the lowest log odds that it can give.

    Attributes:
        passes: The passes, in the order in which they run.
        box_weights: How much the boxes of each pass count in an object's box, for objects of each of `SIZES`,
            float64 [passes, 3], positive.
        others: Weights for all classes but `ANIMALS`.
        animals: Weights for `ANIMALS`: the networks know ten animals and take most others for one of them. None to use
            the same weights.
        rescored: By name of a group of `RESCORED`, the weights to use for it if the classifier was asked, too. The
            weight of the classifier's log odds is the last.
    """

    passes: tuple[Pass, ...]
    box_weights: NDArray[np.float64]
    others: Weights
    animals: Weights | None = None
    rescored: Mapping[str, Weights] = field(default_factory=dict)

    def alone(
        self, logits: NDArray[np.float64], shares: NDArray[np.float64], class_ids: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return the log odds of objects without the classifier, float64 [N].

        Args:
            logits: float64 [N, passes], log odds.
            shares: float64 [N, 3], see `size_shares`.
            class_ids: intp [N], index of the label.
        """
        log_odds = self.others.log_odds(logits, shares)
        if self.animals:
            is_animal = members(ANIMALS, class_ids)
            log_odds[is_animal] = self.animals.log_odds(logits[is_animal], shares[is_animal])
        return log_odds


def members(group: range, class_ids: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which classes belong to a group, bool [N]."""
    return (class_ids >= group.start) & (class_ids < group.stop)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted numbers.

    Attributes:
        presets: The presets by name: ``"quick"``, ``"default"`` and ``"thorough"``.
        threshold: Score that an object must reach to be shown, for classes that are not in ``thresholds``.
        thresholds: Thresholds by label.
    """

    presets: Mapping[str, Preset]
    threshold: float
    thresholds: Mapping[str, float]

    @classmethod
    def from_json(cls, data: Any) -> Calibration:
        """Read the content of ``detector.json``.

        Raises:
            InvalidSpecError: A field is missing or of the wrong type.
        """
        try:
            return cls(
                presets={
                    name: Preset(
                        passes=tuple(
                            Pass(str(look["model"]), int(look["side"]), bool(look["keep_shape"]))
                            for look in preset["passes"]
                        ),
                        box_weights=np.array([_by_size(look["box_weights"]) for look in preset["passes"]]),
                        others=_weights(preset["others"]),
                        animals=_weights(preset["animals"]) if "animals" in preset else None,
                        rescored={
                            group: _weights(preset["rescored"][group]) for group in RESCORED if "rescored" in preset
                        },
                    )
                    for name, preset in data["presets"].items()
                },
                threshold=float(data["threshold"]),
                thresholds={label: float(value) for label, value in data["thresholds"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidSpecError(f"The detector's calibration is wrong: {error!r}.") from error


def _weights(data: Any) -> Weights:
    return Weights(np.array([_by_size(weights) for weights in data["weights"]]), np.array(_by_size(data["bias"])))


def _by_size(data: Any) -> list[float]:
    small, medium, large = map(float, data)
    return [small, medium, large]


@cache
def load_calibration() -> Calibration:
    """Return the calibration that ships with the package."""
    text = files("onsight").joinpath("data", "detector.json").read_text(encoding="utf-8")
    return Calibration.from_json(json.loads(text))
