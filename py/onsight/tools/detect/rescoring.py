"""Rescores boxes with the classifier's evidence.

Detection's networks know 80 classes and mistake most other things for one of them: a ladybird for a bird, a lion for a
bear. The classifier knows 1,000 classes, and says for each place in the picture what is there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Flow, Run, Stage, outputs_of
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.network_outputs import input_size, log_odds
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.image import DecodedImage
from onsight.networks.postprocess import softmax
from onsight.networks.preprocess import Region, preprocess
from onsight.networks.spec import ModelSpec

FETCHES = ("class_map",)

MAX_AREA = 256 * 256
"""Largest area of the network's input, in pixels."""

CLEAR = 2.0
"""Side of a box, in places of the classifier's map, from which the classifier sees enough of its inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Rescoring:
    """The classifier's evidence for detection's classes at each place in a picture.

    Attributes:
        log_odds: Log odds of detection's classes, float32 [rows, columns, C], within ±4; NaN for classes that the
            classifier does not know.
        region: The part of the picture that the places cover, ``(x1, y1, x2, y2)`` in pixels.
    """

    log_odds: NDArray[np.float32]
    region: Region

    def of_boxes(
        self, boxes: NDArray[np.float64], class_ids: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the classifier's evidence for boxes.

        Args:
            boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels.
            class_ids: intp [N], index of the label of each box.

        Returns:
            The log odds of each box's class at the best place inside the box, float64 [N], and their weights in [0, 1],
            float64 [N]. The weight is 0 for a class that the classifier does not know, and less than 1 for a box whose
            sides are shorter than `CLEAR` places, because the classifier sees little of its inside.
        """
        x1, y1, x2, y2 = self.region
        rows, columns, _ = self.log_odds.shape
        corners = (boxes - [x1, y1, x1, y1]) * (np.array([columns, rows] * 2) / [x2 - x1, y2 - y1, x2 - x1, y2 - y1])
        weights = np.clip((corners[:, 2:] - corners[:, :2]) / CLEAR, 0, 1).prod(axis=1)
        best = np.array([self._best(box, id) for box, id in zip(corners.tolist(), class_ids, strict=True)]).reshape(-1)
        return np.nan_to_num(best), weights * np.isfinite(best)

    def _best(self, corners: list[float], class_id: int) -> float:
        rows, columns, _ = self.log_odds.shape
        left, top = (min(math.floor(low), count - 1) for low, count in zip(corners[:2], (columns, rows), strict=True))
        right, bottom = (math.ceil(high) for high in corners[2:])
        return float(self.log_odds[top : max(bottom, top + 1), left : max(right, left + 1), class_id].max())


@dataclass(frozen=True, slots=True)
class Rescorer:
    """Runs the classifier to rescore detection's classes.

    Attributes:
        spec: The network's description.
        members: For each of detection's classes, the indices of the classifier's classes that are kinds of it,
            intp [K]; empty if the classifier does not know the class.
    """

    spec: ModelSpec
    members: tuple[NDArray[np.intp], ...]

    @classmethod
    def from_text(cls, spec: str, labels: str, classes: Sequence[str]) -> Rescorer:
        """Make one from the text of the classifier's ``model.json`` and ``labels.txt``.

        Args:
            spec: Text of ``model.json``.
            labels: Text of ``labels.txt``.
            classes: Names of detection's classes, in order.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        rollup = bind(Taxonomy.load(), parsed.parse_labels(labels))
        known = {concept.id for concept in rollup.concepts}
        concepts = {label: row.concept for label, row in DetectedClasses.load().classes.items()}
        # The taxonomy counts clothes towards a person, but clothes are not a person.
        wanted = [None if label == "person" else concepts.get(label) for label in classes]
        nothing = np.zeros(0, np.intp)
        return cls(parsed, tuple(rollup.classes_of(id) if id in known else nothing for id in wanted))

    def of(self, decoded: DecodedImage) -> Flow[Rescoring]:
        """Run the classifier on a picture."""
        yield Stage("preprocess")
        size = input_size((decoded.info.height, decoded.info.width), MAX_AREA)
        # The whole picture, as for tagging, but smaller.
        pixel_values, transform = preprocess(decoded, replace(self.spec.input, input_size=size, crop_mode="squash"))
        yield Stage("infer")
        outputs = yield from outputs_of(Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES))
        yield Stage("postprocess")
        places = softmax(np.ascontiguousarray(outputs["class_map"][0].transpose(1, 2, 0)))
        rows, columns, _ = places.shape
        sums = np.full((rows, columns, len(self.members)), np.nan, np.float32)
        for class_id, members in enumerate(self.members):
            if len(members):
                sums[..., class_id] = places[..., members].sum(axis=-1)
        return Rescoring(log_odds(sums), transform.region)
