"""The figures of held-out pictures, and the thresholds that they suggest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.detector.coco import CocoTruth
from models.detector.data import Data
from models.detector.dataset import PHOTO_TAGS, Frame, folds, tagged
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
JACKKNIFE_GROUPS = 20
MIN_POSITIVES = 20
"""Classes with fewer examples get no threshold of their own, because it would be noise."""


def report(
    data: Data, boxed: Sequence[Objects], photos: Sequence[Objects], baseline: Sequence[Objects] | None = None
) -> str:
    """Return a short report of a preset's figures on held-out pictures.

    Args:
        data: The pictures.
        boxed: The objects found in each picture with boxes, most probable first.
        photos: The objects found in each photo.
        baseline: The objects that another preset found in each picture with boxes, to compare with; None for none.
    """
    lines = []
    for kind, one in (("frames", _frame_lines), ("scenes", _scene_lines)):
        at = data.kinds[kind]
        lines += one(data.labels, data.boxed[at], boxed[at], baseline[at] if baseline else None)
    return "\n".join(lines + (_photo_lines(data, photos) if data.photos else []))


def _frame_lines(
    labels: Sequence[str], frames: Sequence[Frame], found: Sequence[Objects], baseline: Sequence[Objects] | None
) -> list[str]:
    def figures(objects: Sequence[Objects], left: NDArray[np.intp]) -> list[float]:
        chosen = [objects[index] for index in left], [frames[index] for index in left]
        return [100 * mean_average_precision(*chosen, frames[0].annotated)[0]]

    _, per_class = mean_average_precision(found, frames, frames[0].annotated)
    return [
        f"frames: ECE {calibration_error(*_outcomes(frames, found)):.3f}",
        *_with_errors(figures, ("mAP@0.5",), found, baseline),
        "  " + ", ".join(f"{labels[class_id]} {100 * value:.0f}" for class_id, value in per_class.items()),
    ]


def _scene_lines(
    labels: Sequence[str], scenes: Sequence[Frame], found: Sequence[Objects], baseline: Sequence[Objects] | None
) -> list[str]:
    truth = CocoTruth(scenes, labels)

    def figures(objects: Sequence[Objects], left: NDArray[np.intp]) -> list[float]:
        result = truth.measure(objects, left)
        return [result.ap, result.ap50, result.small, result.medium, result.large]

    return [
        f"scenes: ECE {calibration_error(*_outcomes(scenes, found)):.3f}",
        *_with_errors(figures, ("AP", "AP50", "small", "medium", "large"), found, baseline),
    ]


def _photo_lines(data: Data, photos: Sequence[Objects]) -> list[str]:
    tags = tagged(data.photos)
    scores_of = {tag: picture_scores(photos, data.class_ids(tag)) for tag in tags}
    values = {tag: average_precision(scores_of[tag], tags[tag], int(tags[tag].sum())) for tag in tags}
    error = calibration_error(
        np.concatenate([scores_of[tag] for tag in tags]), np.concatenate([tags[tag] for tag in tags])
    )
    core = np.mean([values[tag] for tag in PHOTO_CORE])
    return [
        f"photos: AP of {', '.join(PHOTO_CORE)} {core:.3f}, ECE {error:.3f}",
        "  " + ", ".join(f"{tag} {value:.2f}" for tag, value in values.items()),
    ]


def _with_errors(
    figures: Callable[[Sequence[Objects], NDArray[np.intp]], Sequence[float]],
    names: Sequence[str],
    found: Sequence[Objects],
    baseline: Sequence[Objects] | None,
) -> list[str]:
    """Return a line of figures with standard errors, and one of differences to a baseline."""

    def differences(left: NDArray[np.intp]) -> list[float]:
        pairs = zip(figures(found, left), figures(baseline or found, left), strict=True)
        return [one - other for one, other in pairs]

    everything = np.arange(len(found))
    rows = [("  ", figures(found, everything), standard_errors(lambda left: figures(found, left), len(found)))]
    if baseline:
        rows.append(("  against the first: ", differences(everything), standard_errors(differences, len(found))))
    return [
        head + ", ".join(f"{name} {value:.1f} ± {error:.1f}" for name, value, error in zip(names, *row, strict=True))
        for head, *row in rows
    ]


def standard_errors(figures: Callable[[NDArray[np.intp]], Sequence[float]], count: int) -> NDArray[np.float64]:
    """Return the standard errors of some figures: a jackknife that leaves out a group of pictures at a time.

    Args:
        figures: Returns the figures for the pictures at these positions.
        count: Number of pictures.
    """
    groups = folds(count, JACKKNIFE_GROUPS, seed=2)
    values = np.array([figures(np.setdiff1d(np.arange(count), group)) for group in groups])
    errors: NDArray[np.float64] = np.sqrt((len(groups) - 1) * values.var(axis=0))
    return errors


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
