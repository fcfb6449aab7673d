from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onsight.networks.postprocess import normalize_map, softmax

LOGITS = hnp.arrays(np.float32, st.integers(1, 50), elements=st.floats(-1e4, 1e4, width=32))


@given(LOGITS, st.floats(0.1, 10))
def test_softmax_sums_to_one_and_keeps_the_order(logits: np.ndarray, temperature: float) -> None:
    probabilities = softmax(logits, temperature)
    assert np.isclose(probabilities.sum(), 1, atol=1e-5)
    assert (np.diff(probabilities[np.argsort(logits, kind="stable")]) >= 0).all()


def test_softmax_equals_its_definition() -> None:
    logits = np.array([1.0, 2.0, 4.0], np.float32)
    expected = np.exp(logits / 2) / np.exp(logits / 2).sum()
    np.testing.assert_allclose(softmax(logits, 2.0), expected, rtol=1e-6)


def test_softmax_of_a_higher_temperature_is_less_sure() -> None:
    logits = np.array([1.0, 2.0, 4.0], np.float32)
    assert softmax(logits, 2.0).max() < softmax(logits, 1.0).max() < softmax(logits, 0.5).max()


def test_normalize_map_keeps_what_speaks_for_the_answer() -> None:
    evidence = np.array([[-3, 0], [1, 4]], np.float32)
    np.testing.assert_array_equal(normalize_map(evidence), [[0, 0], [0.25, 1]])


def test_normalize_map_of_nothing_is_zero() -> None:
    np.testing.assert_array_equal(normalize_map(np.full((2, 3), -1, np.float32)), np.zeros((2, 3)))
