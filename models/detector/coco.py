"""COCO's figures for detections: average precision over overlaps, and by the size of the objects."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from models.detector.dataset import Frame
from onsight.tools.detect.candidates import Objects

MAX_OBJECTS = 100
"""Number of objects of a picture that count, as in COCO's own evaluation."""


@dataclass(frozen=True)
class CocoFigures:
    """Average precision in per cent: the mean over classes that occur.

    Attributes:
        ap: Mean over IoUs from 0.5 to 0.95.
        ap50: At an IoU of 0.5.
        ap75: At an IoU of 0.75.
        small: Like ``ap``, for objects of less than 32² pixels.
        medium: Like ``ap``, for objects of 32² to 96² pixels.
        large: Like ``ap``, for objects of more than 96² pixels.
    """

    ap: float
    ap50: float
    ap75: float
    small: float
    medium: float
    large: float

    def __str__(self) -> str:
        return (
            f"AP {self.ap:.1f}, AP50 {self.ap50:.1f}, AP75 {self.ap75:.1f}, small {self.small:.1f}, "
            f"medium {self.medium:.1f}, large {self.large:.1f}"
        )


class CocoTruth:
    """Annotated pictures, ready to measure detections by.

    Args:
        frames: The pictures.
        labels: Names of the classes.
    """

    def __init__(self, frames: Sequence[Frame], labels: Sequence[str]) -> None:
        self._coco = COCO()
        annotations: list[dict[str, Any]] = []
        for image_id, frame in enumerate(frames, 1):
            for (x1, y1, x2, y2), class_id in zip(frame.boxes.tolist(), frame.class_ids.tolist(), strict=True):
                sides = (x2 - x1, y2 - y1)
                annotation = {"id": len(annotations) + 1, "image_id": image_id, "category_id": class_id + 1}
                annotations.append({**annotation, "bbox": [x1, y1, *sides], "area": sides[0] * sides[1], "iscrowd": 0})
        self._coco.dataset = {
            "images": [{"id": i, "height": f.size[0], "width": f.size[1]} for i, f in enumerate(frames, 1)],
            "annotations": annotations,
            "categories": [{"id": number, "name": label} for number, label in enumerate(labels, 1)],
        }
        with contextlib.redirect_stdout(io.StringIO()):
            self._coco.createIndex()

    def measure(self, found: Sequence[Objects], pictures: NDArray[np.intp] | None = None) -> CocoFigures:
        """Return the figures of the objects found in each picture, most probable first.

        Args:
            found: The objects in each picture.
            pictures: Positions of the pictures that count; one may occur several times. None for all, once each.
        """
        results = [
            {
                "image_id": image_id,
                "category_id": int(class_id) + 1,
                "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]],
                "score": float(score),
            }
            for image_id, objects in enumerate(found, 1)
            for box, score, class_id in zip(
                objects.boxes[:MAX_OBJECTS].tolist(), objects.scores, objects.class_ids, strict=False
            )
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(self._coco, self._coco.loadRes(results), "bbox")
            if pictures is not None:
                evaluation.params.imgIds = [int(picture) + 1 for picture in pictures]
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return CocoFigures(*(100 * float(value) for value in evaluation.stats[:6]))
