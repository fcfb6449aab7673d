"""models/convert/calibration: temperatures and calibration errors on made-up answers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("onnx")

from models.convert.calibration import (
    accuracy_weights,
    calibration_error,
    fit_temperature,
    folds,
    negative_log_likelihood,
)


def drawn(
    count: int = 4000, classes: int = 5, temperature: float = 1.0, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logits that are right about themselves, then divided: the temperature to find is 1 / temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, classes))
    targets = (logits + rng.gumbel(size=logits.shape)).argmax(1)
    return logits / temperature, targets


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0, 30.0])
def test_fit_temperature_finds_the_one_that_was_used(temperature: float) -> None:
    logits, targets = drawn(temperature=temperature)
    assert fit_temperature(logits, targets) == pytest.approx(1 / temperature, rel=0.1)


def test_fit_temperature_is_where_the_likelihood_is_highest() -> None:
    logits, targets = drawn(400, temperature=0.4)
    weights = np.random.default_rng(1).uniform(0, 2, 400)
    best = fit_temperature(logits, targets, weights)
    lowest = negative_log_likelihood(logits / best, targets, weights)
    for factor in (0.98, 1.02):
        assert negative_log_likelihood(logits / (best * factor), targets, weights) > lowest


def test_weights_count_as_repetitions() -> None:
    logits, targets = drawn(50)
    counts = np.arange(50) % 3
    repeated = np.repeat(np.arange(50), counts)
    assert fit_temperature(logits, targets, counts.astype(float)) == pytest.approx(
        fit_temperature(logits[repeated], targets[repeated])
    )


def test_negative_log_likelihood_of_even_odds() -> None:
    assert negative_log_likelihood(np.zeros((3, 8)), np.array([0, 5, 7])) == pytest.approx(np.log(8))


def test_accuracy_weights_make_the_accuracy_what_it_is_said_to_be() -> None:
    correct = np.arange(10) < 9
    weights = accuracy_weights(correct, 0.6)
    assert weights.mean() == pytest.approx(1)
    assert np.average(correct, weights=weights) == pytest.approx(0.6)


@pytest.mark.parametrize("adaptive", [False, True])
def test_calibration_error_of_answers_that_are_always_too_sure(adaptive: bool) -> None:
    scores = np.repeat([0.25, 0.75], 500)
    correct = np.concatenate([np.arange(500) % 20 < 2, np.arange(500) % 20 < 11])  # 10% and 55% are right
    expected = ((0.25 - 0.10) + (0.75 - 0.55)) / 2
    assert calibration_error(scores, correct, bins=10, adaptive=adaptive) == pytest.approx(expected)


def test_calibration_error_is_small_where_scores_are_true() -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0, 1, 100_000)
    correct = rng.uniform(0, 1, 100_000) < scores
    for adaptive in (False, True):
        assert calibration_error(scores, correct, adaptive=adaptive) < 0.01
        assert calibration_error(np.minimum(scores + 0.1, 1), correct, adaptive=adaptive) > 0.08


def test_calibration_error_takes_the_extremes() -> None:
    assert calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == 0


def test_calibration_error_weighs_answers() -> None:
    scores, correct = np.array([0.5, 0.5]), np.array([True, False])
    assert calibration_error(scores, correct, weights=np.array([3.0, 1.0])) == pytest.approx(0.25)


def test_folds_are_equal_and_repeatable() -> None:
    part = folds(700)
    assert (np.bincount(part) == 70).all()
    np.testing.assert_array_equal(part, folds(700))
