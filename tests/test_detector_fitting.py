"""models.detector: reading annotated pictures, measuring detections and fitting weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("pycocotools", reason="measuring needs pycocotools")
pytest.importorskip("scipy", reason="fitting needs SciPy")

from models.detector.boxes import fit_box_weights
from models.detector.coco import CocoTruth
from models.detector.dataset import Frame, read_scenes
from models.detector.regression import regress
from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.presets import SIZES

LABELS = ("person", "bicycle", "car")


def frame(*rows: tuple[float, float, float, float, int]) -> Frame:
    """A picture of 640 × 480 pixels with objects ``(x1, y1, x2, y2, class)``."""
    table = np.array(rows, np.float64).reshape(-1, 5)
    return Frame(Path("a.jpg"), (480, 640), table[:, :4], table[:, 4].astype(np.intp), np.arange(len(LABELS)))


def found(*rows: tuple[float, float, float, float, float, int]) -> Objects:
    """Objects ``(x1, y1, x2, y2, score, class)``, most probable first."""
    table = np.array(rows, np.float64).reshape(-1, 6)
    return Objects(table[:, :4], table[:, 4], table[:, 5].astype(np.intp), np.arange(len(table)))


def test_scenes_are_read_with_their_boxes_in_pixels(tmp_path: Path) -> None:
    for folder in ("images", "boxes"):
        (tmp_path / folder).mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(tmp_path / "images" / "a.jpg")
    Image.new("RGB", (200, 100)).save(tmp_path / "images" / "turned.jpg", exif=exif)
    (tmp_path / "boxes" / "a.txt").write_text("2 0.5 0.5 0.2 0.4\n0 0.25 0.5 0.5 1\n", encoding="utf-8")
    one, turned = read_scenes(tmp_path, LABELS)
    np.testing.assert_allclose(one.boxes, [[80, 30, 120, 70], [0, 0, 100, 100]])
    assert (one.size, one.class_ids.tolist(), one.annotated.tolist()) == ((100, 200), [2, 0], [0, 1, 2])
    assert (turned.size, len(turned.boxes)) == ((200, 100), 0)


def test_coco_figures_by_overlap_and_size() -> None:
    frames = [frame((10, 10, 30, 30, 0), (100, 100, 300, 300, 0)), frame((0, 0, 60, 60, 2))]
    truth = CocoTruth(frames, LABELS)
    exact = [found((100, 100, 300, 300, 0.9, 0), (10, 10, 30, 30, 0.8, 0)), found((0, 0, 60, 60, 0.7, 2))]
    assert truth.measure(exact).ap == pytest.approx(100)
    # An IoU of 0.8 counts at 7 of the 10 thresholds; what is not found at all makes half of the recall.
    loose = [found((100, 100, 300, 260, 0.9, 0)), found((0, 0, 60, 60, 0.7, 2))]
    figures = truth.measure(loose)
    half = 100 * 51 / 101
    assert figures.ap50 == pytest.approx((half + 100) / 2)
    assert figures.ap == pytest.approx((0.7 * half + 100) / 2)
    assert (figures.small, figures.medium, figures.large) == pytest.approx((0, 100, 70))
    assert truth.measure(loose, np.array([1])).ap == pytest.approx(100)


def test_weights_learn_which_pass_to_believe_at_which_size() -> None:
    rng = np.random.default_rng(0)
    count = 6000
    shares = np.eye(len(SIZES))[rng.integers(0, len(SIZES), count)]
    right = rng.random(count) < 0.4
    signal, noise = rng.normal(np.where(right, 1.5, -1.5), 1), rng.normal(0, 1, count)
    is_small = shares[:, 0] == 1
    logits = np.stack([np.where(is_small, signal, noise), np.where(is_small, -signal, signal)], axis=1)
    weights = regress(logits, shares, right, np.ones(count))
    assert weights.passes.min() >= 0
    np.testing.assert_allclose(weights.passes, [[3, 0, 0], [0, 3, 3]], atol=0.5)
    probability = 1 / (1 + np.exp(-weights.log_odds(logits, shares)))
    for size in range(len(SIZES)):
        at = shares[:, size] == 1
        assert probability[at].mean() == pytest.approx(right[at].mean(), abs=0.02)
    same = regress(logits, shares, right, np.ones(count), fixed=1)
    assert np.ptp(same.passes[1]) < 0.02


def test_box_weights_follow_how_exact_boxes_are() -> None:
    small, large = (0.0, 0.0, 16.0, 16.0), (0.0, 0.0, 480.0, 400.0)
    frames = [frame((*small, 0), (*large, 2))] * 4

    def boxes(small_height: float, large_height: float) -> list[Candidates]:
        rows = np.array([[0, 0, 16, small_height], [0, 0, 480, large_height]], np.float64)
        return [Candidates(rows, np.array([1.0, 0.5]), np.array([0, 2]))] * 4

    weights = fit_box_weights(frames, [boxes(14.4, 200), boxes(9.6, 360)])
    assert weights.mean(axis=0) == pytest.approx(np.ones(3))
    assert weights[0, 0] > 5 * weights[1, 0]
    assert weights[1, 2] > 5 * weights[0, 2]
