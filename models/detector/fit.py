"""Fit the weights that combine the evidence of the passes, and the thresholds of the scores.

::

    python -m models.detector.fit --frames FOLDER --scenes FOLDER --photos FOLDER [--write]

Each preset has several logistic regressions: one for animals, one for everything else, and one each for animals and for
vehicles rescored by the classifier. They are fitted on the objects in frames and scenes (right or wrong by their boxes)
and on the best object of each class in each photo (right or wrong by the photo's tags). Without photos, the networks
would be overconfident about things they have never seen; photos alone say nothing about boxes. The printed figures are
for held-out pictures; the written weights are fitted on all pictures.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.detector.data import Data, Folders, read
from models.detector.dataset import PHOTO_TAGS, folds
from models.detector.metrics import Floats, match
from models.detector.regression import regress
from models.detector.report import report, thresholds
from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.fusion import Evidence, fuse, is_doubtful
from onsight.tools.detect.presets import ANIMALS, RESCORED, Preset, Weights, members
from onsight.tools.detect.rescoring import Rescoring
from onsight.tools.detect.tiles import Pass

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "py" / "onsight" / "data" / "detector.json"
CENTERNET, SSDLITE = "centernet-mobilenet-v3", "ssdlite-mobilenet-v2"
PRESETS: dict[str, tuple[Pass, ...]] = {
    "quick": (Pass(CENTERNET, 288, True), Pass(SSDLITE, 320, False)),
    "default": (Pass(CENTERNET, 480, True), Pass(SSDLITE, 320, False)),
    "thorough": (
        Pass(CENTERNET, 480, True),
        Pass(SSDLITE, 320, False),
        Pass(SSDLITE, 300, False),
        Pass(CENTERNET, 640, True),
        Pass(SSDLITE, 384, False),
        Pass(CENTERNET, 800, True),
    ),
}
FOLDS = 6
SCENE_WEIGHT = 0.2
"""Weight of an object in a scene, relative to one in a frame: the networks were trained on scenes like these."""
SCENE_WEIGHTS = {"thorough": 0.5}
"""Scene weights of presets with another one: large inputs need more examples of small objects, which are in scenes."""
PHOTO_WEIGHT = 0.3
"""Weight of an object in a photo, relative to one in a frame, which has an annotated box."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The objects in each picture, with weights that were fitted on other pictures."""

    boxed: list[Objects]
    photos: list[Objects]


@dataclass(frozen=True, eq=False)
class _Examples:
    logits: Floats
    shares: Floats
    heard: Floats
    right: NDArray[np.bool_]
    weights: Floats
    class_ids: NDArray[np.intp]


def _examples(data: Data, boxed: NDArray[np.intp], photos: NDArray[np.intp], scene_weight: float) -> _Examples:
    """Return the objects in some of the pictures with boxes and in some of the photos, and whether they are right."""
    parts: list[tuple[Evidence, NDArray[np.intp], Rescoring, NDArray[np.bool_], float]] = []
    for index in boxed:
        evidence, frame = data.boxed_evidence[index], data.boxed[index]
        # Which of two boxes for the same object counts as right depends on their order, so a first estimate is needed.
        guess = Objects(evidence.boxes, evidence.logits.mean(axis=1), evidence.class_ids, evidence.ids)
        known = np.flatnonzero(np.isin(evidence.class_ids, frame.annotated))
        weight = scene_weight if index >= data.kinds["scenes"].start else 1.0
        parts.append((evidence, known, data.boxed_rescorings[index], match(guess, frame)[known], weight))
    for index in photos:
        evidence = data.photo_evidence[index]
        for tag in PHOTO_TAGS:
            there = np.flatnonzero(np.isin(evidence.class_ids, data.class_ids(tag)))
            if len(there):
                best = there[evidence.logits[there].sum(axis=1).argmax()]
                right = np.array([tag in data.photos[index].tags])
                parts.append((evidence, np.array([best]), data.photo_rescorings[index], right, PHOTO_WEIGHT))
    return _Examples(
        np.concatenate([evidence.logits[at] for evidence, at, *_ in parts]),
        np.concatenate([evidence.shares[at] for evidence, at, *_ in parts]),
        np.concatenate(
            [said.of_boxes(evidence.boxes[at], evidence.class_ids[at])[0] for evidence, at, said, *_ in parts]
        ),
        np.concatenate([right for *_, right, _ in parts]),
        np.concatenate([np.full(len(at), weight) for _, at, _, _, weight in parts]),
        np.concatenate([evidence.class_ids[at] for evidence, at, *_ in parts]),
    )


def fit(
    data: Data,
    boxed: NDArray[np.intp],
    photos: NDArray[np.intp],
    passes: Sequence[Pass],
    scene_weight: float = SCENE_WEIGHT,
) -> Preset:
    """Fit the weights on some of the pictures with boxes and some of the photos."""
    examples = _examples(data, boxed, photos, scene_weight)

    def fit_on(chosen: NDArray[np.bool_], *further: Floats) -> Weights:
        logits = np.column_stack([examples.logits, *further])[chosen]
        return regress(
            logits, examples.shares[chosen], examples.right[chosen], examples.weights[chosen], fixed=len(further)
        )

    is_animal = members(ANIMALS, examples.class_ids)
    rescored = {name: fit_on(members(group, examples.class_ids), examples.heard) for name, group in RESCORED.items()}
    return Preset(tuple(passes), data.box_weights, fit_on(~is_animal), fit_on(is_animal), rescored)


def hold_out(data: Data, passes: Sequence[Pass], scene_weight: float = SCENE_WEIGHT) -> HeldOut:
    """Find the objects in each picture with weights that were fitted on the other folds."""
    held_out = HeldOut([Objects.concatenate([])] * len(data.boxed), [Objects.concatenate([])] * len(data.photos))
    boxed_folds = [
        np.concatenate(parts)
        for parts in zip(
            *(kind.start + np.array(folds(kind.stop - kind.start, FOLDS), object) for kind in data.kinds.values()),
            strict=True,
        )
    ]
    for boxed_fold, photo_fold in zip(boxed_folds, folds(len(data.photos), FOLDS, seed=1), strict=True):
        others = np.setdiff1d(np.arange(len(data.boxed)), boxed_fold)
        other_photos = np.setdiff1d(np.arange(len(data.photos)), photo_fold)
        preset = fit(data, others, other_photos, passes, scene_weight)
        for index in boxed_fold:
            held_out.boxed[index] = _fuse(data.boxed_evidence[index], preset, data.boxed_rescorings[index])
        for index in photo_fold:
            held_out.photos[index] = _fuse(data.photo_evidence[index], preset, data.photo_rescorings[index])
    return held_out


def _fuse(evidence: Evidence, preset: Preset, rescoring: Rescoring) -> Objects:
    """Compute scores like `Detector`, which rescores only where that may change something."""
    passes = [Candidates(evidence.boxes, logits, evidence.class_ids) for logits in evidence.logits.T]
    return fuse(evidence, preset, rescoring if is_doubtful(passes, preset) else None)


def describe(preset: Preset) -> dict[str, object]:
    """Return a preset in the format of the file."""

    def rounded(values: Floats) -> object:
        return np.round(values, 4).tolist()

    def table(weights: Weights) -> dict[str, object]:
        return {"weights": rounded(weights.passes), "bias": rounded(weights.bias)}

    result: dict[str, object] = {
        "passes": [
            {"model": look.model, "side": look.side, "keep_shape": look.keep_shape, "box_weights": rounded(weights)}
            for look, weights in zip(preset.passes, preset.box_weights, strict=True)
        ],
        "others": table(preset.others),
    }
    if preset.animals:
        result["animals"] = table(preset.animals)
    return {**result, "rescored": {group: table(weights) for group, weights in preset.rescored.items()}}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m models.detector.fit", description="Fit the detector's weights.")
    parser.add_argument("--frames", type=Path, required=True, help="folder of indoor pictures with boxes")
    parser.add_argument("--scenes", type=Path, required=True, help="folder of everyday pictures with boxes")
    parser.add_argument("--photos", type=Path, required=True, help="folder of pictures with tags")
    parser.add_argument("--write", action="store_true", help="write the fitted weights into the package")
    parser.add_argument(
        "--preset", nargs="+", choices=PRESETS, default=list(PRESETS), help="by default all; the others stay unchanged"
    )
    options = parser.parse_args()
    result = json.loads(TARGET.read_text(encoding="utf-8"))
    first: HeldOut | None = None
    for name in options.preset:
        passes, scene_weight = PRESETS[name], SCENE_WEIGHTS.get(name, SCENE_WEIGHT)
        data = read(Folders(options.frames, options.scenes, options.photos), passes)
        held_out = hold_out(data, passes, scene_weight)
        print(f"{name}\n{report(data, held_out.boxed, held_out.photos, first.boxed if first else None)}", flush=True)
        first = first or held_out
        preset = fit(data, np.arange(len(data.boxed)), np.arange(len(data.photos)), passes, scene_weight)
        result["presets"][name] = describe(preset)
        if name == "default":
            threshold, own = thresholds(data, held_out.boxed, held_out.photos)
            result["threshold"] = threshold
            result["thresholds"] = {label: value for label, value in sorted(own.items()) if value != threshold}
    content = json.dumps(result, indent=2)
    # The numbers of a row share a line.
    content = re.sub(r"\[\s+([-\d.,\s]+?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", content)
    print(content)
    if options.write:
        TARGET.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
