"""Fit the weights that combine the evidence of the passes, and the thresholds of the scores.

::

    python -m models.detector.fit --frames FOLDER --photos FOLDER [--write]

Each preset has several logistic regressions: one for animals, one for everything else, and one each for animals and for
vehicles rescored by the classifier. They are fitted on the objects in the frames (right or wrong by their boxes) and on
the best object of each class in each photo (right or wrong by the photo's tags). With frames alone, the networks would
be overconfident on photos of things they have never seen; photos alone say nothing about boxes. (Animals and vehicles
are learnt from photos, because the frames have none.) The printed figures are for held-out pictures; the written
weights are fitted on all pictures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.detector.dataset import PHOTO_TAGS, Frame, Photo, folds, read_frames, read_photos, shared_classes, tagged
from models.detector.looks import candidates_of, rescorings_of
from models.detector.metrics import (
    Floats,
    average_precision,
    calibration_error,
    match,
    mean_average_precision,
    picture_scores,
)
from onsight.networks.model_cache import find_model
from onsight.networks.spec import ModelSpec
from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.fusion import Evidence, fuse, gather, is_doubtful
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import ANIMALS, RESCORED, Preset, Weights, members
from onsight.tools.detect.rescoring import Rescoring
from onsight.tools.detect.tiles import Pass

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "py" / "onsight" / "data" / "detector.json"
CENTERNET, SSDLITE = "centernet-mobilenet-v3", "ssdlite-mobilenet-v2"
PRESETS: dict[str, tuple[Pass, ...]] = {
    "default": (Pass(CENTERNET, 288, True), Pass(SSDLITE, 320, False)),
    "thorough": (
        Pass(CENTERNET, 288, True),
        Pass(SSDLITE, 320, False),
        Pass(CENTERNET, 512, True),
        Pass(CENTERNET, 640, False),
        Pass(SSDLITE, 384, True),
    ),
}
FOLDS = 6
PHOTO_CORE = ("person", "dog", "bird", "car", "boat")
PHOTO_WEIGHT = 0.1
"""Weight of an object in a photo, relative to one in a frame, which has an annotated box."""
THRESHOLD_RANGE = (0.35, 0.6)
MIN_POSITIVES = 10
"""Classes with fewer examples get no threshold of their own, because it would be noise."""


@dataclass(frozen=True, eq=False)
class Data:
    """Pictures, and the merged candidates from all passes of a preset.

    Attributes:
        labels: Names of the classes.
        frames: Pictures with boxes.
        frame_evidence: Candidates in each frame.
        photos: Pictures with tags.
        photo_evidence: Candidates in each photo.
        frame_rescorings: The classifier's result for each frame.
        photo_rescorings: The classifier's result for each photo.
    """

    labels: tuple[str, ...]
    frames: Sequence[Frame]
    frame_evidence: Sequence[Evidence]
    photos: Sequence[Photo]
    photo_evidence: Sequence[Evidence]
    frame_rescorings: Sequence[Rescoring]
    photo_rescorings: Sequence[Rescoring]

    def class_ids(self, tag: str) -> list[int]:
        """Return the classes that a photo tag stands for."""
        return [self.labels.index(label) for label in PHOTO_TAGS[tag]]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The objects in each picture, with weights that were fitted on other pictures."""

    frames: list[Objects]
    photos: list[Objects]


def read(frames: Path, photos: Path | None, passes: Sequence[Pass]) -> Data:
    """Read the folders and run the passes that are not cached."""
    folder = find_model(passes[0].model)
    labels = ModelSpec.load(folder).parse_labels((folder / "labels.txt").read_text(encoding="utf-8"))
    frame_list, photo_list = read_frames(frames, labels), read_photos(photos) if photos else []

    def evidence(paths: Sequence[Path]) -> list[Evidence]:
        by_pass = [candidates_of(look, paths) for look in passes]
        return [gather(candidates, DetectOptions().iou) for candidates in zip(*by_pass, strict=True)]

    frame_paths, photo_paths = [frame.path for frame in frame_list], [photo.path for photo in photo_list]
    return Data(
        labels,
        frame_list,
        evidence(frame_paths),
        photo_list,
        evidence(photo_paths) if photo_list else [],
        rescorings_of(frame_paths, labels),
        rescorings_of(photo_paths, labels),
    )


def fit(data: Data, frames: NDArray[np.intp], photos: NDArray[np.intp], passes: Sequence[Pass]) -> Preset:
    """Fit the weights on some of the frames and some of the photos."""
    classes = shared_classes(data.frames)
    logits, said, right, weights, class_ids = [], [], [], [], []
    for index in frames:
        evidence = data.frame_evidence[index]
        # Which of two boxes for the same object counts as right depends on their order, so a first estimate is needed.
        guess = Objects(evidence.boxes, evidence.logits.mean(axis=1), evidence.class_ids, evidence.ids)
        known = np.isin(evidence.class_ids, classes)
        logits.append(evidence.logits[known])
        said.append(data.frame_rescorings[index].of_boxes(evidence.boxes[known], evidence.class_ids[known])[0])
        right.append(match(guess, data.frames[index])[known])
        weights.append(np.ones(known.sum()))
        class_ids.append(evidence.class_ids[known])
    for index in photos:
        evidence = data.photo_evidence[index]
        for tag in PHOTO_TAGS:
            there = np.flatnonzero(np.isin(evidence.class_ids, data.class_ids(tag)))
            if len(there):
                best = there[evidence.logits[there].sum(axis=1).argmax()]
                logits.append(evidence.logits[best : best + 1])
                rescoring = data.photo_rescorings[index]
                said.append(rescoring.of_boxes(evidence.boxes[[best]], evidence.class_ids[[best]])[0])
                right.append(np.array([tag in data.photos[index].tags]))
                weights.append(np.array([PHOTO_WEIGHT]))
                class_ids.append(evidence.class_ids[best : best + 1])
    all_logits, all_right, all_weights = np.concatenate(logits), np.concatenate(right), np.concatenate(weights)
    ids = np.concatenate(class_ids)

    def fit_on(chosen: NDArray[np.bool_], *further: Floats) -> Weights:
        columns = np.column_stack([all_logits, *further])
        return _regress(columns[chosen], all_right[chosen], all_weights[chosen])

    is_animal = members(ANIMALS, ids)
    others = fit_on(~is_animal)
    animals = fit_on(is_animal) if is_animal.any() else None
    rescored = {}
    heard = np.concatenate(said)
    for name, group in RESCORED.items():
        of_group = members(group, ids)
        if of_group.any():
            rescored[name] = fit_on(of_group, heard)
    return Preset(tuple(passes), others.passes, others.bias, animals, rescored)


def _regress(logits: Floats, right: NDArray[np.bool_], weights: Floats) -> Weights:
    if right.all() or not right.any():
        raise SystemExit("The pictures do not have both right and wrong examples.")
    model = LogisticRegression(max_iter=1000).fit(logits, right, sample_weight=weights)
    return Weights(tuple(model.coef_[0].tolist()), float(model.intercept_[0]))


def hold_out(data: Data, passes: Sequence[Pass]) -> HeldOut:
    """Find the objects in each picture with weights that were fitted on the other folds."""
    held_out = HeldOut([Objects.concatenate([])] * len(data.frames), [Objects.concatenate([])] * len(data.photos))
    frame_folds, photo_folds = folds(len(data.frames), FOLDS), folds(len(data.photos), FOLDS, seed=1)
    for frame_fold, photo_fold in zip(frame_folds, photo_folds, strict=True):
        others = np.setdiff1d(np.arange(len(data.frames)), frame_fold)
        other_photos = np.setdiff1d(np.arange(len(data.photos)), photo_fold)
        preset = fit(data, others, other_photos, passes)
        for index in frame_fold:
            held_out.frames[index] = _fuse(data.frame_evidence[index], preset, data.frame_rescorings[index])
        for index in photo_fold:
            held_out.photos[index] = _fuse(data.photo_evidence[index], preset, data.photo_rescorings[index])
    return held_out


def _fuse(evidence: Evidence, preset: Preset, rescoring: Rescoring) -> Objects:
    """Compute scores like `Detector`, which rescores only where that may change something."""
    passes = [Candidates(evidence.boxes, logits, evidence.class_ids) for logits in evidence.logits.T]
    return fuse(evidence, preset, rescoring if is_doubtful(passes, preset) else None)


def report(data: Data, held_out: HeldOut) -> str:
    """Return a short report of a preset's figures on held-out pictures."""
    classes = shared_classes(data.frames)
    mean, per_class = mean_average_precision(held_out.frames, data.frames, classes)
    known = [objects[np.isin(objects.class_ids, classes)] for objects in held_out.frames]
    scores = np.concatenate([objects.scores for objects in known])
    right = np.concatenate([match(objects, frame) for objects, frame in zip(known, data.frames, strict=True)])
    lines = [f"frames: mAP@0.5 {100 * mean:.1f}, ECE {calibration_error(scores, right):.3f}"]
    lines += ["  " + ", ".join(f"{data.labels[c]} {100 * value:.0f}" for c, value in per_class.items())]
    if data.photos:
        tags = tagged(data.photos)
        scores_of = {tag: picture_scores(held_out.photos, data.class_ids(tag)) for tag in tags}
        values = {tag: average_precision(scores_of[tag], tags[tag], int(tags[tag].sum())) for tag in tags}
        error = calibration_error(
            np.concatenate([scores_of[tag] for tag in tags]), np.concatenate([tags[tag] for tag in tags])
        )
        core = np.mean([values[tag] for tag in PHOTO_CORE])
        lines.append(f"photos: AP of {', '.join(PHOTO_CORE)} {core:.3f}, ECE {error:.3f}")
        lines.append("  " + ", ".join(f"{tag} {value:.2f}" for tag, value in values.items()))
    return "\n".join(lines)


def best_threshold(scores: Floats, right: NDArray[np.bool_], positives: int) -> float:
    """Return the threshold with the highest F1, in steps of 0.05 within `THRESHOLD_RANGE`."""
    steps = np.round(np.arange(THRESHOLD_RANGE[0], THRESHOLD_RANGE[1] + 0.01, 0.05), 2)
    f1 = [2 * right[scores >= step].sum() / ((scores >= step).sum() + positives) for step in steps]
    return float(steps[int(np.argmax(f1))])


def thresholds(data: Data, held_out: HeldOut) -> tuple[float, dict[str, float]]:
    """Return the threshold for all classes together, and the thresholds of classes with enough examples."""
    classes = shared_classes(data.frames)
    known = [objects[np.isin(objects.class_ids, classes)] for objects in held_out.frames]
    scores = np.concatenate([objects.scores for objects in known])
    ids = np.concatenate([objects.class_ids for objects in known])
    right = np.concatenate([match(objects, frame) for objects, frame in zip(known, data.frames, strict=True)])
    truth = np.concatenate([frame.class_ids for frame in data.frames])
    own = {}
    for class_id in classes:
        positives = int((truth == class_id).sum())
        if positives >= MIN_POSITIVES:
            own[data.labels[class_id]] = best_threshold(scores[ids == class_id], right[ids == class_id], positives)
    for tag, there in tagged(data.photos).items():
        if there.sum() >= MIN_POSITIVES and len(PHOTO_TAGS[tag]) == 1 and PHOTO_TAGS[tag][0] not in own:
            best = picture_scores(held_out.photos, data.class_ids(tag))
            own[PHOTO_TAGS[tag][0]] = best_threshold(best, there, int(there.sum()))
    return best_threshold(scores, right, len(truth)), own


def describe(preset: Preset) -> dict[str, object]:
    """Return a preset in the format of the file."""
    passes = [
        {"model": look.model, "side": look.side, "keep_shape": look.keep_shape, "weight": round(weight, 4)}
        for look, weight in zip(preset.passes, preset.weights, strict=True)
    ]
    result: dict[str, object] = {"passes": passes, "bias": round(preset.bias, 4)}
    if preset.animals:
        weights = [round(weight, 4) for weight in preset.animals.passes]
        result["animals"] = {"weights": weights, "bias": round(preset.animals.bias, 4)}
    if preset.rescored:
        result["seconded"] = {
            group: {"weights": [round(weight, 4) for weight in weights.passes], "bias": round(weights.bias, 4)}
            for group, weights in preset.rescored.items()
        }
    return result


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.detector.fit", description="Fit the detector's weights.")
    parser.add_argument("--frames", type=Path, required=True, help="folder of pictures with boxes")
    parser.add_argument("--photos", type=Path, required=True, help="folder of pictures with tags")
    parser.add_argument("--write", action="store_true", help="write the fitted weights into the package")
    parser.add_argument(
        "--preset", nargs="+", choices=PRESETS, default=list(PRESETS), help="by default all; the others stay unchanged"
    )
    options = parser.parse_args()
    result = json.loads(TARGET.read_text(encoding="utf-8"))
    for name in options.preset:
        passes = PRESETS[name]
        data = read(options.frames, options.photos, passes)
        held_out = hold_out(data, passes)
        print(f"{name}\n{report(data, held_out)}", flush=True)
        preset = fit(data, np.arange(len(data.frames)), np.arange(len(data.photos)), passes)
        result["presets"][name] = describe(preset)
        if name == "default":
            threshold, own = thresholds(data, held_out)
            result["threshold"] = threshold
            result["thresholds"] = {label: value for label, value in sorted(own.items()) if value != threshold}
    print(json.dumps(result, indent=2))
    if options.write:
        TARGET.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
