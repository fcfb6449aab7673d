"""A second opinion on what detection's networks see, by the classifier.

Detection's networks know eighty classes and take most of the rest of the world for one of them: a ladybug is a bird, a
lion a bear. The classifier knows a thousand, and says of each place of the picture what is there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Flow, Run, Stage
from onsight.errors import ModelFailedError
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
"""Pixels of the network's input at most."""

CLEAR = 2.0
"""Places a side of a box of which the classifier sees enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What the classifier sees at each place of a picture.

    Attributes:
        log_odds: Of each of detection's classes, float32 [rows, columns, C], within ±4; NaN of those that the
            classifier does not know.
        region: What of the picture the places cover, ``(x1, y1, x2, y2)`` in pixels.
    """

    log_odds: NDArray[np.float32]
    region: Region

    def of_boxes(
        self, boxes: NDArray[np.float64], class_ids: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Tell what the classifier says of boxes.

        Args:
            boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels.
            class_ids: The class of each, intp [N].

        Returns:
            The log odds of its class at the best place inside of each box, float64 [N], and how much that is worth, in
            [0, 1]: nothing for a class that the classifier does not know, less than all for a box of less than
            `CLEAR` places a side, of whose inside it sees little.
        """
        x1, y1, x2, y2 = self.region
        rows, columns, _ = self.log_odds.shape
        corners = (boxes - [x1, y1, x1, y1]) * (np.array([columns, rows] * 2) / [x2 - x1, y2 - y1, x2 - x1, y2 - y1])
        worth = np.clip((corners[:, 2:] - corners[:, :2]) / CLEAR, 0, 1).prod(axis=1)
        said = np.array([self._best(box, id) for box, id in zip(corners.tolist(), class_ids, strict=True)]).reshape(-1)
        return np.nan_to_num(said), worth * np.isfinite(said)

    def _best(self, corners: list[float], class_id: int) -> float:
        rows, columns, _ = self.log_odds.shape
        left, top = (min(math.floor(low), count - 1) for low, count in zip(corners[:2], (columns, rows), strict=True))
        right, bottom = (math.ceil(high) for high in corners[2:])
        return float(self.log_odds[top : max(bottom, top + 1), left : max(right, left + 1), class_id].max())


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The classifier, asked for what detection knows.

    Attributes:
        spec: The network's description.
        members: Of each of detection's classes, which of the classifier's are kinds of it, intp [K]; none if it does
            not know the class.
    """

    spec: ModelSpec
    members: tuple[NDArray[np.intp], ...]

    @classmethod
    def from_text(cls, spec: str, labels: str, classes: Sequence[str]) -> SecondOpinion:
        """Make one from the text of the classifier's ``model.json`` and ``labels.txt``.

        Args:
            spec: As text.
            labels: As text.
            classes: Names of detection's classes, in order.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        rollup = bind(Taxonomy.load(), parsed.parse_labels(labels))
        known = {concept.id for concept in rollup.concepts}
        concepts = {label: row.concept for label, row in DetectedClasses.load().classes.items()}
        # What people wear is no person, though it tells of one.
        wanted = [None if label == "person" else concepts.get(label) for label in classes]
        nothing = np.zeros(0, np.intp)
        return cls(parsed, tuple(rollup.classes_of(id) if id in known else nothing for id in wanted))

    def of(self, decoded: DecodedImage) -> Flow[Opinion]:
        """Look at a picture."""
        yield Stage("preprocess")
        size = input_size((decoded.info.height, decoded.info.width), MAX_AREA)
        # The whole picture, as tagging sees it, but smaller.
        pixel_values, transform = preprocess(decoded, replace(self.spec.input, input_size=size, crop_mode="squash"))
        yield Stage("infer")
        outputs = yield Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES)
        if outputs is None:
            raise ModelFailedError("The network gave no answer.")
        yield Stage("postprocess")
        places = softmax(np.ascontiguousarray(outputs["class_map"][0].transpose(1, 2, 0)))
        rows, columns, _ = places.shape
        sums = np.full((rows, columns, len(self.members)), np.nan, np.float32)
        for class_id, members in enumerate(self.members):
            if len(members):
                sums[..., class_id] = places[..., members].sum(axis=-1)
        return Opinion(log_odds(sums), transform.region)
