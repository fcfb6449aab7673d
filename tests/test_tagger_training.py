"""models/tagger: learning, validation and what is written, on made-up data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs SciPy and scikit-learn")
pytest.importorskip("sklearn", reason="training needs SciPy and scikit-learn")

from models.tagger.boxes import fit_settled
from models.tagger.dataset import ANNOTATIONS, Dataset, DatasetError, load, read_annotations
from models.tagger.export import pack, pack_settled, to_bytes
from models.tagger.learning import RIDGE, fit, fit_block
from models.tagger.metrics import (
    average_precision,
    average_precisions,
    calibration_error,
    f1_scores,
)
from models.tagger.thresholds import GRID, choose_thresholds
from models.tagger.validation import cross_validate, sigmoid, stratified_folds
from onsight.evidence.head import TagHead
from onsight.evidence.vocabulary import COLUMNS, Vocabulary

BLOCKS = (6, 4, 4, 4, 5)


def made_up(count: int = 120, tags: int = 9, seed: int = 0) -> Dataset:
    """Pictures whose tags depend on features and expectations."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, sum(BLOCKS)))
    expectations = rng.normal(size=(count, tags, 4))
    truth = features @ rng.normal(size=(sum(BLOCKS), tags)) + 2 * expectations.sum(axis=2)
    targets = (truth > np.linspace(0, 8, tags)).astype(float)
    empty = np.zeros((count, 1), np.float32)
    return Dataset(
        made_up_vocabulary(tags),
        tuple(f"{index}.jpg" for index in range(count)),
        ("annotations",) * count,
        targets,
        features,
        BLOCKS,
        expectations,
        (),
        empty,
        empty,
        empty,
        truth + rng.normal(size=truth.shape),
        rng.normal(size=(count, 7)),
    )


def made_up_vocabulary(tags: int) -> Vocabulary:
    """Tags without broader ones."""
    rows = [f"tag{index}\tTag {index}\tobjects\t\t\t1\t\tA tag." for index in range(tags)]
    return Vocabulary.from_tsv("\n".join(["\t".join(COLUMNS), *rows]))


def test_average_precision_of_known_orders() -> None:
    assert average_precision(np.array([1.0, 1, 0, 0]), np.array([4.0, 3, 2, 1])) == 1
    assert average_precision(np.array([0.0, 1, 0, 1]), np.array([4.0, 3, 2, 1])) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert np.isnan(average_precision(np.zeros(3), np.arange(3.0)))


def test_f1_scores_of_a_known_case() -> None:
    targets = np.array([[1.0, 0], [1, 1], [0, 1]])
    decisions = np.array([[True, False], [False, True], [False, True]])
    per_tag, overall = f1_scores(targets, decisions, np.array([True, True]))
    assert per_tag == pytest.approx(2 * 1 * 0.75 / 1.75)
    assert overall == pytest.approx(2 * 1 * 0.75 / 1.75)
    assert f1_scores(targets, np.zeros_like(decisions), np.array([True, True])) == (0, 0)


def test_calibration_error_of_honest_and_boastful_probabilities() -> None:
    targets = (np.arange(1000) % 4 == 0).astype(float)[:, None]
    assert calibration_error(targets, np.full((1000, 1), 0.25)) == pytest.approx(0, abs=1e-9)
    assert calibration_error(targets, np.full((1000, 1), 0.95)) == pytest.approx(0.7, abs=1e-9)


def test_folds_share_out_every_tag() -> None:
    targets = made_up(200).targets
    folds = stratified_folds(targets, 5, seed=3)
    counts = np.array([targets[folds == fold].sum(axis=0) for fold in range(5)])
    assert (np.abs(np.bincount(folds, minlength=5) - 40) <= 3).all()
    assert (np.ptp(counts, axis=0) <= np.maximum(3, 0.25 * counts.mean(axis=0))).all()
    np.testing.assert_array_equal(folds, stratified_folds(targets, 5, seed=3))


def test_left_out_predictions_are_those_of_a_fit_without_the_picture() -> None:
    data = made_up(40)
    features = data.features[:, : BLOCKS[0]]
    _, left_out = fit_block(features, data.targets)
    center, mean = features.mean(axis=0), data.targets.mean(axis=0)
    scale = 1 / np.sqrt(features.var(axis=0).sum())
    values = (features - center) * scale
    rest = np.arange(1, 40)
    dual = np.linalg.solve(values[rest] @ values[rest].T + RIDGE * np.eye(39), data.targets[rest] - mean)
    np.testing.assert_allclose(left_out[0], values[0] @ values[rest].T @ dual + mean, atol=1e-9)


def test_learning_beats_either_kind_of_evidence() -> None:
    data = made_up(240)
    held_out = cross_validate(data, seed=0, count=4)
    scores = {
        part: np.nanmean(average_precisions(data.targets, getattr(held_out, part)))
        for part in ("expected", "ridge", "probabilities", "settled")
    }
    assert scores["probabilities"] > max(scores["expected"], scores["ridge"]) + 0.03
    assert calibration_error(data.targets, held_out.probabilities) < 0.06
    assert scores["settled"] > scores["probabilities"] + 0.01
    assert held_out.decisions.any()
    assert held_out.settled_decisions.any()


def test_learning_is_reproducible_to_the_bit() -> None:
    packed = [to_bytes(pack(fit(data, np.arange(120)), BLOCKS, np.full(9, 0.4))) for data in (made_up(), made_up())]
    assert packed[0] == packed[1]


def test_the_file_says_what_the_model_says() -> None:
    data = made_up()
    model = fit(data, np.arange(120))
    settled, _ = fit_settled(model.training_log_odds, data.detections, data.settled, data.targets)
    arrays = pack(model, BLOCKS, np.linspace(0.2, 0.6, 9))
    arrays |= pack_settled(settled, np.linspace(0.1, 0.5, 9))
    assert arrays["weights"].dtype == np.int8
    arrays["expectation_weights"] = arrays["expectation_weights"].astype(np.float32)
    head = TagHead.from_bytes(to_bytes(arrays))
    stored = data.features @ head.weights.T + np.einsum("nte,te->nt", data.expectations, head.expectation_weights)
    expected = sigmoid(model.log_odds(data, np.arange(120)))
    np.testing.assert_allclose(sigmoid(stored + head.bias), expected, atol=0.02)
    np.testing.assert_allclose(head.thresholds, np.linspace(0.2, 0.6, 9), rtol=1e-6)
    assert head.late_block == slice(14, 18)
    together = (
        model.training_log_odds * head.box_weights[:, 0]
        + data.detections * head.box_weights[:, 1]
        + data.settled @ head.settled_weights.T
        + head.settled_bias
    )
    said = settled.log_odds(model.training_log_odds, data.detections, data.settled)
    np.testing.assert_allclose(sigmoid(together), sigmoid(said), atol=0.02)
    np.testing.assert_allclose(head.settled_thresholds, np.linspace(0.1, 0.5, 9), rtol=1e-6)


def test_thresholds_separate_what_is_separable_and_lend_to_the_rare() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random((4000, 2))
    targets = np.column_stack([probabilities[:, 0] > 0.6, np.zeros(4000)]).astype(float)
    targets[0, 1] = 1
    first, rare = choose_thresholds(targets, probabilities)
    assert first == pytest.approx(0.6, abs=0.05)
    assert GRID[0] <= rare <= GRID[-1]


def test_annotations_are_checked(tmp_path: Path) -> None:
    vocabulary = Vocabulary.load()
    file = tmp_path / "annotations.tsv"
    file.write_text("# note\nb.jpg\tdog,animal\na.jpg\t\n", encoding="utf-8")
    assert read_annotations(file, vocabulary) == {"a.jpg": frozenset(), "b.jpg": frozenset({"dog", "animal"})}
    for text in ("a.jpg dog\n", "a.jpg\tunicorn\n", "a.jpg\tdog\na.jpg\tcat\n"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DatasetError):
            read_annotations(file, vocabulary)


def test_missing_pictures_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="700 pictures are missing"):
        load([tmp_path], [ANNOTATIONS])
