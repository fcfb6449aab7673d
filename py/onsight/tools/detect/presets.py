"""Which networks look at a picture in which size, and how much the evidence of each weighs.

The numbers are fitted by ``models/detector`` and lie in ``data/detector.json``.
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

SECONDED = MappingProxyType({"animals": ANIMALS, "vehicles": VEHICLES})
"""Classes of which the classifier knows many kinds, and most of what looks like one and is none."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the evidence of each pass is worth.

    Attributes:
        passes: Weight of each pass.
        bias: Added to the weighted sum.
    """

    passes: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Preset:
    """A way to look at a picture.

    The log odds that an object is there are ``bias`` plus the sum, over the passes, of ``weight`` times the log
    odds that the pass gives it; a pass that does not see it counts with the lowest log odds that it can give.

    Attributes:
        passes: The looks, in the order in which they are taken.
        weights: Weight of each pass.
        bias: Added to the weighted sum.
        animals: What holds for `ANIMALS` instead: the networks know ten and take most others for one of them. None
            if nothing else does.
        seconded: By name of a group of `SECONDED`, what holds for it where the classifier was asked, too: the weight
            of its log odds comes last.
    """

    passes: tuple[Pass, ...]
    weights: tuple[float, ...]
    bias: float
    animals: Weights | None = None
    seconded: Mapping[str, Weights] = field(default_factory=dict)

    def alone(self, logits: NDArray[np.float64], class_ids: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the log odds of objects by the passes alone, float64 [N].

        Args:
            logits: float64 [N, passes].
            class_ids: intp [N].
        """
        log_odds: NDArray[np.float64] = logits @ np.array(self.weights) + self.bias
        if self.animals:
            is_animal = members(ANIMALS, class_ids)
            log_odds[is_animal] = logits[is_animal] @ np.array(self.animals.passes) + self.animals.bias
        return log_odds


def members(group: range, class_ids: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which classes belong to a group, bool [N]."""
    return (class_ids >= group.start) & (class_ids < group.stop)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted.

    Attributes:
        presets: By name: ``"default"`` and ``"thorough"``.
        threshold: Score that an object must reach to be shown, for classes without a threshold of their own.
        thresholds: By label, the threshold of its own.
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
                        seconded={
                            group: _weights(preset["seconded"][group]) for group in SECONDED if "seconded" in preset
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
