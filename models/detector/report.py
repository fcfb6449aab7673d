"""The figures of held-out pictures, and the thresholds that they suggest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.detector.coco import CocoTruth
from models.detector.data import Data
from models.detector.dataset import PHOTO_TAGS, Frame, tagged
from models.detector.metrics import (
    Floats,
    average_precision,
    calibration_error,
    match,
    mean_average_precision,
    picture_scores,
)
from onsight.tools.detect.candidates import Objects

PHOTO_CORE = ("person", "dog", "bird", "car", "boat")
THRESHOLD_RANGE = (0.35, 0.6)
MIN_POSITIVES = 20
"""Classes with fewer examples get no threshold of their own, because it would be noise."""


def report(data: Data, boxed: Sequence[Objects], photos: Sequence[Objects]) -> str:
    """Return a short report of a preset's figures on held-out pictures.

    Args:
        data: The pictures.
        boxed: The objects found in each picture with boxes, most probable first.
        photos: The objects found in each photo.
    """
    frames, found = data.boxed[data.kinds["frames"]], boxed[data.kinds["frames"]]
    mean, per_class = mean_average_precision(found, frames, frames[0].annotated)
    lines = [f"frames: mAP@0.5 {100 * mean:.1f}, ECE {calibration_error(*_outcomes(frames, found)):.3f}"]
    lines += ["  " + ", ".join(f"{data.labels[c]} {100 * value:.0f}" for c, value in per_class.items())]
    scenes, found = data.boxed[data.kinds["scenes"]], boxed[data.kinds["scenes"]]
    figures = CocoTruth(scenes, data.labels).measure(found)
    lines.append(f"scenes: {figures}, ECE {calibration_error(*_outcomes(scenes, found)):.3f}")
    if data.photos:
        tags = tagged(data.photos)
        scores_of = {tag: picture_scores(photos, data.class_ids(tag)) for tag in tags}
        values = {tag: average_precision(scores_of[tag], tags[tag], int(tags[tag].sum())) for tag in tags}
        error = calibration_error(
            np.concatenate([scores_of[tag] for tag in tags]), np.concatenate([tags[tag] for tag in tags])
        )
        core = np.mean([values[tag] for tag in PHOTO_CORE])
        lines.append(f"photos: AP of {', '.join(PHOTO_CORE)} {core:.3f}, ECE {error:.3f}")
        lines.append("  " + ", ".join(f"{tag} {value:.2f}" for tag, value in values.items()))
    return "\n".join(lines)


def _known(frames: Sequence[Frame], found: Sequence[Objects]) -> list[Objects]:
    """Return the objects of classes that are annotated."""
    return [objects[np.isin(objects.class_ids, frame.annotated)] for frame, objects in zip(frames, found, strict=True)]


def _outcomes(frames: Sequence[Frame], found: Sequence[Objects]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the scores of all objects of annotated classes, and whether each is right."""
    known = _known(frames, found)
    right = [match(objects, frame) for objects, frame in zip(known, frames, strict=True)]
    return np.concatenate([objects.scores for objects in known]), np.concatenate(right)


def best_threshold(scores: Floats, right: NDArray[np.bool_], positives: int) -> float:
    """Return the threshold with the highest F1, in steps of 0.05 within `THRESHOLD_RANGE`."""
    steps = np.round(np.arange(THRESHOLD_RANGE[0], THRESHOLD_RANGE[1] + 0.01, 0.05), 2)
    f1 = [2 * right[scores >= step].sum() / ((scores >= step).sum() + positives) for step in steps]
    return float(steps[int(np.argmax(f1))])


def thresholds(data: Data, boxed: Sequence[Objects], photos: Sequence[Objects]) -> tuple[float, dict[str, float]]:
    """Return the threshold for all classes together, and the thresholds of classes with enough examples.

    Arguments as for `report`.
    """
    scores, right = _outcomes(data.boxed, boxed)
    ids = np.concatenate([objects.class_ids for objects in _known(data.boxed, boxed)])
    truth = np.concatenate([frame.class_ids for frame in data.boxed])
    own = {}
    for class_id in np.unique(truth):
        positives = int((truth == class_id).sum())
        if positives >= MIN_POSITIVES:
            own[data.labels[class_id]] = best_threshold(scores[ids == class_id], right[ids == class_id], positives)
    for tag, there in tagged(data.photos).items():
        if there.sum() >= MIN_POSITIVES and len(PHOTO_TAGS[tag]) == 1 and PHOTO_TAGS[tag][0] not in own:
            best = picture_scores(photos, data.class_ids(tag))
            own[PHOTO_TAGS[tag][0]] = best_threshold(best, there, int(there.sum()))
    return best_threshold(scores, right, len(truth)), own
