"""onsight.tools.detect: from the outputs of the networks and the classifier to scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from onsight.core.boxes import batched_nms, box_iou
from onsight.tools.detect.candidates import Candidates
from onsight.tools.detect.decoding import FLOOR_LOGIT
from onsight.tools.detect.fusion import DOUBTFUL, Evidence, fuse, gather, is_doubtful, merge_parts
from onsight.tools.detect.presets import ANIMALS, SIZES, Preset, Weights, load_calibration, size_shares
from onsight.tools.detect.rescoring import Rescoring
from onsight.tools.detect.task import Detector
from tests.detection_samples import candidates, make_detector, objects

REGION = (0.0, 0.0, 100.0, 100.0)


def same_for_all_sizes(passes: tuple[float, ...], bias: float) -> Weights:
    return Weights(np.tile(np.array(passes)[:, None], 3), np.full(3, bias))


def preset_of(others: Weights, animals: Weights | None = None) -> Preset:
    return Preset((), np.ones((len(others.passes), 3)), others, animals)


def evidence_of(boxes: ArrayLike, logits: ArrayLike, class_ids: ArrayLike) -> Evidence:
    boxes, class_ids = np.array(boxes, np.float64), np.array(class_ids, np.intp)
    return Evidence(boxes, np.array(logits, np.float64), size_shares(boxes, 1e4), class_ids, np.arange(len(boxes)))


def equal(passes: int) -> NDArray[np.float64]:
    """Box weights of passes whose boxes are equally exact."""
    return np.ones((passes, 3))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return make_detector()


def test_animals_are_weighed_on_their_own(detector: Detector) -> None:
    animals = [detector.labels[index] for index in ANIMALS]
    assert animals == ["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"]
    evidence = evidence_of([[0, 0, 9, 9]] * 4, [[2]] * 4, [13, 14, 23, 24])
    others = same_for_all_sizes((0.5,), 1.0)
    found = fuse(evidence, preset_of(others, same_for_all_sizes((1.5,), -1.0)))
    by_class = dict(zip(found.class_ids.tolist(), np.log(found.scores / (1 - found.scores)), strict=True))
    assert by_class == pytest.approx({13: 2, 14: 2, 23: 2, 24: 2})
    found = fuse(evidence, preset_of(others, same_for_all_sizes((1.5,), 0.0)))
    assert found.class_ids.tolist() == [14, 23, 13, 24]


def random_candidates(seed: int, count: int = 40) -> Candidates:
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 60, (count, 2))
    boxes = np.concatenate([corner, corner + rng.integers(5, 40, (count, 2))], axis=1).astype(float)
    return Candidates(boxes, rng.uniform(FLOOR_LOGIT, 4, count), rng.integers(0, 3, count).astype(np.intp))


@pytest.mark.parametrize("seed", range(5))
def test_gather_of_one_pass_is_non_maximum_suppression(seed: int) -> None:
    found = random_candidates(seed)
    kept = batched_nms(found.boxes, found.logits, found.class_ids, 0.5)
    evidence = gather([found], equal(1), REGION, 0.5)
    order = np.argsort(-evidence.logits[:, 0])
    np.testing.assert_allclose(evidence.boxes[order], found.boxes[kept])
    np.testing.assert_allclose(evidence.logits[order, 0], found.logits[kept])
    assert evidence.class_ids[order].tolist() == found.class_ids[kept].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_gather_gives_each_candidate_to_the_strongest_leader_it_overlaps(seed: int) -> None:
    """Against the loop: strongest first, each takes in all of its class that overlap it and are free."""
    passes = [random_candidates(seed), random_candidates(seed + 100)]
    evidence = gather(passes, equal(2), REGION, 0.4)
    rows = []
    for index, found in enumerate(passes):
        for member in batched_nms(found.boxes, found.logits, found.class_ids, 0.4):
            rows.append((found.logits[member], index, found.boxes[member], found.class_ids[member]))  # noqa: PERF401
    rows.sort(key=lambda row: -row[0])
    expected = []
    while rows:
        _, _, box, class_id = rows[0]
        group = [r for r in rows if r[3] == class_id and box_iou([box], [r[2]])[0, 0] > 0.4]
        rows = [r for r in rows if not any(r is member for member in group)]
        weights = np.array([1 / (1 + np.exp(-r[0])) for r in group])
        fused = (np.array([r[2] for r in group]) * weights[:, None]).sum(0) / weights.sum()
        logits = [max((r[0] for r in group if r[1] == index), default=FLOOR_LOGIT) for index in (0, 1)]
        expected.append((*fused, *logits, class_id))
    got = np.column_stack([evidence.boxes, evidence.logits, evidence.class_ids])
    np.testing.assert_allclose(sorted(map(tuple, got)), sorted(expected), atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_an_object_is_known_by_its_strongest_candidate_at_every_overlap(seed: int) -> None:
    passes = [random_candidates(seed), random_candidates(seed + 100)]
    logits, class_ids = (np.concatenate([getattr(one, name) for one in passes]) for name in ("logits", "class_ids"))
    for iou in (0.2, 0.4, 0.7):
        evidence = gather(passes, equal(2), REGION, iou, first_id=7)
        leaders = evidence.ids - 7
        assert len(set(leaders)) == len(leaders)
        np.testing.assert_array_equal(class_ids[leaders], evidence.class_ids)
        np.testing.assert_allclose(logits[leaders], evidence.logits.max(axis=1))
        found = fuse(evidence, preset_of(same_for_all_sizes((1.0, 1.0), 0.0)))
        by_id = dict(zip(evidence.ids.tolist(), evidence.boxes.tolist(), strict=True))
        assert [by_id[id] for id in found.ids.tolist()] == found.boxes.tolist()


def test_weigh_adds_up_evidence() -> None:
    evidence = evidence_of([[0, 0, 1, 1], [0, 0, 2, 2]], [[0, -1], [1, 2]], [4, 5])
    found = fuse(evidence, preset_of(same_for_all_sizes((2.0, 1.0), -0.5)))
    np.testing.assert_allclose(found.scores, 1 / (1 + np.exp([-3.5, 1.5])))
    assert found.class_ids.tolist() == [5, 4]
    np.testing.assert_array_equal(found.boxes[0], [0, 0, 2, 2])


def test_weights_are_interpolated_over_the_logarithm_of_the_size() -> None:
    sides = np.array([0.001, *SIZES, (SIZES[0] * SIZES[1]) ** 0.5, (SIZES[1] ** 3 * SIZES[2]) ** 0.25, 1.0])
    boxes = np.stack([sides * 0, sides * 0, sides * 200, sides * 50], axis=1)
    expected = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0, 0.75, 0.25], [0, 0, 1]])
    np.testing.assert_allclose(size_shares(boxes, 1e4), expected, atol=1e-9)
    assert size_shares(np.zeros((1, 4)), 1e4).tolist() == [[1, 0, 0]]
    weights = Weights(np.array([[0.0, 1, 2], [3, 2, 1]]), np.array([-1.0, 0, 1]))
    logits = np.tile([2.0, 1.0], (len(sides), 1))
    assert weights.log_odds(logits, size_shares(boxes, 1e4)) == pytest.approx([2, 2, 4, 6, 3, 4.5, 6])
    assert weights.bound(logits, -4.6) == pytest.approx(np.full(len(sides), 6.0))


def test_boxes_of_a_pass_that_is_exact_at_their_size_count_more() -> None:
    def fused(side: float) -> list[float]:
        one, other = ((0, 0, side, side), (0, 0, side, 0.8 * side))
        passes = [candidates((*one, 0.0, 1)), candidates((*other, 0.0, 1))]
        weights = np.array([[1.0, 1, 9], [3, 1, 1]])
        return [float(value) for value in gather(passes, weights, REGION, 0.5).boxes[0] / side]

    assert fused(2.0) == pytest.approx([0, 0, 1, 0.85])
    assert fused(90.0) == pytest.approx([0, 0, 1, 0.98])


def test_gather_and_weigh_of_nothing_are_nothing() -> None:
    found = fuse(
        gather([candidates(), candidates()], equal(2), REGION, 0.5), preset_of(same_for_all_sizes((1.0, 1.0), 0.0))
    )
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)


def test_merge_views_takes_from_tiles_what_is_whole_there_and_new() -> None:
    whole = objects((10, 10, 90, 90, 0.9, 1))
    tile = objects(
        (20, 20, 60, 60, 0.8, 1),  # inside a better box of its class: a part of that object
        (20, 20, 60, 60, 0.8, 2),  # of another class
        (60, 60, 99.9, 80, 0.7, 3),  # cut by the tile's edge
        (12, 12, 90, 90, 0.5, 1),  # the object again
        (5, 5, 8, 8, 0.4, 1),  # small and new
    )
    found = merge_parts([((0, 0, 200, 100), whole), ((0, 0, 100, 100), tile)], (100, 200), 0.5)
    assert list(zip(found.scores, found.class_ids, strict=True)) == [(0.9, 1), (0.8, 2), (0.4, 1)]


def opinion_of(**by_class: ArrayLike) -> Rescoring:
    """An rescoring of a picture of 400 × 200 pixels in 4 × 2 places: of classes by name, rows of log odds."""
    log_odds = np.full((2, 4, 80), np.nan, np.float32)
    for label, rows in by_class.items():
        log_odds[..., {"car": 2, "cat": 15, "dog": 16}[label]] = rows
    return Rescoring(log_odds, (0.0, 0.0, 400.0, 200.0))


def test_an_opinion_is_that_of_the_best_place_inside_of_the_box() -> None:
    rescoring = opinion_of(dog=[[-4, -3, -2, -1], [0, 1, 2, 3]])
    boxes = np.array([[0.0, 0, 200, 200], [10, 5, 90, 95], [100, 0, 400, 100], [390, 190, 400, 200], [0, 0, 400, 200]])
    said, worth = rescoring.of_boxes(boxes, np.array([16, 16, 16, 16, 15]))
    assert said.tolist() == [1, -4, -1, 3, 0]
    # Two places a side are enough; of a class that the classifier does not know it says nothing.
    assert worth == pytest.approx([1, 0.4 * 0.45, 0.5, 0.05 * 0.05, 0])
    assert [len(part) for part in rescoring.of_boxes(np.zeros((0, 4)), np.zeros(0, np.intp))] == [0, 0]


def test_an_opinion_lowers_any_box_and_raises_the_best_of_its_class() -> None:
    box = [0.0, 0, 400, 200]
    evidence = evidence_of([box] * 5, [[0], [1], [1], [2], [0]], [16, 16, 15, 2, 0])
    rescored = {"animals": same_for_all_sizes((1.0, 1.0), 0.0), "vehicles": same_for_all_sizes((1.0, 2.0), 0.0)}
    preset = Preset((), equal(1), same_for_all_sizes((1.0,), 0.0), None, rescored)
    rescoring = opinion_of(dog=3, cat=-3, car=1)

    def log_odds(**options: Any) -> list[tuple[int, float]]:
        found = fuse(evidence, preset, **options)
        return sorted(zip(found.class_ids.tolist(), np.log(found.scores / (1 - found.scores)).round(6), strict=True))

    assert log_odds() == [(0, 0), (2, 2), (15, 1), (16, 0), (16, 1)]
    assert log_odds(rescoring=rescoring) == [(0, 0), (2, 4), (15, -2), (16, 0), (16, 4)]
    assert log_odds(rescoring=rescoring, is_part=True) == [(0, 0), (2, 2), (15, -2), (16, 0), (16, 1)]


@given(
    st.sampled_from(["quick", "default"]),
    st.lists(st.tuples(st.sampled_from([0, 2, 16, 23]), st.floats(-4.6, 4)), max_size=8),
    st.sampled_from([2, 12, 40, 90]),
    st.integers(0, 2**32 - 1),
)
def test_what_is_not_doubtful_stays_below_the_bound(
    name: str, found: list[tuple[int, float]], side: int, seed: int
) -> None:
    preset = load_calibration().presets[name]
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 50, (len(found), 2))
    rows = [(x, y, x + side, y + side, logit, label) for (x, y), (label, logit) in zip(corners, found, strict=True)]
    passes = [candidates(*rows[::2]), candidates(*rows[1::2])]
    objects_ = fuse(gather(passes, preset.box_weights, REGION, 0.45), preset)
    wild = objects_.scores[np.isin(objects_.class_ids, [2, 16, 23])]
    assert is_doubtful(passes, preset) or wild.max(initial=0) < DOUBTFUL


def test_the_classifier_is_asked_for_what_it_knows(detector: Detector) -> None:
    known = dict(zip(detector.labels, map(len, detector.rescorer.members), strict=True))
    assert known["dog"] >= 110
    assert known["car"] > 3
    # It has no class of people, and no giraffe.
    assert known["person"] == known["giraffe"] == 0
    for label in ("bird", "cat", "horse", "elephant", "bear", "zebra", "bicycle", "airplane", "bus", "train", "boat"):
        assert known[label], label
