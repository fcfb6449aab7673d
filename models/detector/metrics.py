"""Average precision and calibration of detections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.detector.dataset import Frame
from onsight.core.boxes import box_iou
from onsight.tools.detect.candidates import Objects

Floats = NDArray[np.float64]
IOU = 0.5


def match(objects: Objects, frame: Frame) -> NDArray[np.bool_]:
    """Return which objects are right, by the rules of PASCAL VOC.

    Objects are processed from the most to the least probable. One is right if it overlaps an object of its class in the
    ground truth by at least `IOU`, and that object (the one it overlaps most) was not found before.

    Returns:
        bool [N].
    """
    right = np.zeros(len(objects), bool)
    for class_id in np.unique(frame.class_ids):
        members = np.flatnonzero(objects.class_ids == class_id)
        members = members[np.argsort(-objects.scores[members], kind="stable")]
        iou = box_iou(objects.boxes[members], frame.boxes[frame.class_ids == class_id])
        found = set()
        for member, overlaps in zip(members, iou, strict=True):
            best = int(overlaps.argmax())
            if overlaps[best] >= IOU and best not in found:
                found.add(best)
                right[member] = True
    return right


def average_precision(scores: Floats, right: NDArray[np.bool_], positives: int) -> float:
    """Return the area under the precision-recall curve, precision made monotonic (VOC 2010 and later)."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(order) + 1)
    recall = np.concatenate([[0], hits / positives])
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall) * precision).sum())


def mean_average_precision(
    found: Sequence[Objects], frames: Sequence[Frame], classes: NDArray[np.intp]
) -> tuple[float, dict[int, float]]:
    """Return the mAP at an IoU of 0.5 over some classes, and the average precision of each class that occurs."""
    right = [match(objects, frame) for objects, frame in zip(found, frames, strict=True)]
    per_class = {}
    for class_id in classes:
        positives = sum(int((frame.class_ids == class_id).sum()) for frame in frames)
        if positives:
            scores = np.concatenate([objects.scores[objects.class_ids == class_id] for objects in found])
            hits = np.concatenate(
                [hit[objects.class_ids == class_id] for hit, objects in zip(right, found, strict=True)]
            )
            per_class[int(class_id)] = average_precision(scores, hits, positives)
    return float(np.mean(list(per_class.values()))), per_class


def picture_scores(found: Sequence[Objects], class_ids: Sequence[int]) -> Floats:
    """Return the highest score of an object of some classes in each picture; 0 without such an object."""
    return np.array(
        [objects.scores[np.isin(objects.class_ids, class_ids)].max(initial=0.0) for objects in found], np.float64
    )


def calibration_error(scores: Floats, right: NDArray[np.bool_], floor: float = 0.05, bins: int = 10) -> float:
    """Return the expected calibration error of the scores from ``floor`` on, over equal bins.

    Nearly all candidates rightly score close to zero. If they counted, they would hide any error.
    """
    scores, right = scores[scores >= floor], right[scores >= floor]
    index = np.minimum((scores * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(scores[index == part].sum() - right[index == part].sum()) / len(scores)
            for part in range(bins)
            if (index == part).any()
        )
    )
