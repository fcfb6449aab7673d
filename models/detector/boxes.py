"""How much the boxes of each pass count in an object's box.

Boxes are the less exact the smaller an object is in a network's input, and again if it is larger than what a cell of
the network's last layer sees. Both depend on the network, on the size of its input and on the size of the object.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.detector.dataset import Frame
from models.detector.metrics import Floats
from onsight.core.boxes import batched_nms, box_iou
from onsight.tools.detect.candidates import Candidates
from onsight.tools.detect.fusion import MAX_PER_PASS
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import size_shares

POWER = 4
"""Boxes count by their error to this power, inverted. With 2, the inverse variance, ``thorough`` has 0.4 AP less."""
LEAST_ERROR = 0.05


def fit_box_weights(frames: Sequence[Frame], candidates: Sequence[Sequence[Candidates]]) -> Floats:
    """Return the box weights of some passes, float64 [passes, 3].

    Args:
        frames: Pictures with boxes.
        candidates: For each pass, its candidates in each of the pictures.
    """
    errors = np.array([_errors(frames, found) for found in candidates])
    weights = errors**-POWER
    return np.asarray(weights / weights.mean(axis=0), np.float64)


def _errors(frames: Sequence[Frame], found: Sequence[Candidates]) -> Floats:
    """Return the root mean square of 1 - IoU of a pass's boxes, for objects of each size, float64 [3]."""
    iou = DetectOptions().iou
    shares: list[Floats] = []
    squares: list[float] = []
    for frame, all_candidates in zip(frames, found, strict=True):
        kept = batched_nms(all_candidates.boxes, all_candidates.logits, all_candidates.class_ids, iou, MAX_PER_PASS)
        candidates = all_candidates[kept]
        overlaps: NDArray[np.float64] = box_iou(frame.boxes, candidates.boxes)
        overlaps[frame.class_ids[:, None] != candidates.class_ids[None, :]] = 0
        best = overlaps.max(axis=1, initial=0)
        is_found = best > iou
        shares.extend(size_shares(frame.boxes[is_found], frame.size[0] * frame.size[1]))
        squares.extend((1 - best[is_found]) ** 2)
    means, *_ = np.linalg.lstsq(np.array(shares), np.array(squares), rcond=None)
    return np.asarray(np.sqrt(np.maximum(means, LEAST_ERROR**2)), np.float64)
