"""Boxes: torchvision's operations under torchvision's names, in NumPy.

Boxes are float arrays [N, 4] in the format ``"xyxy"``, ``(x1, y1, x2, y2)`` with x1 <= x2 and y1 <= y2, unless a
function says otherwise. Coordinates are continuous: a box from 0 to 10 is 10 pixels wide.

Source: ``torchvision.ops.boxes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Boxes = NDArray[np.float64]
Indices = NDArray[np.intp]


def _xyxy(boxes: Boxes) -> Boxes:
    return boxes


def _xywh_to_xyxy(boxes: Boxes) -> Boxes:
    return np.concatenate([boxes[..., :2], boxes[..., :2] + boxes[..., 2:]], axis=-1)


def _cxcywh_to_xyxy(boxes: Boxes) -> Boxes:
    half = boxes[..., 2:] / 2
    return np.concatenate([boxes[..., :2] - half, boxes[..., :2] + half], axis=-1)


def _xyxy_to_xywh(boxes: Boxes) -> Boxes:
    return np.concatenate([boxes[..., :2], boxes[..., 2:] - boxes[..., :2]], axis=-1)


def _xyxy_to_cxcywh(boxes: Boxes) -> Boxes:
    return np.concatenate([(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], axis=-1)


_TO_XYXY: Mapping[str, Callable[[Boxes], Boxes]] = {
    "xyxy": _xyxy,
    "xywh": _xywh_to_xyxy,
    "cxcywh": _cxcywh_to_xyxy,
}
_FROM_XYXY: Mapping[str, Callable[[Boxes], Boxes]] = {
    "xyxy": _xyxy,
    "xywh": _xyxy_to_xywh,
    "cxcywh": _xyxy_to_cxcywh,
}


def box_convert(boxes: ArrayLike, in_fmt: str, out_fmt: str) -> Boxes:
    """Convert boxes from one format to another.

    Args:
        boxes: [..., 4] in ``in_fmt``.
        in_fmt: ``"xyxy"``: two corners; ``"xywh"``: top left corner, width and height (COCO); or ``"cxcywh"``:
            centre, width and height (YOLO).
        out_fmt: As ``in_fmt``.

    Returns:
        float64 [..., 4] in ``out_fmt``; a new array.

    Raises:
        ValueError: A format has another name.
    """
    for fmt in (in_fmt, out_fmt):
        if fmt not in _TO_XYXY:
            raise ValueError(f"Unknown box format {fmt!r}; known are {', '.join(_TO_XYXY)}.")
    return _FROM_XYXY[out_fmt](_TO_XYXY[in_fmt](np.array(boxes, np.float64)))


def box_area(boxes: ArrayLike) -> Boxes:
    """Return the areas float64 [N] of boxes [N, 4]."""
    sides = np.asarray(boxes, np.float64)[..., 2:] - np.asarray(boxes, np.float64)[..., :2]
    areas: Boxes = sides[..., 0] * sides[..., 1]
    return areas


def box_inter_union(boxes1: ArrayLike, boxes2: ArrayLike) -> tuple[Boxes, Boxes]:
    """Return the areas that each pair of boxes has in common and covers together.

    Args:
        boxes1: [N, 4].
        boxes2: [M, 4].

    Returns:
        Intersections and unions, float64 [N, M] each.
    """
    boxes1, boxes2 = np.asarray(boxes1, np.float64), np.asarray(boxes2, np.float64)
    # Axis by axis: two matrices are walked through several times as fast as one with an axis of two.
    left, top, right, bottom = boxes1.T[:, :, None]
    other_left, other_top, other_right, other_bottom = boxes2.T[:, None, :]
    width = np.maximum(np.minimum(right, other_right) - np.maximum(left, other_left), 0)
    height = np.maximum(np.minimum(bottom, other_bottom) - np.maximum(top, other_top), 0)
    inter = width * height
    return inter, box_area(boxes1)[:, None] + box_area(boxes2)[None, :] - inter


def box_iou(boxes1: ArrayLike, boxes2: ArrayLike) -> Boxes:
    """Return the intersection over union of each pair of boxes.

    Args:
        boxes1: [N, 4].
        boxes2: [M, 4].

    Returns:
        float64 [N, M] in [0, 1]; 0 for two boxes without area, where torchvision gives NaN.
    """
    inter, union = box_inter_union(boxes1, boxes2)
    return np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)


def clip_boxes_to_image(boxes: ArrayLike, size: tuple[int, int]) -> Boxes:
    """Move what lies outside of a picture to its edge.

    Args:
        boxes: [..., 4].
        size: ``(height, width)`` of the picture.

    Returns:
        float64 [..., 4]; a new array.
    """
    height, width = size
    return np.clip(np.asarray(boxes, np.float64), 0, [width, height, width, height])


def remove_small_boxes(boxes: ArrayLike, min_size: float) -> Indices:
    """Return the indices [K] of the boxes [N, 4] whose width and height are at least ``min_size``."""
    boxes = np.asarray(boxes, np.float64)
    return np.flatnonzero(((boxes[:, 2:] - boxes[:, :2]) >= min_size).all(axis=1))


def nms(boxes: ArrayLike, scores: ArrayLike, iou_threshold: float) -> Indices:
    """Greedy non-maximum suppression: of boxes that overlap, keep the one with the highest score.

    Args:
        boxes: [N, 4].
        scores: [N]; of equal scores the earlier box wins.
        iou_threshold: A box is dropped if its intersection over union with a kept one exceeds this.

    Returns:
        Indices [K] of the kept boxes, highest score first.
    """
    boxes, scores = np.asarray(boxes, np.float64), np.asarray(scores, np.float64)
    order = np.argsort(-scores, kind="stable")
    suppresses = np.triu(box_iou(boxes[order], boxes[order]) > iou_threshold, k=1)
    # A box stays if no box that stays suppresses it. Applying that to all at once, again and again, settles what
    # a loop over the boxes would decide in one row at least each time, and mostly in all of them after two or
    # three (Zheng et al., "Enhancing Geometric Factors in Model Learning", 2020: cluster-NMS).
    keep: NDArray[np.bool_] = np.ones(len(boxes), np.bool_)
    while True:
        settled = np.logical_not(np.logical_or.reduce(suppresses[keep], axis=0))
        if np.array_equal(settled, keep):
            return order[keep]
        keep = settled


def batched_nms(boxes: ArrayLike, scores: ArrayLike, idxs: ArrayLike, iou_threshold: float) -> Indices:
    """Non-maximum suppression within each class, as if the others were not there.

    Args:
        boxes: [N, 4].
        scores: [N].
        idxs: Class of each box, integers [N].
        iou_threshold: As for `nms`.

    Returns:
        Indices [K] of the kept boxes, highest score first; of equal scores the earlier box first.
    """
    boxes, scores, idxs = np.asarray(boxes, np.float64), np.asarray(scores, np.float64), np.asarray(idxs)
    keep = np.zeros(len(boxes), bool)
    for idx in np.unique(idxs):
        members = np.flatnonzero(idxs == idx)
        alone = len(members) == 1
        keep[members if alone else members[nms(boxes[members], scores[members], iou_threshold)]] = True
    kept = np.flatnonzero(keep)
    return kept[np.argsort(-scores[kept], kind="stable")]
