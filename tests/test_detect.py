"""onsight.tools.detect.task: from a picture to the boxes that are answered, without a network."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Run, drive
from onsight.core.options import options_from
from onsight.core.results import Box
from onsight.errors import InvalidOptionError, InvalidSpecError
from onsight.tools.detect.anchors import ssd_anchors
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.presets import SIZES, Calibration, load_calibration
from onsight.tools.detect.results import Detection
from onsight.tools.detect.selection import select_objects
from onsight.tools.detect.task import Detector, DetectorRun
from tests.detection_samples import IDS, candidates, make_detector, objects, texts


@pytest.fixture(scope="module")
def detector() -> Detector:
    return make_detector()


# --- selection -----------------------------------------------------------------------------------------------

LABELS = ("cat", "dog", "cup")
CALIBRATION = Calibration({}, 0.5, {"dog": 0.7})


def select(*rows: tuple[float, float, float, float, float, int], **options: Any) -> list[tuple[str, float]]:
    chosen = select_objects(objects(*rows), LABELS, CALIBRATION, DetectOptions(**options))
    return [(LABELS[c], s) for c, s in zip(chosen.class_ids, chosen.scores, strict=True)]


ROWS = ((0, 0, 9, 9, 0.9, 0), (0, 0, 9, 9, 0.6, 1), (0, 0, 9, 9, 0.5, 2), (0, 0, 9, 9, 0.1, 0))


def test_select_uses_each_classs_own_threshold_unless_told_otherwise() -> None:
    assert select(*ROWS) == [("cat", 0.9), ("cup", 0.5)]
    assert select(*ROWS, score=0.55) == [("cat", 0.9), ("dog", 0.6)]
    assert len(select(*ROWS, score=0)) == 4


def test_select_knows_allowed_and_denied_classes() -> None:
    assert select(*ROWS, score=0.2, allow=("dog", "cup")) == [("dog", 0.6), ("cup", 0.5)]
    assert select(*ROWS, score=0.2, deny=("dog",)) == [("cat", 0.9), ("cup", 0.5)]
    assert select(*ROWS, score=0, allow=("dog",), deny=("dog",)) == []


def test_select_limits_the_number_and_leaves_out_specks() -> None:
    assert select(*ROWS, score=0, max_results=2) == [("cat", 0.9), ("dog", 0.6)]
    assert select((0, 0, 0.5, 9, 0.9, 0)) == []


def test_select_names_an_unknown_class() -> None:
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
        {"quick": True, "thorough": True},
        {"tiled": None},
        {"scor": 0.5},
    ],
)
def test_detect_options_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        options_from(DetectOptions, options)


def test_detect_options_take_json() -> None:
    assert options_from(DetectOptions, {"allow": ["dog"], "score": None}).allow == ("dog",)


def test_calibration_that_ships_fits_the_labels(detector: Detector) -> None:
    calibration = load_calibration()
    assert {"quick", "default", "thorough"} == set(calibration.presets)
    assert set(calibration.thresholds) <= set(detector.labels)
    assert all(0 < value < 1 for value in (calibration.threshold, *calibration.thresholds.values()))
    for preset in calibration.presets.values():
        assert preset.box_weights.shape == (len(preset.passes), len(SIZES))
        assert preset.box_weights.min() > 0
        assert preset.animals
        for weights, more in ((preset.others, 0), (preset.animals, 0), *((one, 1) for one in preset.rescored.values())):
            assert weights.passes.shape == (len(preset.passes) + more, len(SIZES))
            # More evidence never makes an object less probable.
            assert weights.passes.min() >= 0


@pytest.mark.parametrize("data", [None, {}, {"presets": {"default": {}}, "threshold": 1, "thresholds": {}}])
def test_calibration_refuses_what_is_none(data: object) -> None:
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

    def __init__(self, is_dog: bool = True) -> None:
        self.runs: list[tuple[str, int, int]] = []
        self.asked: list[tuple[int, int]] = []
        self.is_dog = is_dog

    def __call__(self, run: Run) -> dict[str, NDArray[np.float32]]:
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


def picture(height: int, width: int, box: tuple[int, int, int, int], exif_orientation: int | None = None) -> bytes:
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


def detect(detector: Detector, image: bytes, **options: Any) -> tuple[Detection, list[tuple[str, int, int]]]:
    networks = FakeNetworks()
    return drive(detector.detect(image, DetectOptions(**{"score": 0.1, **options})), networks), networks.runs


def assert_box(box: Box, expected: tuple[int, int, int, int], tolerance: int) -> None:
    assert box.label == "dog"
    np.testing.assert_allclose((box.x1, box.y1, box.x2, box.y2), expected, atol=tolerance)


def test_detect_answers_in_pixels_of_the_picture(detector: Detector) -> None:
    result, runs = detect(detector, picture(480, 640, (100, 50, 300, 250)))
    assert_box(result.boxes[0], (100, 50, 300, 250), 3)
    assert len(result.boxes) == 1
    assert (result.image.height, result.image.width) == (480, 640)
    assert result.model == "centernet-mobilenet-v3+ssdlite-mobilenet-v2+efficientnet-lite2"
    passes = detector.calibration.presets["default"].passes
    assert runs == [(look.model, *look.input_size((0, 0, 640, 480))) for look in passes]


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_detect_turns_pictures_upright_first(detector: Detector, orientation: int) -> None:
    result, _ = detect(detector, picture(480, 640, (100, 50, 300, 250), orientation))
    expected = {3: (340, 230, 540, 430), 6: (230, 100, 430, 300), 8: (50, 340, 250, 540)}[orientation]
    assert_box(result.boxes[0], expected, 3)
    assert (result.image.height, result.image.width) == ((480, 640) if orientation == 3 else (640, 480))


def test_detect_finds_an_object_in_a_panorama_where_it_is(detector: Detector) -> None:
    result, runs = detect(detector, picture(500, 10000, (7020, 100, 7220, 300)))
    assert_box(result.boxes[0], (7020, 100, 7220, 300), 6)
    assert len(result.boxes) == 1
    assert len(runs) == 9 * len(detector.calibration.presets["default"].passes)


def test_detect_looks_at_tiles_of_a_large_picture(detector: Detector) -> None:
    result, _ = detect(detector, picture(3000, 4000, (1700, 900, 1730, 930)), tiled=True)
    # One pixel of the input is about three of the picture here, and ten without tiles.
    assert_box(result.boxes[0], (1700, 900, 1730, 930), 6)


def test_detect_asks_the_classifier_once_whether_a_dog_is_one(detector: Detector) -> None:
    image, options = picture(480, 640, (100, 50, 300, 250)), DetectOptions(score=0)
    dog, beetle = FakeNetworks(), FakeNetworks(is_dog=False)
    surely = drive(detector.detect(image, options), dog).boxes[0]
    hardly = drive(detector.detect(image, options), beetle).boxes[0]
    alone = drive(detector.find(image, options, rescore=False), FakeNetworks())
    assert dog.asked == beetle.asked == [(224, 288)]
    assert hardly.score < detector.select(alone, options).boxes[0].score < surely.score
    assert (hardly.x1, hardly.y1, hardly.x2, hardly.y2) == (surely.x1, surely.y1, surely.x2, surely.y2)


def test_detect_does_not_ask_where_nothing_is_doubtful(detector: Detector) -> None:
    networks = FakeNetworks()
    result = drive(detector.detect(picture(480, 640, (0, 0, 0, 0)), DetectOptions()), networks)
    assert networks.asked == []
    assert result.model == "centernet-mobilenet-v3+ssdlite-mobilenet-v2"


def test_detect_of_a_single_pixel_finds_nothing(detector: Detector) -> None:
    result, _ = detect(detector, picture(1, 1, (0, 0, 0, 0)))
    assert result.boxes == ()


def test_select_answers_another_threshold_without_a_run(detector: Detector) -> None:
    image, options = picture(480, 640, (100, 50, 300, 250)), DetectOptions(score=0.01)
    found = drive(detector.find(image, options), FakeNetworks())
    every = detector.select(found, options)
    assert every == detect(detector, image, score=0.01)[0]
    score = every.boxes[0].score
    assert detector.select(found, DetectOptions(score=min(1.0, score + 0.01))).boxes == ()


def test_an_object_keeps_its_id_at_every_threshold(detector: Detector) -> None:
    one = drive(detector.find(picture(480, 640, (100, 50, 300, 250)), DetectOptions()), FakeNetworks())
    parts = (
        ((0.0, 0.0, 640.0, 480.0), (candidates((10, 10, 90, 90, 2, 1), (12, 12, 95, 95, 1, 1)), candidates())),
        ((0.0, 0.0, 320.0, 240.0), (candidates((200, 100, 220, 130, 1, 2)), candidates((50, 9, 70, 30, 0, 3)))),
    )
    found = DetectorRun(parts, one.preset, one.image)
    every = detector.select(found, DetectOptions(score=0.0)).boxes
    assert sorted((box.label, box.id) for box in every) == [("bicycle", 1), ("car", 3), ("motorcycle", 4)]
    for score in (box.score - 0.0001 for box in every):
        chosen = detector.select(found, DetectOptions(score=score)).boxes
        assert chosen == tuple(box for box in every if box.score >= score)
    # Another overlap moves a box and finds a further one; what was there keeps its id.
    others = detector.select(found, DetectOptions(score=0.0, iou=0.99)).boxes
    assert sorted((box.label, box.id) for box in others)[:2] == [("bicycle", 1), ("bicycle", 2)]


def test_detect_refuses_an_unknown_class_before_it_looks(detector: Detector) -> None:
    with pytest.raises(InvalidOptionError, match="unicorn"):
        next(detector.detect(b"", DetectOptions(deny=("unicorn",))))


def test_blank_runs_are_those_of_the_default_preset(detector: Detector) -> None:
    for run, look in zip(detector.blank_runs(), detector.calibration.presets["default"].passes, strict=True):
        assert run.model == look.model
        assert run.feeds["pixel_values"].shape == (1, 3, *look.input_size((0, 0, 1, 1)))


def test_detector_wants_all_networks_with_the_same_classes() -> None:
    one, other = (texts(model_id) for model_id in IDS)
    with pytest.raises(InvalidSpecError, match="ssdlite"):
        Detector.from_text([one], texts("efficientnet-lite2"))
    with pytest.raises(InvalidSpecError, match="differ"):
        Detector.from_text([one, (other[0], other[1].replace("dog", "wolf"))], texts("efficientnet-lite2"))
    with pytest.raises(InvalidSpecError, match="not a detector"):
        Detector.from_text([one, texts("efficientnet-lite2")], texts("efficientnet-lite2"))


def test_result_is_plain_json(detector: Detector) -> None:
    result, _ = detect(detector, picture(480, 640, (100, 50, 300, 250)))
    data = json.loads(json.dumps(result.to_json()))
    assert set(data) == {"boxes", "image", "model"}
    assert set(data["boxes"][0]) == {"label", "score", "x1", "y1", "x2", "y2", "id"}
