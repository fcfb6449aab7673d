"""How probable it is that a specific name, such as "Cello", is right.

The classifier has to name one of a thousand classes, most of them rare. On everyday photographs it takes a surfboard
for a bobsleigh. So a name needs more than the classifier's probability: the tags must agree with what its class always
shows, no sure box may show something else, and a rare thing needs more evidence than a common one.
``models/tagger/naming.py`` fits the weights, and a prior for each name by how often people photograph the thing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.errors import InvalidSpecError
from onsight.evidence.agreement import Agreement
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.expectations import LEVELS, Expectations
from onsight.evidence.rollup import Rollup
from onsight.evidence.vocabulary import Vocabulary

FEATURES = ("whole", "average", "entropy", "support", "same_box", "other_box")
"""The evidence for a name, in the order of `NameEvidence.features`."""

MAX_ODDS = 4.0
"""Log odds of a tag count within ± this, because no tag is certain."""

_OFFSET = 0.003


@dataclass(frozen=True, slots=True)
class NameWeights:
    """The fitted weights.

    Attributes:
        bias: Log odds of a name of a rare thing without evidence.
        weights: Weight of each of `FEATURES`.
        priors: Log odds to add by id of the concept; 0 for others.
    """

    bias: float
    weights: tuple[float, ...]
    priors: Mapping[str, float]

    @classmethod
    def load(cls) -> NameWeights:
        """Return the packaged weights, read once."""
        return _packaged()

    @classmethod
    def from_json(cls, text: str) -> NameWeights:
        """Read weights as `to_json` writes them.

        Raises:
            InvalidSpecError: They are malformed.
        """
        try:
            stored = json.loads(text)
            weights = tuple(float(stored["weights"][name]) for name in FEATURES)
            return cls(float(stored["bias"]), weights, {id: float(one) for id, one in stored["priors"].items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidSpecError(f"The weights of names cannot be read: {error!r}") from error

    def to_json(self) -> str:
        """Return the weights as text, one prior a line."""
        stored = {
            "bias": round(self.bias, 4),
            "weights": {name: round(weight, 4) for name, weight in zip(FEATURES, self.weights, strict=True)},
            "priors": {id: round(prior, 2) for id, prior in sorted(self.priors.items())},
        }
        return json.dumps(stored, indent=1) + "\n"


class NameEvidence:
    """Converts the evidence of one picture to the features of N names.

    Attributes:
        rollup: The concepts; each is a name.
        agreement: How the concepts are related to detected classes.
        always: Tags that apply wherever a concept's classes are, bool [N, T].
    """

    always: NDArray[np.bool_]

    def __init__(self, rollup: Rollup, vocabulary: Vocabulary, classes: DetectedClasses | None = None) -> None:
        self.rollup = rollup
        certain = Expectations.load(rollup.labels).matrix >= LEVELS["always"]
        # A tag is certain for a concept if it is for all of its classes: sum over the classes where it is not.
        missing = rollup.roll_up(np.ascontiguousarray(~certain.T, np.float64))
        self.always = (missing == 0).T
        self.agreement = Agreement(rollup, vocabulary, classes or DetectedClasses.load())
        self._column = {label: column for column, label in enumerate(self.agreement.classes.classes)}

    def features(
        self,
        probabilities: NDArray[np.float32],
        average_place: NDArray[np.float32],
        tags: NDArray[np.float32],
        boxes: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float64]:
        """Return the evidence for each name, float64 [N, `FEATURES`].

        It is the log odds of its classes in the whole picture, and averaged over its places; how evenly the latter are
        spread over all classes (in nats, large for everyday scenes); the log odds of the least probable of the tags
        that always come with it; the best score of a box of the same thing; the best score of a box that cannot be the
        same thing, minus the former.

        Args:
            probabilities: Class probabilities in the whole picture, float32 [C].
            average_place: Class probabilities averaged over all places, float32 [C].
            tags: Probabilities of the vocabulary's tags, float32 [T].
            boxes: Best score of each class of detection, float32 [K], or None without detection.
        """
        entropy = -float(np.sum(average_place * np.log(average_place + 1e-9)))
        odds = np.clip(np.log(tags + 1e-6) - np.log(1 - tags + 1e-6), -MAX_ODDS, MAX_ODDS)
        least = np.where(self.always, odds, np.inf).min(axis=1, initial=np.inf)
        support = np.where(np.isfinite(least), least, 0.0)
        same, other = np.zeros(len(support)), np.zeros(len(support))
        if boxes is not None:
            same = (self.agreement.supports * boxes).max(axis=1)
            other = np.maximum((self.agreement.rivals * boxes).max(axis=1) - same, 0)
        whole, average = (log_odds(self.rollup.roll_up(one)) for one in (probabilities, average_place))
        features: NDArray[np.float64] = np.stack(
            [whole, average, np.full(len(support), entropy), support, same, other], axis=1
        )
        return features

    def best_scores(self, boxes: Iterable[Box]) -> NDArray[np.float32]:
        """Return the best score of each class of detection, float32 [K]."""
        scores = np.zeros(len(self._column), np.float32)
        for box in boxes:
            if box.label in self._column:
                column = self._column[box.label]
                scores[column] = max(scores[column], box.score)
        return scores


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds of probabilities, limited to about ±6."""
    odds: NDArray[np.float64] = np.log(probabilities + _OFFSET) - np.log(1 - probabilities + _OFFSET)
    return odds


@cache
def _packaged() -> NameWeights:
    return NameWeights.from_json(files("onsight").joinpath("data", "names.json").read_text(encoding="utf-8"))
