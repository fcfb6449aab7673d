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


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a logistic regression over the evidence of the passes.

    Attributes:
        passes: Weight of each pass, in the order of `Preset.passes`.
        bias: Added to the weighted sum.
    """

    passes: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Preset:
    """Which passes run on a picture, and how their evidence is combined.

    The log odds that an object is there are ``bias`` plus the sum, over the passes, of ``weight`` times the log odds of
    the pass. A pass that does not see the object counts with the lowest log odds that it can give.

    Attributes:
        passes: The passes, in the order in which they run.
        weights: Weight of each pass.
        bias: Added to the weighted sum.
        animals: Weights to use for `ANIMALS` instead: the networks know ten animals and take most others for one of
            them. None to use the same weights.
        rescored: By name of a group of `RESCORED`, the weights to use for it if the classifier was asked, too. The
            weight of the classifier's log odds is the last.
    """

    passes: tuple[Pass, ...]
    weights: tuple[float, ...]
    bias: float
    animals: Weights | None = None
    rescored: Mapping[str, Weights] = field(default_factory=dict)

    def alone(self, logits: NDArray[np.float64], class_ids: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the log odds of objects without the classifier, float64 [N].

        Args:
            logits: float64 [N, passes], log odds.
            class_ids: intp [N], index of the label.
        """
        log_odds: NDArray[np.float64] = logits @ np.array(self.weights) + self.bias
        if self.animals:
            is_animal = members(ANIMALS, class_ids)
            log_odds[is_animal] = logits[is_animal] @ np.array(self.animals.passes) + self.animals.bias
        return log_odds


def members(group: range, class_ids: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which classes belong to a group, bool [N]."""
    return (class_ids >= group.start) & (class_ids < group.stop)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted numbers.

    Attributes:
        presets: The presets by name: ``"default"`` and ``"thorough"``.
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
                        weights=tuple(float(look["weight"]) for look in preset["passes"]),
                        bias=float(preset["bias"]),
                        animals=_weights(preset["animals"]) if "animals" in preset else None,
                        rescored={
                            group: _weights(preset["seconded"][group]) for group in RESCORED if "seconded" in preset
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
    return Weights(tuple(float(weight) for weight in data["weights"]), float(data["bias"]))


@cache
def load_calibration() -> Calibration:
    """Return the calibration that ships with the package."""
    text = files("onsight").joinpath("data", "detector.json").read_text(encoding="utf-8")
    return Calibration.from_json(json.loads(text))
