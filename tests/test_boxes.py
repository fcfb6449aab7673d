"""onsight.core.boxes, against definitions and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from onsight.core.boxes import (
    batched_groups,
    batched_nms,
    batched_overlaps,
    box_area,
    box_convert,
    box_inter_union,
    box_iou,
    clip_boxes_to_image,
    nms,
    remove_small_boxes,
)

FORMATS = ("xyxy", "xywh", "cxcywh")
THRESHOLDS = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.75, 1.0])


@st.composite
def boxes(draw: st.DrawFn, max_boxes: int = 12) -> NDArray[np.float64]:
    """Boxes on a small grid, so that they touch, contain and equal each other; some have no area."""
    count = draw(st.integers(0, max_boxes))
    corners = draw(hnp.arrays(np.int64, (count, 2, 2), elements=st.integers(0, 12)))
    return np.sort(corners, axis=1).reshape(count, 4).astype(float)


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Boxes, their scores (many equal) and their classes."""
    b = draw(boxes())
    scores = draw(hnp.arrays(np.float64, len(b), elements=st.sampled_from([0.1, 0.25, 0.5, 0.9])))
    return b, scores, draw(hnp.arrays(np.int64, len(b), elements=st.integers(0, 2)))


def slow_iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    inter = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter
    return inter / union if union else 0.0


def slow_nms(b: NDArray[np.float64], scores: NDArray[np.float64], threshold: float) -> list[int]:
    kept: list[int] = []
    for index in sorted(range(len(b)), key=lambda i: (-scores[i], i)):
        if all(slow_iou(b[index], b[other]) <= threshold for other in kept):
            kept.append(index)
    return kept


@given(boxes(), st.sampled_from(FORMATS), st.sampled_from(FORMATS))
def test_box_convert_round_trips(b: NDArray[np.float64], one: str, other: str) -> None:
    there = box_convert(b, "xyxy", one)
    np.testing.assert_allclose(box_convert(box_convert(there, one, other), other, "xyxy"), b, atol=1e-12)


def test_box_convert_knows_each_format() -> None:
    xyxy = [[10, 20, 40, 30]]
    np.testing.assert_array_equal(box_convert(xyxy, "xyxy", "xywh"), [[10, 20, 30, 10]])
    np.testing.assert_array_equal(box_convert(xyxy, "xyxy", "cxcywh"), [[25, 25, 30, 10]])
    np.testing.assert_array_equal(box_convert([10, 20, 40, 30], "xyxy", "xyxy"), [10, 20, 40, 30])


def test_box_convert_leaves_its_input_alone() -> None:
    b = np.array([[1.0, 2, 3, 4]])
    box_convert(b, "xyxy", "xyxy")[0, 0] = 9
    assert b[0, 0] == 1


@pytest.mark.parametrize("formats", [("xyxy", "yxyx"), ("corners", "xyxy")])
def test_box_convert_names_an_unknown_format(formats: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="Unknown box format"):
        box_convert([[0, 0, 1, 1]], *formats)


@given(boxes(), boxes())
def test_box_iou_is_that_of_each_pair(one: NDArray[np.float64], other: NDArray[np.float64]) -> None:
    expected = [[slow_iou(a, b) for b in other] for a in one]
    iou = box_iou(one, other)
    assert iou.shape == (len(one), len(other))
    np.testing.assert_allclose(iou, np.array(expected).reshape(iou.shape), atol=1e-12)
    np.testing.assert_allclose(iou, box_iou(other, one).T, atol=1e-12)


@given(boxes())
def test_box_inter_union_of_a_box_with_itself_is_its_area(b: NDArray[np.float64]) -> None:
    inter, union = box_inter_union(b, b)
    np.testing.assert_array_equal(np.diag(inter), box_area(b))
    np.testing.assert_array_equal(np.diag(union), box_area(b))


@given(scored_boxes(), THRESHOLDS)
def test_nms_keeps_what_the_loop_keeps(
    scored: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]], threshold: float
) -> None:
    b, scores, _ = scored
    assert nms(b, scores, threshold).tolist() == slow_nms(b, scores, threshold)


@given(scored_boxes(), THRESHOLDS)
def test_batched_nms_is_nms_class_by_class(
    scored: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]], threshold: float
) -> None:
    b, scores, idxs = scored
    expected = []
    for idx in set(idxs.tolist()):
        members = np.flatnonzero(idxs == idx)
        expected += [members[index] for index in slow_nms(b[members], scores[members], threshold)]
    expected.sort(key=lambda index: (-scores[index], index))
    assert batched_nms(b, scores, idxs, threshold).tolist() == expected


@pytest.mark.parametrize("max_kept", [None, 0, 1, 70, 1000])
def test_batched_nms_of_many_boxes_is_that_of_the_loop(max_kept: int | None) -> None:
    """More boxes than are compared at once; many overlap, and scores repeat."""
    rng = np.random.default_rng(5)
    corner = rng.integers(0, 60, (400, 2))
    b = np.concatenate([corner, corner + rng.integers(0, 25, (400, 2))], axis=1).astype(float)
    scores, idxs = rng.integers(0, 90, 400) / 90, rng.integers(0, 3, 400)
    kept = batched_nms(b, scores, idxs, 0.3, max_kept)
    shifted = b + 1000.0 * idxs[:, None]
    assert kept.tolist() == slow_nms(shifted, scores, 0.3)[:max_kept]


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.9])
def test_batched_groups_give_each_box_to_the_strongest_kept_one_that_overlaps(threshold: float) -> None:
    """More boxes than are compared at once, some of them without area."""
    rng = np.random.default_rng(6)
    corner = rng.integers(0, 60, (300, 2))
    b = np.concatenate([corner, corner + rng.integers(0, 25, (300, 2))], axis=1).astype(float)
    scores, idxs = rng.integers(0, 90, 300) / 90, rng.integers(0, 3, 300)
    kept, group = batched_groups(b, scores, idxs, threshold)
    assert kept.tolist() == batched_nms(b, scores, idxs, threshold).tolist()
    kept_list = kept.tolist()
    for box, (owner, idx) in enumerate(zip(group.tolist(), idxs, strict=True)):
        overlapping = [
            position
            for position, leader in enumerate(kept_list)
            if leader == box or (idxs[leader] == idx and slow_iou(b[leader], b[box]) > threshold)
        ]
        assert owner == (kept_list.index(box) if box in kept_list else overlapping[0])


def test_batched_groups_of_nothing_are_none() -> None:
    kept, group = batched_groups(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.intp), 0.5)
    assert (len(kept), len(group)) == (0, 0)


@given(scored_boxes(), scored_boxes(), THRESHOLDS)
def test_batched_overlaps_are_pairs_of_one_class_that_overlap(
    one: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    other: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    threshold: float,
) -> None:
    (b1, _, idxs1), (b2, _, idxs2) = one, other
    expected = [
        [i == j and slow_iou(a, b) > threshold for b, j in zip(b2, idxs2, strict=True)]
        for a, i in zip(b1, idxs1, strict=True)
    ]
    overlaps = batched_overlaps(b1, idxs1, b2, idxs2, threshold)
    assert overlaps.shape == (len(b1), len(b2))
    assert overlaps.tolist() == expected


def test_nms_of_a_long_chain_keeps_every_other_box() -> None:
    """Each box overlaps the next one only: what stays depends on all that comes before."""
    count = 200
    left = np.arange(count) * 6.0
    b = np.stack([left, np.zeros(count), left + 10, np.full(count, 10.0)], axis=1)
    assert nms(b, -np.arange(count), 0.2).tolist() == list(range(0, count, 2))


@given(boxes(), st.integers(1, 10), st.integers(1, 10))
def test_clip_boxes_to_image_moves_what_is_outside_to_the_edge(b: NDArray[np.float64], height: int, width: int) -> None:
    clipped = clip_boxes_to_image(b - 3, (height, width))
    assert (clipped >= 0).all()
    assert (clipped[:, [0, 2]] <= width).all()
    assert (clipped[:, [1, 3]] <= height).all()
    inside = ((b - 3 >= 0) & (b - 3 <= [width, height, width, height])).all(axis=1)
    np.testing.assert_array_equal(clipped[inside], (b - 3)[inside])


@given(boxes(), st.integers(0, 5))
def test_remove_small_boxes_wants_both_sides_long_enough(b: NDArray[np.float64], size: int) -> None:
    kept = [i for i, (x1, y1, x2, y2) in enumerate(b) if x2 - x1 >= size and y2 - y1 >= size]
    assert remove_small_boxes(b, size).tolist() == kept


def test_no_boxes_are_fine() -> None:
    none = np.zeros((0, 4))
    assert box_iou(none, [[0, 0, 1, 1]]).shape == (0, 1)
    for result in (nms(none, [], 0.5), batched_nms(none, [], [], 0.5), remove_small_boxes(none, 1)):
        assert result.shape == (0,)
        assert result.dtype == np.intp
