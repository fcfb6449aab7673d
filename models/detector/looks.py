"""Run the detectors' passes on many pictures, and cache the results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from onsight.core.boxes import batched_nms, clip_boxes_to_image
from onsight.core.flow import Run, Tensors, drive
from onsight.engine import load_session
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.evidence.observation import MIN_SIDE
from onsight.files.reading import read_file
from onsight.image import decode
from onsight.networks.model_cache import cache_folder, find_model
from onsight.networks.spec import ModelSpec
from onsight.tools.detect.anchors import ssd_anchors
from onsight.tools.detect.candidates import Candidates
from onsight.tools.detect.decoding import DECODERS, FLOOR, MAX_CANDIDATES
from onsight.tools.detect.rescoring import MAX_AREA, Rescorer, Rescoring
from onsight.tools.detect.tiles import Pass, prepare

LOOSE_IOU = 0.8
"""Overlap above which candidates are dropped before caching; no evaluated threshold is higher."""


def name_of(look: Pass) -> str:
    """Return a pass's name, such as ``centernet-mobilenet-v3 640`` or ``ssdlite-mobilenet-v2 384 in shape``."""
    return f"{look.model} {look.side}{' in shape' if look.keep_shape else ''}"


def candidates_of(look: Pass, pictures: Sequence[Path]) -> list[Candidates]:
    """Return the candidates of one pass in each picture, in pixels of the picture.

    Results are cached by the network's hash, its anchors and the pictures' names, sizes and times.
    """
    folder = find_model(look.model)
    spec = ModelSpec.load(folder)
    made_with = f"{spec.files['model.onnx'].sha256} {look} {LOOSE_IOU} {FLOOR} {MAX_CANDIDATES}".encode()
    if spec.decoder == "ssd":
        made_with += ssd_anchors((look.side, look.side)).tobytes()

    def look_at_all() -> dict[str, Any]:
        session = load_session(folder, threads=1)
        arrays = {}
        for index, path in enumerate(pictures):
            found = _look(look, spec, session, path)
            arrays.update({f"b{index}": found.boxes, f"l{index}": found.logits, f"c{index}": found.class_ids})
        return arrays

    kept = _kept(made_with, pictures, look_at_all)
    return [Candidates(kept[f"b{i}"], kept[f"l{i}"], kept[f"c{i}"]) for i in range(len(pictures))]


def rescorings_of(pictures: Sequence[Path], classes: Sequence[str]) -> list[Rescoring]:
    """Return the classifier's result for each picture, cached like those of `candidates_of`.

    Args:
        pictures: The files.
        classes: Names of detection's classes.
    """
    folder = find_model(CLASSIFIER)
    spec, labels = ((folder / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
    rescorer = Rescorer.from_text(spec, labels, classes)
    made_with = f"{rescorer.spec.files['model.onnx'].sha256} {MAX_AREA} {rescorer.members}".encode()

    def ask_all() -> dict[str, Any]:
        session = load_session(folder, threads=1)

        def run(wanted: Run) -> Tensors:
            return dict(zip(wanted.fetches, session.run(list(wanted.fetches), wanted.feeds), strict=True))

        arrays = {}
        for index, path in enumerate(pictures):
            rescoring = drive(rescorer.of(decode(read_file(path), min_side=MIN_SIDE)), run)
            arrays.update({f"o{index}": rescoring.log_odds, f"r{index}": np.array(rescoring.region)})
        return arrays

    kept = _kept(made_with, pictures, ask_all)
    return [Rescoring(kept[f"o{i}"], tuple(kept[f"r{i}"].tolist())) for i in range(len(pictures))]


def _kept(made_with: bytes, pictures: Sequence[Path], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the cached arrays for these settings and pictures, computing them if needed."""
    key = hashlib.sha256(made_with)
    for path in pictures:
        key.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    cached = cache_folder() / "measured" / f"{key.hexdigest()[:32]}.npz"
    if not cached.is_file():
        cached.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cached, allow_pickle=False, **make())
    with np.load(cached) as kept:
        return dict(kept)


def _look(look: Pass, spec: ModelSpec, session: onnxruntime.InferenceSession, path: Path) -> Candidates:
    image = decode(read_file(path), min_side=look.side)
    height, width = image.info.height, image.info.width
    region = (0.0, 0.0, float(width), float(height))
    input_size = look.input_size(region)
    pixel_values, transform = prepare(image, region, spec.input, input_size)
    outputs = session.run(list(spec.outputs), spec.feeds(pixel_values, spec.outputs))
    found = DECODERS[spec.decoder or ""](dict(zip(spec.outputs, outputs, strict=True)), input_size)
    boxes = clip_boxes_to_image(transform.boxes_to_picture(found.boxes), (height, width))
    return Candidates(boxes, found.logits, found.class_ids)[
        batched_nms(boxes, found.logits, found.class_ids, LOOSE_IOU)
    ]
