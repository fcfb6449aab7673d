"""The converted networks that ship, against what their unchanged originals gave (see tests/golden)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from onsight.networks.model_cache import find_model
from onsight.networks.postprocess import softmax
from onsight.networks.spec import ModelSpec

pytest.importorskip("onnxruntime")
import onnxruntime

GOLDEN = Path(__file__).with_name("golden")
PICTURES = ("chelsea", "astronaut")


@pytest.fixture(scope="module")
def spec() -> ModelSpec:
    return ModelSpec.load(find_model("efficientnet-lite2"))


@pytest.fixture(scope="module")
def session(spec: ModelSpec) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(find_model(spec.id) / "model.onnx", providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def golden() -> dict[str, NDArray[Any]]:
    with np.load(GOLDEN / "efficientnet-lite2.npz") as arrays:
        return dict(arrays)


def pixel_values(golden: dict[str, NDArray[Any]], *names: str) -> NDArray[np.float32]:
    pixels = np.stack([golden[f"{name}_pixels"] for name in names])
    return np.ascontiguousarray(((pixels.astype(np.float64) - 127) / 128).transpose(0, 3, 1, 2), np.float32)


def test_the_file_has_the_inputs_and_outputs_that_the_spec_names(
    spec: ModelSpec, session: onnxruntime.InferenceSession
) -> None:
    assert tuple(output.name for output in session.get_outputs()) == spec.outputs
    feeds = spec.feeds(np.zeros((1, 3, *spec.input.input_size), np.float32), ())
    assert {value.name for value in session.get_inputs()} == set(feeds)
    assert {value.type for value in (*session.get_inputs(), *session.get_outputs())} == {"tensor(float)"}
    assert session.run(["logits"], feeds)[0].shape == (1, spec.num_classes)


@pytest.mark.parametrize("name", PICTURES)
def test_smaller_weights_give_nearly_the_same_probabilities(
    spec: ModelSpec, session: onnxruntime.InferenceSession, golden: dict[str, NDArray[Any]], name: str
) -> None:
    logits = session.run(["logits"], spec.feeds(pixel_values(golden, name), ()))[0]
    got, expected = softmax(logits)[0], softmax(golden[f"{name}_logits"])
    assert got.argmax() == expected.argmax()
    np.testing.assert_allclose(got, expected, atol=0.03)


def test_pictures_of_a_batch_do_not_mix(
    spec: ModelSpec, session: onnxruntime.InferenceSession, golden: dict[str, NDArray[Any]]
) -> None:
    fetches = ("logits", "features", "class_map")
    batch = session.run(fetches, spec.feeds(pixel_values(golden, *PICTURES), fetches))
    for index, name in enumerate(PICTURES):
        alone = session.run(fetches, spec.feeds(pixel_values(golden, name), fetches))
        for got, expected in zip(batch, alone, strict=True):
            np.testing.assert_allclose(got[index], expected[0], atol=1e-4)


def test_class_map_averages_to_the_logits(
    spec: ModelSpec, session: onnxruntime.InferenceSession, golden: dict[str, NDArray[Any]]
) -> None:
    fetches = ("logits", "class_map")
    logits, class_map = session.run(fetches, spec.feeds(pixel_values(golden, "chelsea"), fetches))
    assert class_map.shape == (1, spec.num_classes, 9, 9)
    np.testing.assert_allclose(class_map.mean((2, 3)), logits, atol=1e-4)
