"""Turns the candidates of several networks into objects with calibrated scores.

Overlapping boxes of one class count as one object. Its box is their mean, weighted by their scores (after Solovyev et
al., "Weighted boxes fusion", 2021) and by how exact the boxes of each pass are at their size. Its score is not a mean:
each network's log odds are evidence, and the weighted evidence adds up. One logistic regression learns the weights and
calibrates the score in one step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.core.boxes import batched_groups, batched_nms, box_area, box_inter_union
from onsight.networks.preprocess import Region
from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.decoding import FLOOR_LOGIT
from onsight.tools.detect.presets import ANIMALS, RESCORED, Preset, members, size_shares
from onsight.tools.detect.rescoring import Rescoring
from onsight.tools.detect.tiles import cut_by_edges

MAX_PER_PASS = 100
"""Number of candidates that are used of one pass, after non-maximum suppression."""
CONTAINED = 0.8
"""If this part of the area of a tile's box is inside a better box of the whole picture, it is part of that object."""

DOUBTFUL = 0.1
"""Score from which the classifier is asked about an animal or a vehicle; from 0.35 on it would be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Objects, and the evidence of each pass for them.

    Attributes:
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)``.
        logits: float64 [N, passes], log odds; ``FLOOR_LOGIT`` if the pass does not see the object.
        shares: float64 [N, 3], how much the weights for each size count; see `size_shares`.
        class_ids: intp [N], index of the label.
        ids: intp [N], number of each object's strongest candidate.
    """

    boxes: NDArray[np.float64]
    logits: NDArray[np.float64]
    shares: NDArray[np.float64]
    class_ids: NDArray[np.intp]
    ids: NDArray[np.intp]


def gather(
    passes: Sequence[Candidates],
    box_weights: NDArray[np.float64],
    region: Region,
    iou_threshold: float,
    first_id: int = 0,
) -> Evidence:
    """Group the candidates by object.

    As in non-maximum suppression, the strongest candidate leads its object, and all candidates of its class that
    overlap it belong to it.

    Args:
        passes: Candidates of each pass, in the same unit of pixels.
        box_weights: How much the boxes of each pass count, float64 [passes, 3]; see `Preset`.
        region: What the passes saw, ``(x1, y1, x2, y2)`` in that unit.
        iou_threshold: Candidates of a class whose intersection over union exceeds this belong to one object.
        first_id: Number of the first candidate. The numbers run through all passes, so an object keeps its number at
            every threshold.

    Returns:
        The objects, in the order of their strongest candidates.
    """
    places = [
        batched_nms(candidates.boxes, candidates.logits, candidates.class_ids, iou_threshold, MAX_PER_PASS)
        for candidates in passes
    ]
    kept = [candidates[at] for candidates, at in zip(passes, places, strict=True)]
    starts = np.cumsum([first_id, *(len(candidates) for candidates in passes)])
    ids = np.concatenate([start + at for start, at in zip(starts, places, strict=False)])
    boxes = np.concatenate([candidates.boxes for candidates in kept])
    logits = np.concatenate([candidates.logits for candidates in kept])
    class_ids = np.concatenate([candidates.class_ids for candidates in kept])
    source = np.repeat(np.arange(len(kept)), [len(candidates) for candidates in kept])
    # Each candidate belongs to the strongest leader of its class that it overlaps.
    leaders, group = batched_groups(boxes, logits, class_ids, iou_threshold)
    x1, y1, x2, y2 = region
    area = (x2 - x1) * (y2 - y1)
    weights = np.exp((np.log(box_weights)[source] * size_shares(boxes, area)).sum(axis=1)) / (1 + np.exp(-logits))
    totals = np.bincount(group, weights, len(leaders))
    sums = np.stack([np.bincount(group, side * weights, len(leaders)) for side in boxes.T], axis=1)
    evidence = np.full((len(leaders), len(kept)), FLOOR_LOGIT)
    np.maximum.at(evidence, (group, source), logits)
    means = sums / totals[:, None]
    return Evidence(means, evidence, size_shares(means, area), class_ids[leaders], ids[leaders])


def fuse(evidence: Evidence, preset: Preset, rescoring: Rescoring | None = None, *, is_part: bool = False) -> Objects:
    """Turn the evidence for each object into its calibrated score.

    The classifier knows whether something is there, but not how often: it can lower the score of any box, but raise
    only that of the best box of a class.

    Args:
        evidence: The evidence of the passes.
        preset: The weights of the passes.
        rescoring: The classifier's evidence, or None if it was not asked.
        is_part: Whether the passes saw a part of the picture. Its best box need not be the best of the whole picture,
            so no score is raised.

    Returns:
        The objects, most probable first.
    """
    log_odds = preset.alone(evidence.logits, evidence.shares, evidence.class_ids)
    if rescoring is not None:
        log_odds += _change(log_odds, evidence, preset, rescoring, is_part)
    order = np.argsort(-log_odds, kind="stable")
    return Objects(evidence.boxes, 1 / (1 + np.exp(-log_odds)), evidence.class_ids, evidence.ids)[order]


def _change(
    alone: NDArray[np.float64], evidence: Evidence, preset: Preset, rescoring: Rescoring, is_part: bool
) -> NDArray[np.float64]:
    """Return what the classifier adds to the log odds of objects, float64 [N]; arguments as for `fuse`."""
    changes = np.zeros(len(alone))
    for group, weights in preset.rescored.items():
        at = np.flatnonzero(members(RESCORED[group], evidence.class_ids))
        classifier_logits, worth = rescoring.of_boxes(evidence.boxes[at], evidence.class_ids[at])
        rescored = weights.log_odds(np.column_stack([evidence.logits[at], classifier_logits]), evidence.shares[at])
        change = worth * (rescored - alone[at])
        strongest_first = np.argsort(-alone[at], kind="stable")
        _, first = np.unique(evidence.class_ids[at][strongest_first], return_index=True)
        is_best = np.zeros(len(at), np.bool_)
        is_best[strongest_first[first]] = not is_part
        changes[at] = np.where(is_best, change, np.minimum(change, 0))
    return changes


def is_doubtful(passes: Sequence[Candidates], preset: Preset) -> bool:
    """Return whether the classifier could change the result: whether an object of `RESCORED` can reach `DOUBTFUL`.

    This is an upper bound: no object has more evidence than the strongest candidates of its class in each pass.

    Args:
        passes: Candidates of each pass.
        preset: The weights of the passes.
    """
    groups = [RESCORED[name] for name in preset.rescored]
    if not groups:
        return False
    class_ids = np.concatenate([np.arange(group.start, group.stop) for group in groups])
    strongest = np.full((len(passes), class_ids.max() + 1), FLOOR_LOGIT)
    for row, candidates in zip(strongest, passes, strict=True):
        known = candidates.class_ids < len(row)
        np.maximum.at(row, candidates.class_ids[known], candidates.logits[known])
    weights = {True: preset.animals or preset.others, False: preset.others}
    return any(
        weights[is_animal].bound(strongest[:, class_ids[chosen]].T, FLOOR_LOGIT).max(initial=-np.inf)
        >= math.log(DOUBTFUL / (1 - DOUBTFUL))
        for is_animal in (True, False)
        for chosen in [members(ANIMALS, class_ids) == is_animal]
    )


def merge_parts(parts: Sequence[tuple[Region, Objects]], size: tuple[int, int], iou_threshold: float) -> Objects:
    """Merge the objects that were found in the whole picture and in its tiles.

    Args:
        parts: The objects of each view, in pixels of the picture; the whole picture first.
        size: ``(height, width)`` of the picture.
        iou_threshold: Of boxes of a class whose intersection over union exceeds this, the most probable is kept.

    Returns:
        The objects, most probable first.
    """
    (_, whole), *tiles = parts
    if not tiles:
        return whole
    found = Objects.concatenate(objects[~cut_by_edges(objects.boxes, region, size)] for region, objects in tiles)
    inter, _ = box_inter_union(found.boxes, whole.boxes)
    inside = inter > CONTAINED * np.maximum(box_area(found.boxes), 1e-9)[:, None]
    better = (whole.scores[None, :] >= found.scores[:, None]) & (whole.class_ids[None, :] == found.class_ids[:, None])
    objects = Objects.concatenate([whole, found[~(inside & better).any(axis=1)]])
    return objects[batched_nms(objects.boxes, objects.scores, objects.class_ids, iou_threshold)]
