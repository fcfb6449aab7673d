"""onsight.tools.detect: which parts of a picture networks look at, and what their outputs say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from onsight.tools.detect import tiles
from onsight.tools.detect.anchors import decode_ssd_boxes, grid_sizes, ssd_anchors
from onsight.tools.detect.decoding import FLOOR_LOGIT, decode_centernet, decode_ssd

# --- decoding ------------------------------------------------------------------------------------------------


def test_anchors_are_those_of_the_checkpoint() -> None:
    """Numbers from the constant ``Postprocessor/ExpandDims`` of the unchanged graph, (y1, x1, y2, x2)."""
    anchors = ssd_anchors((300, 300))
    assert anchors.shape == (1917, 4)
    corners = np.concatenate([anchors[:, :2] - anchors[:, 2:] / 2, anchors[:, :2] + anchors[:, 2:] / 2], axis=1)
    expected = {
        0: (-0.02368421, -0.02368421, 0.07631579, 0.07631579),
        1: (-0.04439489, -0.11510557, 0.09702647, 0.16773716),
        3: (-0.02368421, 0.02894736, 0.07631579, 0.12894736),
        1083: (-0.125, -0.125, 0.225, 0.225),
        1086: (-0.05103629, -0.25310886, 0.15103629, 0.35310888),
        1088: (-0.15916501, -0.15916501, 0.25916502, 0.25916502),
    }
    for index, (y1, x1, y2, x2) in expected.items():
        np.testing.assert_allclose(corners[index], (x1, y1, x2, y2), atol=5e-5)


@given(st.integers(4, 20), st.integers(4, 20))
def test_anchors_of_any_input_are_as_many_as_the_network_gives(rows: int, columns: int) -> None:
    size = (rows * 32, columns * 32)
    places = [height * width for height, width in grid_sizes(size)]
    assert len(ssd_anchors(size)) == 3 * places[0] + 6 * sum(places[1:])


def test_anchors_have_the_pixels_of_training_in_any_input() -> None:
    trained = ssd_anchors((300, 300))[:, 2:] * 300
    for height, width in ((320, 320), (256, 384), (320, 640)):
        sides = ssd_anchors((height, width))[:, 2:] * [width, height]
        np.testing.assert_allclose(sides[0], trained[0])
        np.testing.assert_allclose(sides[-1], trained[-1])


def receptive_fields(side: int) -> NDArray[np.float64]:
    """Return, by level, the mean pixel that its places look at, following one place through all halvings."""
    pixels = np.arange(side) + 0.5
    centres: list[float] = []
    while len(pixels) > 1 or len(centres) < 6:
        pixels = pixels[1::2] if len(pixels) % 2 == 0 else pixels[::2]
        if side / len(pixels) > 12:
            centres.append(pixels.mean())
    return np.array(centres[:6])


@pytest.mark.parametrize("side", [256, 288, 320, 352, 384])
def test_anchors_lie_as_far_from_what_their_places_look_at_as_in_training(side: int) -> None:
    def means(side: int) -> NDArray[np.float64]:
        anchors = ssd_anchors((side, side)) * side
        counts = [
            rows * columns * (6 if level else 3) for level, (rows, columns) in enumerate(grid_sizes((side, side)))
        ]
        return np.array([level[:, :2].mean(axis=0) for level in np.split(anchors, np.cumsum(counts)[:-1])])

    ahead = receptive_fields(300)[:, None] - means(300)
    np.testing.assert_allclose(receptive_fields(side)[:, None] - means(side), ahead, atol=1e-9)


def test_decode_ssd_boxes_moves_and_scales_anchors() -> None:
    anchors = np.array([[0.5, 0.4, 0.2, 0.1]])
    encodings = np.array([[1.0, -2.0, 5 * np.log(2), 5 * np.log(3)]], np.float32)  # y, x, height, width
    (box,) = decode_ssd_boxes(encodings, anchors)
    centre_x, centre_y, width, height = 0.5 - 0.2 * 0.2, 0.4 + 0.1 * 0.1, 0.2 * 3, 0.1 * 2
    expected = (centre_x - width / 2, centre_y - height / 2, centre_x + width / 2, centre_y + height / 2)
    np.testing.assert_allclose(box, expected, atol=1e-6)


def test_decode_ssd_takes_every_class_of_an_anchor_and_the_strongest_first() -> None:
    scores = np.zeros((1, 1917, 80), np.float32)
    scores[0, 7, 3], scores[0, 7, 5], scores[0, 9, 3] = 0.5, 0.9, 0.02
    found = decode_ssd({"boxes": np.zeros((1, 1917, 4), np.float32), "scores": scores}, (300, 300))
    assert found.class_ids.tolist() == [5, 3, 3]
    np.testing.assert_allclose(1 / (1 + np.exp(-found.logits)), [0.9, 0.5, 0.02], atol=1e-6)
    np.testing.assert_allclose(found.boxes[0], found.boxes[1])
    cx, cy, width, height = ssd_anchors((300, 300))[7] * 300
    np.testing.assert_allclose(found.boxes[0], [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2])


def test_decode_centernet_finds_peaks_as_the_loop_does() -> None:
    rng = np.random.default_rng(3)
    heat_map = np.round(rng.normal(-4, 2, (1, 3, 9, 11)), 1).astype("f")  # rounded: neighbours may be equal
    distances = rng.uniform(1, 20, (1, 4, 9, 11)).astype("f")
    found = decode_centernet({"heat_map": heat_map, "distances": distances}, (36, 44))
    peaks = []
    for c, y, x in np.ndindex(3, 9, 11):
        window = heat_map[0, c, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        value = heat_map[0, c, y, x]
        if value > FLOOR_LOGIT and value == window.max():
            left, top, right, bottom = distances[0, :, y, x]
            peaks.append((-value, c, 4 * x - left, 4 * y - top, 4 * x + right, 4 * y + bottom))
    expected = np.array(sorted(peaks))
    got = np.array(sorted(zip(-found.logits, found.class_ids, *found.boxes.T, strict=True)))
    np.testing.assert_allclose(got, expected, atol=1e-4)
    assert (np.diff(found.logits) <= 0).all()


def test_decode_of_an_empty_picture_is_empty() -> None:
    cold = {"heat_map": np.full((1, 80, 4, 4), -9, "f"), "distances": np.zeros((1, 4, 4, 4), "f")}
    assert len(decode_centernet(cold, (16, 16))) == 0
    nothing = {"boxes": np.zeros((1, 1917, 4), "f"), "scores": np.zeros((1, 1917, 80), "f")}
    assert len(decode_ssd(nothing, (300, 300))) == 0


# --- tiles ---------------------------------------------------------------------------------------------------


@given(st.integers(1, 30000), st.integers(1, 30000), st.booleans())
def test_regions_cover_the_picture(height: int, width: int, tiled: bool) -> None:
    whole, *parts = tiles.regions(height, width, tiled)
    assert whole == (0, 0, width, height)
    assert len(parts) <= tiles.MAX_TILES
    if parts:
        lefts, tops = {(r[0], r[2]) for r in parts}, {(r[1], r[3]) for r in parts}
        for spans, length in ((sorted(lefts), width), (sorted(tops), height)):
            assert spans[0][0] == 0
            assert spans[-1][1] == length
            for (_, end), (start, _) in itertools.pairwise(spans):
                assert start < end
        assert len(parts) == len(lefts) * len(tops)


def test_regions_of_ordinary_pictures_are_the_picture() -> None:
    for size in ((3000, 4000), (2400, 1080), (1, 1), (480, 640)):
        assert len(tiles.regions(*size, tiled=False)) == 1


def test_regions_of_a_panorama_are_shorter_parts() -> None:
    parts = tiles.regions(1000, 20000, tiled=False)[1:]
    assert len(parts) == 8
    assert {(top, bottom) for _, top, _, bottom in parts} == {(0, 1000)}
    assert max(right - left for left, _, right, _ in parts) == pytest.approx(3200)


def test_input_size_keeps_the_area_and_about_the_shape() -> None:
    look = tiles.Pass("m", 512, True)
    height, width = look.input_size((0, 0, 640, 480))
    assert height % 32 == width % 32 == 0
    assert abs(height * width / 512**2 - 1) < 0.1
    assert abs(width / height - 4 / 3) < 0.1
    assert look.input_size((0, 0, 20000, 100))[0] == tiles.MIN_SIDE
    assert tiles.Pass("m", 352, False).input_size((0, 0, 640, 480)) == (352, 352)


def test_cut_by_edges_knows_the_pictures_own_edges() -> None:
    boxes = np.array([[0, 0, 50, 50], [50, 0, 100, 50], [20, 20, 99.9, 60], [30, 30, 60, 60]], float)
    assert tiles.cut_by_edges(boxes, (0, 0, 100, 100), (100, 200)).tolist() == [False, True, True, False]
    assert not tiles.cut_by_edges(boxes, (0, 0, 100, 100), (100, 100)).any()
