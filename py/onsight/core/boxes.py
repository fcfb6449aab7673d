"""Operations on boxes: torchvision's, under the same names, in NumPy.

Unless a function says otherwise, boxes are float arrays [N, 4] in the format ``"xyxy"``: ``(x1, y1, x2, y2)`` with
x1 <= x2 and y1 <= y2. Coordinates are continuous: a box from 0 to 10 is 10 pixels wide.

Source: ``torchvision.ops.boxes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Boxes = NDArray[np.float64]
Indices = NDArray[np.intp]

_NMS_BLOCK = 64
"""Number of boxes that are compared with each other at once."""


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
        out_fmt: Like ``in_fmt``.

    Returns:
        float64 [..., 4] in ``out_fmt``; a new array.

    Raises:
        ValueError: A format is unknown.
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
    """Return the intersection and union areas of each pair of boxes.

    Args:
        boxes1: [N, 4].
        boxes2: [M, 4].

    Returns:
        Intersections and unions, float64 [N, M] each.
    """
    ones, others = _axes(boxes1), _axes(boxes2)
    return _inter_union(ones[:, :, None], others[:, None, :])


def _axes(boxes: ArrayLike) -> Boxes:
    """Return boxes [N, 4] as a contiguous [4, N] array, which is several times as fast to process."""
    return np.array(np.asarray(boxes, np.float64).T, order="C")


def _inter_union(boxes1: Boxes, boxes2: Boxes) -> tuple[Boxes, Boxes]:
    """Return intersections and unions of boxes [4, ...] and [4, ...] with broadcasting."""
    left, top, right, bottom = boxes1
    other_left, other_top, other_right, other_bottom = boxes2
    inter = np.minimum(right, other_right)
    inter -= np.maximum(left, other_left)
    height = np.minimum(bottom, other_bottom)
    height -= np.maximum(top, other_top)
    np.maximum(inter, 0, out=inter)
    np.maximum(height, 0, out=height)
    inter *= height
    union = (right - left) * (bottom - top) + (other_right - other_left) * (other_bottom - other_top)
    union -= inter
    return inter, union


def box_iou(boxes1: ArrayLike, boxes2: ArrayLike) -> Boxes:
    """Return the intersection over union of each pair of boxes.

    Args:
        boxes1: [N, 4].
        boxes2: [M, 4].

    Returns:
        float64 [N, M] in [0, 1]; 0 for two boxes without area, where torchvision gives NaN.
    """
    return _ratio(*box_inter_union(boxes1, boxes2))


def _ratio(inter: Boxes, union: Boxes) -> Boxes:
    return np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)


def clip_boxes_to_image(boxes: ArrayLike, size: tuple[int, int]) -> Boxes:
    """Clip boxes to a picture.

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
    """Greedy non-maximum suppression: of overlapping boxes, keep the one with the highest score.

    Args:
        boxes: [N, 4].
        scores: [N]; among equal scores the earlier box wins.
        iou_threshold: A box is dropped if its intersection over union with a kept one exceeds this.

    Returns:
        Indices [K] of the kept boxes, highest score first.
    """
    return batched_nms(boxes, scores, np.zeros(len(np.asarray(scores)), np.intp), iou_threshold)


def batched_overlaps(
    boxes1: ArrayLike, idxs1: ArrayLike, boxes2: ArrayLike, idxs2: ArrayLike, iou_threshold: float
) -> NDArray[np.bool_]:
    """Return which pairs of boxes have the same class and overlap.

    Args:
        boxes1: [N, 4].
        idxs1: Class of each, integers [N].
        boxes2: [M, 4].
        idxs2: Class of each, integers [M].
        iou_threshold: Threshold that their intersection over union must exceed.

    Returns:
        bool [N, M].
    """
    overlaps: NDArray[np.bool_] = np.asarray(idxs1)[:, None] == np.asarray(idxs2)[None, :]
    # Most pairs have different classes; the overlap is computed only for the others.
    pairs = np.flatnonzero(overlaps)
    row, column = np.divmod(pairs, overlaps.shape[1]) if len(pairs) else (pairs, pairs)
    iou = _ratio(*_inter_union(_axes(boxes1)[:, row], _axes(boxes2)[:, column]))
    overlaps.reshape(-1)[pairs] = iou > iou_threshold
    return overlaps


def batched_nms(
    boxes: ArrayLike, scores: ArrayLike, idxs: ArrayLike, iou_threshold: float, max_kept: int | None = None
) -> Indices:
    """Non-maximum suppression within each class; different classes do not affect each other.

    Args:
        boxes: [N, 4].
        scores: [N].
        idxs: Class of each box, integers [N].
        iou_threshold: As for `nms`.
        max_kept: Stop when this many boxes are kept; None keeps all.

    Returns:
        Indices [K] of the kept boxes, highest score first; among equal scores the earlier box comes first.
    """
    return _suppress(boxes, scores, idxs, iou_threshold, max_kept)[0][:max_kept]


def batched_groups(
    boxes: ArrayLike, scores: ArrayLike, idxs: ArrayLike, iou_threshold: float
) -> tuple[Indices, Indices]:
    """Group boxes of the same object with `batched_nms`; takes the same arguments.

    Returns:
        Indices [K] of the kept boxes, highest score first; and for each of the N boxes the position in that list of the
        first box that suppresses it, or of itself if it is kept, intp [N].
    """
    return _suppress(boxes, scores, idxs, iou_threshold, None)


def _suppress(
    boxes: ArrayLike, scores: ArrayLike, idxs: ArrayLike, iou_threshold: float, max_kept: int | None
) -> tuple[Indices, Indices]:
    """Implement `batched_nms` and `batched_groups`; may exceed ``max_kept``, and then not all groups are set."""
    boxes, scores, idxs = np.asarray(boxes, np.float64), np.asarray(scores, np.float64), np.asarray(idxs)
    left = np.argsort(-scores, kind="stable")
    group = np.zeros(len(left), np.intp)
    kept, count = [left[:0]], 0
    # Block by block, strongest first: the boxes that a block keeps suppress later ones, so that few of the N x N pairs
    # are ever compared.
    while len(left) and (max_kept is None or count < max_kept):
        block, left = left[:_NMS_BLOCK], left[_NMS_BLOCK:]
        overlaps = batched_overlaps(boxes[block], idxs[block], boxes[block], idxs[block], iou_threshold)
        suppresses = np.triu(overlaps, k=1)
        stays = _settle(suppresses)
        group[block] = count + suppresses[stays].argmax(axis=0)
        block = block[stays]
        group[block] = count + np.arange(len(block))
        if len(left):
            overlaps = batched_overlaps(boxes[block], idxs[block], boxes[left], idxs[left], iou_threshold)
            drops = overlaps.any(axis=0)
            group[left[drops]] = count + overlaps[:, drops].argmax(axis=0)
            left = left[np.logical_not(drops)]
        kept.append(block)
        count += len(block)
    return np.concatenate(kept), group


def _settle(suppresses: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which boxes stay, bool [N], given the later boxes that each would suppress, bool [N, N].

    A box stays if no box that stays suppresses it. Each iteration applies this rule to all boxes at once and settles at
    least one more row of what a loop over the boxes would decide; usually two or three iterations settle all of them
    (Zheng et al., "Enhancing Geometric Factors in Model Learning", 2020: cluster-NMS).
    """
    keep: NDArray[np.bool_] = np.ones(len(suppresses), np.bool_)
    while True:
        settled = np.logical_not(np.logical_or.reduce(suppresses[keep], axis=0))
        if np.array_equal(settled, keep):
            return keep
        keep = settled
