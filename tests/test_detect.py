"""onsight.tasks.detect and onsight.detection: from networks' outputs to boxes, without a network."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from onsight.boxes import batched_nms, box_iou
from onsight.detection import views
from onsight.detection.anchors import decode_ssd_boxes, grid_sizes, ssd_anchors
from onsight.detection.candidates import Candidates, Objects
from onsight.detection.decoding import FLOOR_LOGIT, decode_centernet, decode_ssd
from onsight.detection.fusion import DOUBTFUL, Evidence, gather, is_doubtful, merge_views, weigh
from onsight.detection.opinion import Opinion
from onsight.detection.presets import ANIMALS, Calibration, Preset, Weights, load_calibration
from onsight.detection.selection import select_objects
from onsight.errors import InvalidOptionError, InvalidSpecError
from onsight.flow import Run, drive
from onsight.options import DetectOptions, options_from
from onsight.tasks.detect import Detector

MODELS = Path(__file__).resolve().parents[1] / "models"
IDS = ("centernet-mobilenet-v3", "ssdlite-mobilenet-v2")


def texts(model_id):
    folder = MODELS / model_id
    return (folder / "model.json").read_text(encoding="utf-8"), (folder / "labels.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def detector():
    return Detector.from_text([texts(model_id) for model_id in IDS], texts("efficientnet-lite2"))


def candidates(*rows):
    """Candidates from rows ``(x1, y1, x2, y2, logit, class)``."""
    table = np.array(rows, float).reshape(-1, 6)
    return Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.intp))


def objects(*rows):
    found = candidates(*rows)
    return Objects(found.boxes, found.logits, found.class_ids)


def test_animals_are_weighed_on_their_own(detector):
    animals = [detector.labels[index] for index in ANIMALS]
    assert animals == ["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"]
    evidence = Evidence(np.tile([0.0, 0, 9, 9], (4, 1)), np.full((4, 1), 2.0), np.array([13, 14, 23, 24]))
    found = weigh(evidence, Preset((), (0.5,), 1.0, Weights((1.5,), -1.0)))
    by_class = dict(zip(found.class_ids.tolist(), np.log(found.scores / (1 - found.scores)), strict=True))
    assert by_class == pytest.approx({13: 2, 14: 2, 23: 2, 24: 2})
    found = weigh(evidence, Preset((), (0.5,), 1.0, Weights((1.5,), 0.0)))
    assert found.class_ids.tolist() == [14, 23, 13, 24]


# --- decoding ------------------------------------------------------------------------------------------------


def test_anchors_are_those_of_the_checkpoint():
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
def test_anchors_of_any_input_are_as_many_as_the_network_gives(rows, columns):
    size = (rows * 32, columns * 32)
    places = [height * width for height, width in grid_sizes(size)]
    assert len(ssd_anchors(size)) == 3 * places[0] + 6 * sum(places[1:])


def test_anchors_have_the_pixels_of_training_in_any_input():
    trained = ssd_anchors((300, 300))[:, 2:] * 300
    for height, width in ((320, 320), (256, 384), (320, 640)):
        sides = ssd_anchors((height, width))[:, 2:] * [width, height]
        np.testing.assert_allclose(sides[0], trained[0])
        np.testing.assert_allclose(sides[-1], trained[-1])


def receptive_fields(side):
    """Return, by level, the mean pixel that its places look at, following one place through all halvings."""
    pixels, centres = np.arange(side) + 0.5, []
    while len(pixels) > 1 or len(centres) < 6:
        pixels = pixels[1::2] if len(pixels) % 2 == 0 else pixels[::2]
        if side / len(pixels) > 12:
            centres.append(pixels.mean())
    return np.array(centres[:6])


@pytest.mark.parametrize("side", [256, 288, 320, 352, 384])
def test_anchors_lie_as_far_from_what_their_places_look_at_as_in_training(side):
    def means(side):
        anchors = ssd_anchors((side, side)) * side
        counts = [
            rows * columns * (6 if level else 3) for level, (rows, columns) in enumerate(grid_sizes((side, side)))
        ]
        return np.array([level[:, :2].mean(axis=0) for level in np.split(anchors, np.cumsum(counts)[:-1])])

    ahead = receptive_fields(300)[:, None] - means(300)
    np.testing.assert_allclose(receptive_fields(side)[:, None] - means(side), ahead, atol=1e-9)


def test_decode_ssd_boxes_moves_and_scales_anchors():
    anchors = np.array([[0.5, 0.4, 0.2, 0.1]])
    encodings = np.array([[1.0, -2.0, 5 * np.log(2), 5 * np.log(3)]], np.float32)  # y, x, height, width
    (box,) = decode_ssd_boxes(encodings, anchors)
    centre_x, centre_y, width, height = 0.5 - 0.2 * 0.2, 0.4 + 0.1 * 0.1, 0.2 * 3, 0.1 * 2
    expected = (centre_x - width / 2, centre_y - height / 2, centre_x + width / 2, centre_y + height / 2)
    np.testing.assert_allclose(box, expected, atol=1e-6)


def test_decode_ssd_takes_every_class_of_an_anchor_and_the_strongest_first():
    scores = np.zeros((1, 1917, 80), np.float32)
    scores[0, 7, 3], scores[0, 7, 5], scores[0, 9, 3] = 0.5, 0.9, 0.02
    found = decode_ssd({"boxes": np.zeros((1, 1917, 4), np.float32), "scores": scores}, (300, 300))
    assert found.class_ids.tolist() == [5, 3, 3]
    np.testing.assert_allclose(1 / (1 + np.exp(-found.logits)), [0.9, 0.5, 0.02], atol=1e-6)
    np.testing.assert_allclose(found.boxes[0], found.boxes[1])
    cx, cy, width, height = ssd_anchors((300, 300))[7] * 300
    np.testing.assert_allclose(found.boxes[0], [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2])


def test_decode_centernet_finds_peaks_as_the_loop_does():
    rng = np.random.default_rng(3)
    heat_map = np.round(rng.normal(-4, 2, (1, 3, 9, 11)), 1).astype("f")  # rounded: neighbours may be equal
    distances = rng.uniform(1, 20, (1, 4, 9, 11)).astype("f")
    found = decode_centernet({"heat_map": heat_map, "distances": distances}, (36, 44))
    expected = []
    for c, y, x in np.ndindex(3, 9, 11):
        window = heat_map[0, c, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        value = heat_map[0, c, y, x]
        if value > FLOOR_LOGIT and value == window.max():
            left, top, right, bottom = distances[0, :, y, x]
            expected.append((-value, c, 4 * x - left, 4 * y - top, 4 * x + right, 4 * y + bottom))
    expected = np.array(sorted(expected))
    got = np.array(sorted(zip(-found.logits, found.class_ids, *found.boxes.T, strict=True)))
    np.testing.assert_allclose(got, expected, atol=1e-4)
    assert (np.diff(found.logits) <= 0).all()


def test_decode_of_an_empty_picture_is_empty():
    cold = {"heat_map": np.full((1, 80, 4, 4), -9, "f"), "distances": np.zeros((1, 4, 4, 4), "f")}
    assert len(decode_centernet(cold, (16, 16))) == 0
    nothing = {"boxes": np.zeros((1, 1917, 4), "f"), "scores": np.zeros((1, 1917, 80), "f")}
    assert len(decode_ssd(nothing, (300, 300))) == 0


# --- views ---------------------------------------------------------------------------------------------------


@given(st.integers(1, 30000), st.integers(1, 30000), st.booleans())
def test_regions_cover_the_picture(height, width, tiled):
    whole, *tiles = views.regions(height, width, tiled)
    assert whole == (0, 0, width, height)
    assert len(tiles) <= views.MAX_TILES
    if tiles:
        lefts, tops = {(r[0], r[2]) for r in tiles}, {(r[1], r[3]) for r in tiles}
        for spans, length in ((sorted(lefts), width), (sorted(tops), height)):
            assert spans[0][0] == 0
            assert spans[-1][1] == length
            for (_, end), (start, _) in itertools.pairwise(spans):
                assert start < end
        assert len(tiles) == len(lefts) * len(tops)


def test_regions_of_ordinary_pictures_are_the_picture():
    for size in ((3000, 4000), (2400, 1080), (1, 1), (480, 640)):
        assert len(views.regions(*size, tiled=False)) == 1


def test_regions_of_a_panorama_are_shorter_parts():
    parts = views.regions(1000, 20000, tiled=False)[1:]
    assert len(parts) == 8
    assert {(top, bottom) for _, top, _, bottom in parts} == {(0, 1000)}
    assert max(right - left for left, _, right, _ in parts) == pytest.approx(3200)


def test_input_size_keeps_the_area_and_about_the_shape():
    look = views.Pass("m", 512, True)
    height, width = look.input_size((0, 0, 640, 480))
    assert height % 32 == width % 32 == 0
    assert abs(height * width / 512**2 - 1) < 0.1
    assert abs(width / height - 4 / 3) < 0.1
    assert look.input_size((0, 0, 20000, 100))[0] == views.MIN_SIDE
    assert views.Pass("m", 352, False).input_size((0, 0, 640, 480)) == (352, 352)


def test_cut_by_edges_knows_the_pictures_own_edges():
    boxes = np.array([[0, 0, 50, 50], [50, 0, 100, 50], [20, 20, 99.9, 60], [30, 30, 60, 60]], float)
    assert views.cut_by_edges(boxes, (0, 0, 100, 100), (100, 200)).tolist() == [False, True, True, False]
    assert not views.cut_by_edges(boxes, (0, 0, 100, 100), (100, 100)).any()


# --- fusion --------------------------------------------------------------------------------------------------


def random_candidates(seed, count=40):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 60, (count, 2))
    boxes = np.concatenate([corner, corner + rng.integers(5, 40, (count, 2))], axis=1).astype(float)
    return Candidates(boxes, rng.uniform(FLOOR_LOGIT, 4, count), rng.integers(0, 3, count).astype(np.intp))


@pytest.mark.parametrize("seed", range(5))
def test_gather_of_one_pass_is_non_maximum_suppression(seed):
    found = random_candidates(seed)
    kept = batched_nms(found.boxes, found.logits, found.class_ids, 0.5)
    evidence = gather([found], 0.5)
    order = np.argsort(-evidence.logits[:, 0])
    np.testing.assert_allclose(evidence.boxes[order], found.boxes[kept])
    np.testing.assert_allclose(evidence.logits[order, 0], found.logits[kept])
    assert evidence.class_ids[order].tolist() == found.class_ids[kept].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_gather_gives_each_candidate_to_the_strongest_leader_it_overlaps(seed):
    """Against the loop: strongest first, each takes in all of its class that overlap it and are free."""
    passes = [random_candidates(seed), random_candidates(seed + 100)]
    evidence = gather(passes, 0.4)
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


def test_weigh_adds_up_evidence():
    evidence = Evidence(np.array([[0, 0, 1, 1], [0, 0, 2, 2.0]]), np.array([[0, -1], [1, 2.0]]), np.array([4, 5]))
    found = weigh(evidence, Preset((), (2.0, 1.0), -0.5))
    np.testing.assert_allclose(found.scores, 1 / (1 + np.exp([-3.5, 1.5])))
    assert found.class_ids.tolist() == [5, 4]
    np.testing.assert_array_equal(found.boxes[0], [0, 0, 2, 2])


def test_gather_and_weigh_of_nothing_are_nothing():
    found = weigh(gather([candidates(), candidates()], 0.5), Preset((), (1.0, 1.0), 0.0))
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)


def test_merge_views_takes_from_tiles_what_is_whole_there_and_new():
    whole = objects((10, 10, 90, 90, 0.9, 1))
    tile = objects(
        (20, 20, 60, 60, 0.8, 1),  # inside a better box of its class: a part of that object
        (20, 20, 60, 60, 0.8, 2),  # of another class
        (60, 60, 99.9, 80, 0.7, 3),  # cut by the tile's edge
        (12, 12, 90, 90, 0.5, 1),  # the object again
        (5, 5, 8, 8, 0.4, 1),  # small and new
    )
    found = merge_views([((0, 0, 200, 100), whole), ((0, 0, 100, 100), tile)], (100, 200), 0.5)
    assert list(zip(found.scores, found.class_ids, strict=True)) == [(0.9, 1), (0.8, 2), (0.4, 1)]


# --- selection -----------------------------------------------------------------------------------------------

LABELS = ("cat", "dog", "cup")
CALIBRATION = Calibration({}, 0.5, {"dog": 0.7})


def select(*rows, **options):
    chosen = select_objects(objects(*rows), LABELS, CALIBRATION, DetectOptions(**options))
    return [(LABELS[c], s) for c, s in zip(chosen.class_ids, chosen.scores, strict=True)]


ROWS = ((0, 0, 9, 9, 0.9, 0), (0, 0, 9, 9, 0.6, 1), (0, 0, 9, 9, 0.5, 2), (0, 0, 9, 9, 0.1, 0))


def test_select_uses_each_classs_own_threshold_unless_told_otherwise():
    assert select(*ROWS) == [("cat", 0.9), ("cup", 0.5)]
    assert select(*ROWS, score=0.55) == [("cat", 0.9), ("dog", 0.6)]
    assert len(select(*ROWS, score=0)) == 4


def test_select_knows_allowed_and_denied_classes():
    assert select(*ROWS, score=0.2, allow=("dog", "cup")) == [("dog", 0.6), ("cup", 0.5)]
    assert select(*ROWS, score=0.2, deny=("dog",)) == [("cat", 0.9), ("cup", 0.5)]
    assert select(*ROWS, score=0, allow=("dog",), deny=("dog",)) == []


def test_select_limits_the_number_and_leaves_out_specks():
    assert select(*ROWS, score=0, max_results=2) == [("cat", 0.9), ("dog", 0.6)]
    assert select((0, 0, 0.5, 9, 0.9, 0)) == []


def test_select_names_an_unknown_class():
    with pytest.raises(InvalidOptionError, match="unicorn"):
        select(*ROWS, allow=("unicorn",))


@pytest.mark.parametrize(
    "options",
    [
        {"score": 1.1},
        {"score": "a"},
        {"iou": 0},
        {"max_results": 0},
        {"allow": "dog"},
        {"deny": [1]},
        {"thorough": 1},
        {"tiled": None},
        {"scor": 0.5},
    ],
)
def test_detect_options_are_checked(options):
    with pytest.raises(InvalidOptionError):
        options_from(DetectOptions, options)


def test_detect_options_take_json():
    assert options_from(DetectOptions, {"allow": ["dog"], "score": None}).allow == ("dog",)


def test_calibration_that_ships_fits_the_labels(detector):
    calibration = load_calibration()
    assert {"default", "thorough"} <= set(calibration.presets)
    assert set(calibration.thresholds) <= set(detector.labels)
    assert all(0 < value < 1 for value in (calibration.threshold, *calibration.thresholds.values()))
    for preset in calibration.presets.values():
        assert len(preset.weights) == len(preset.passes) > 0
        # More evidence never makes an object less probable.
        assert min(preset.weights) > 0


@pytest.mark.parametrize("data", [None, {}, {"presets": {"default": {}}, "threshold": 1, "thresholds": {}}])
def test_calibration_refuses_what_is_none(data):
    with pytest.raises(InvalidSpecError):
        Calibration.from_json(data)


# --- the task ------------------------------------------------------------------------------------------------


DOGS, BEETLES = slice(151, 269), slice(300, 308)
"""Kinds of dogs, and of beetles, among the classifier's classes."""


class FakeNetworks:
    """Detectors that see a bright rectangle as a dog (class 16) and nothing else, and a classifier that knows better.

    Attributes:
        runs: Model, height and width of each run of a detector.
        asked: Height and width of each run of the classifier.
    """

    def __init__(self, is_dog=True):
        self.runs, self.asked = [], []
        self.is_dog = is_dog

    def __call__(self, run: Run):
        pixel_values = run.feeds["pixel_values"]
        assert pixel_values.dtype == np.float32
        assert pixel_values.flags.c_contiguous
        _, _, height, width = pixel_values.shape
        if run.model == "efficientnet-lite2":
            self.asked.append((height, width))
            class_map = np.zeros((1, 1000, height // 32, width // 32), np.float32)
            class_map[:, DOGS if self.is_dog else BEETLES] = 20
            return {"class_map": class_map}
        self.runs.append((run.model, height, width))
        bright = pixel_values[0, 0] > (128 if run.model.startswith("centernet") else 0)
        rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
        heat_map = np.full((1, 80, height // 4, width // 4), -9, np.float32)
        distances = np.zeros((1, 4, height // 4, width // 4), np.float32)
        anchors = ssd_anchors((height, width))
        scores = np.zeros((1, len(anchors), 80), np.float32)
        if len(rows):
            y1, y2, x1, x2 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
            y, x = (y1 + y2) // 8, (x1 + x2) // 8
            heat_map[0, 16, y, x] = 2
            distances[0, :, y, x] = (4 * x - x1, 4 * y - y1, x2 - 4 * x, y2 - 4 * y)
        outputs = {"heat_map": heat_map, "distances": distances, "boxes": scores[..., :4], "scores": scores}
        return {name: outputs[name] for name in run.fetches}


def picture(height, width, box, exif_orientation=None):
    """A black PNG or JPEG with a white rectangle at ``box``, (x1, y1, x2, y2) as stored."""
    pixels = np.zeros((height, width, 3), np.uint8)
    x1, y1, x2, y2 = box
    pixels[y1:y2, x1:x2] = 255
    data = io.BytesIO()
    image = Image.fromarray(pixels)
    if exif_orientation:
        exif = Image.Exif()
        exif[0x0112] = exif_orientation
        image.save(data, "PNG", exif=exif)
    else:
        image.save(data, "PNG")
    return data.getvalue()


def detect(detector, image, **options):
    networks = FakeNetworks()
    return drive(detector.detect(image, DetectOptions(**{"score": 0.1, **options})), networks), networks.runs


def assert_box(box, expected, tolerance):
    assert box.label == "dog"
    np.testing.assert_allclose((box.x1, box.y1, box.x2, box.y2), expected, atol=tolerance)


def test_detect_answers_in_pixels_of_the_picture(detector):
    result, runs = detect(detector, picture(480, 640, (100, 50, 300, 250)))
    assert_box(result.boxes[0], (100, 50, 300, 250), 3)
    assert len(result.boxes) == 1
    assert (result.image.height, result.image.width) == (480, 640)
    assert result.model == "centernet-mobilenet-v3+ssdlite-mobilenet-v2+efficientnet-lite2"
    passes = detector.calibration.presets["default"].passes
    assert runs == [(look.model, *look.input_size((0, 0, 640, 480))) for look in passes]


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_detect_turns_pictures_upright_first(detector, orientation):
    result, _ = detect(detector, picture(480, 640, (100, 50, 300, 250), orientation))
    expected = {3: (340, 230, 540, 430), 6: (230, 100, 430, 300), 8: (50, 340, 250, 540)}[orientation]
    assert_box(result.boxes[0], expected, 3)
    assert (result.image.height, result.image.width) == ((480, 640) if orientation == 3 else (640, 480))


def test_detect_finds_an_object_in_a_panorama_where_it_is(detector):
    result, runs = detect(detector, picture(500, 10000, (7020, 100, 7220, 300)))
    assert_box(result.boxes[0], (7020, 100, 7220, 300), 6)
    assert len(result.boxes) == 1
    assert len(runs) == 9 * len(detector.calibration.presets["default"].passes)


def test_detect_looks_at_tiles_of_a_large_picture(detector):
    result, _ = detect(detector, picture(3000, 4000, (1700, 900, 1730, 930)), tiled=True)
    # One pixel of the input is about three of the picture here, and ten without tiles.
    assert_box(result.boxes[0], (1700, 900, 1730, 930), 6)


def test_detect_asks_the_classifier_once_whether_a_dog_is_one(detector):
    image, options = picture(480, 640, (100, 50, 300, 250)), DetectOptions(score=0)
    dog, beetle = FakeNetworks(), FakeNetworks(is_dog=False)
    surely = drive(detector.detect(image, options), dog).boxes[0]
    hardly = drive(detector.detect(image, options), beetle).boxes[0]
    alone = drive(detector.find(image, options, may_ask=False), FakeNetworks())
    assert dog.asked == beetle.asked == [(224, 288)]
    assert hardly.score < detector.select(alone, options).boxes[0].score < surely.score
    assert (hardly.x1, hardly.y1, hardly.x2, hardly.y2) == (surely.x1, surely.y1, surely.x2, surely.y2)


def test_detect_does_not_ask_where_nothing_is_doubtful(detector):
    networks = FakeNetworks()
    result = drive(detector.detect(picture(480, 640, (0, 0, 0, 0)), DetectOptions()), networks)
    assert networks.asked == []
    assert result.model == "centernet-mobilenet-v3+ssdlite-mobilenet-v2"


def test_detect_of_a_single_pixel_finds_nothing(detector):
    result, _ = detect(detector, picture(1, 1, (0, 0, 0, 0)))
    assert result.boxes == ()


def test_select_answers_another_threshold_without_a_run(detector):
    image, options = picture(480, 640, (100, 50, 300, 250)), DetectOptions(score=0.01)
    found = drive(detector.find(image, options), FakeNetworks())
    every = detector.select(found, options)
    assert every == detect(detector, image, score=0.01)[0]
    score = every.boxes[0].score
    assert detector.select(found, DetectOptions(score=min(1.0, score + 0.01))).boxes == ()


def test_detect_refuses_an_unknown_class_before_it_looks(detector):
    with pytest.raises(InvalidOptionError, match="unicorn"):
        next(detector.detect(b"", DetectOptions(deny=("unicorn",))))


def opinion_of(**by_class):
    """An opinion of a picture of 400 × 200 pixels in 4 × 2 places: of classes by name, rows of log odds."""
    log_odds = np.full((2, 4, 80), np.nan, np.float32)
    for label, rows in by_class.items():
        log_odds[..., {"car": 2, "cat": 15, "dog": 16}[label]] = rows
    return Opinion(log_odds, (0.0, 0.0, 400.0, 200.0))


def test_an_opinion_is_that_of_the_best_place_inside_of_the_box():
    opinion = opinion_of(dog=[[-4, -3, -2, -1], [0, 1, 2, 3]])
    boxes = np.array([[0.0, 0, 200, 200], [10, 5, 90, 95], [100, 0, 400, 100], [390, 190, 400, 200], [0, 0, 400, 200]])
    said, worth = opinion.of_boxes(boxes, np.array([16, 16, 16, 16, 15]))
    assert said.tolist() == [1, -4, -1, 3, 0]
    # Two places a side are enough; of a class that the classifier does not know it says nothing.
    assert worth == pytest.approx([1, 0.4 * 0.45, 0.5, 0.05 * 0.05, 0])
    assert [len(part) for part in opinion.of_boxes(np.zeros((0, 4)), np.zeros(0, np.intp))] == [0, 0]


def test_an_opinion_lowers_any_box_and_raises_the_best_of_its_class():
    box = [0.0, 0, 400, 200]
    evidence = Evidence(
        np.array([box] * 5), np.array([[0.0], [1], [1], [2], [0]]), np.array([16, 16, 15, 2, 0], np.intp)
    )
    preset = Preset((), (1.0,), 0.0, None, {"animals": Weights((1.0, 1.0), 0.0), "vehicles": Weights((1.0, 2.0), 0.0)})
    opinion = opinion_of(dog=3, cat=-3, car=1)

    def log_odds(**options):
        found = weigh(evidence, preset, **options)
        return sorted(zip(found.class_ids.tolist(), np.log(found.scores / (1 - found.scores)).round(6), strict=True))

    assert log_odds() == [(0, 0), (2, 2), (15, 1), (16, 0), (16, 1)]
    assert log_odds(opinion=opinion) == [(0, 0), (2, 4), (15, -2), (16, 0), (16, 4)]
    assert log_odds(opinion=opinion, is_part=True) == [(0, 0), (2, 2), (15, -2), (16, 0), (16, 1)]


@given(st.lists(st.tuples(st.sampled_from([0, 2, 16, 23]), st.floats(-4.6, 4)), max_size=8), st.integers(0, 2**32 - 1))
def test_what_is_not_doubtful_stays_below_the_bound(found, seed):
    preset = load_calibration().presets["default"]
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 50, (len(found), 2))
    rows = [(x, y, x + 40, y + 40, logit, label) for (x, y), (label, logit) in zip(corners, found, strict=True)]
    passes = [candidates(*rows[::2]), candidates(*rows[1::2])]
    objects_ = weigh(gather(passes, 0.45), preset)
    wild = objects_.scores[np.isin(objects_.class_ids, [2, 16, 23])]
    assert is_doubtful(passes, preset) or wild.max(initial=0) < DOUBTFUL


def test_the_classifier_is_asked_for_what_it_knows(detector):
    known = dict(zip(detector.labels, map(len, detector.second.members), strict=True))
    assert known["dog"] >= 110
    assert known["car"] > 3
    # It has no class of people, and no giraffe.
    assert known["person"] == known["giraffe"] == 0
    for label in ("bird", "cat", "horse", "elephant", "bear", "zebra", "bicycle", "airplane", "bus", "train", "boat"):
        assert known[label], label


def test_blank_runs_are_those_of_the_default_preset(detector):
    for run, look in zip(detector.blank_runs(), detector.calibration.presets["default"].passes, strict=True):
        assert run.model == look.model
        assert run.feeds["pixel_values"].shape == (1, 3, *look.input_size((0, 0, 1, 1)))


def test_detector_wants_all_networks_with_the_same_classes():
    one, other = (texts(model_id) for model_id in IDS)
    with pytest.raises(InvalidSpecError, match="ssdlite"):
        Detector.from_text([one], texts("efficientnet-lite2"))
    with pytest.raises(InvalidSpecError, match="differ"):
        Detector.from_text([one, (other[0], other[1].replace("dog", "wolf"))], texts("efficientnet-lite2"))
    with pytest.raises(InvalidSpecError, match="no detector"):
        Detector.from_text([one, texts("efficientnet-lite2")], texts("efficientnet-lite2"))


def test_result_is_plain_json(detector):
    result, _ = detect(detector, picture(480, 640, (100, 50, 300, 250)))
    data = json.loads(json.dumps(result.to_json()))
    assert set(data) == {"boxes", "image", "model"}
    assert set(data["boxes"][0]) == {"label", "score", "x1", "y1", "x2", "y2"}
