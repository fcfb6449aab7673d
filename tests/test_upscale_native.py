"""The enlarging networks as they are built and run: against PyTorch, in NumPy, in parts."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onsight.networks.model_cache import find_model, model_files
from onsight.networks.spec import ModelSpec
from onsight.tools.enhance.upscale import UPSCALERS
from tests.upscaler_network import MODELS, residual, weights_of

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
import onnx
import onnxruntime

from models.convert import ConversionError, upscalers
from models.convert.onnx_graph import Storage
from models.convert.origin import RepositoryOrigin, origin_from

GOLDEN = Path(__file__).with_name("golden") / "upscale.npz"
ROOT = Path(__file__).resolve().parents[1]


def session(model: bytes | Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("model", UPSCALERS)
def test_the_network_gives_what_pytorch_gave(model: str) -> None:
    spec = ModelSpec.load(find_model(model))
    with np.load(GOLDEN) as golden:
        x, expected = golden["luminance"], golden[model]
    (got,) = session(find_model(model) / "model.onnx").run(list(spec.outputs), {spec.input.name: x})
    np.testing.assert_allclose(got, expected, atol=1e-4)
    np.testing.assert_allclose(residual(weights_of(model), x), expected, atol=1e-4)


@pytest.mark.parametrize("model", UPSCALERS)
def test_the_description_fits_the_network(model: str) -> None:
    spec = ModelSpec.load(MODELS / model)
    network = onnx.load(find_model(model) / "model.onnx").graph
    assert [value.name for value in network.input] == [spec.input.name]
    assert tuple(value.name for value in network.output) == spec.outputs
    assert sum(node.op_type == "Conv" for node in network.node) == spec.context
    (shuffle,) = (node for node in network.node if node.op_type == "DepthToSpace")
    assert {attribute.name: attribute.i for attribute in shuffle.attribute}["blocksize"] == spec.scale
    parameters = sum(array.size for array in weights_of(model).values())
    assert 20_000 <= parameters <= 100_000
    assert (MODELS / model / "weights.npz").stat().st_size < 150_000
    assert model_files(find_model(model)) == ("model.json", "model.onnx")


@pytest.mark.parametrize("storage", ["fp16", "fp32"])
@pytest.mark.parametrize("scale", [2, 3])
def test_build_gives_what_its_layers_give(storage: Storage, scale: int) -> None:
    rng = np.random.default_rng(0)
    weights, channels = {}, 1
    for index, out in enumerate((5, 6, scale**2)):
        weights[f"kernel_{index}"] = rng.normal(0, 0.3, (out, channels, 3, 3)).astype(np.float16)
        weights[f"bias_{index}"] = rng.normal(0, 0.3, out).astype(np.float16)
        channels = out
    x = rng.normal(0, 1, (2, 1, 11, 14)).astype(np.float32)
    (got,) = session(upscalers.build(weights, storage)).run(["residual"], {"luminance": x})
    assert got.shape == (2, 1, 5 * scale, 8 * scale)
    np.testing.assert_allclose(got, residual(weights, x), atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias_2": None}, "are called"),
        ({"kernel_1": np.zeros((6, 4, 3, 3), "f")}, "kernel_1"),
        ({"kernel_2": np.zeros((5, 6, 3, 3), "f"), "bias_2": np.zeros(5, "f")}, "a square block"),
    ],
)
def test_build_refuses_other_weights(change: dict[str, Any], message: str) -> None:
    weights = {
        "kernel_0": np.zeros((5, 1, 3, 3), "f"), "bias_0": np.zeros(5, "f"),
        "kernel_1": np.zeros((6, 5, 3, 3), "f"), "bias_1": np.zeros(6, "f"),
        "kernel_2": np.zeros((4, 6, 3, 3), "f"), "bias_2": np.zeros(4, "f"),
    }  # fmt: skip
    weights = {name: array for name, array in {**weights, **change}.items() if array is not None}
    with pytest.raises(ConversionError, match=message):
        upscalers.build(weights, "fp32")


def test_read_weights_refuses_what_holds_none() -> None:
    with pytest.raises(ConversionError, match="cannot be read"):
        upscalers.read_weights(b"no weights")


def test_weights_of_the_repository_are_pinned_too(tmp_path: Path) -> None:
    description = json.loads((MODELS / "upscale-x2" / "model.json").read_text(encoding="utf-8"))["origin"]
    origin = origin_from(description)
    assert isinstance(origin, RepositoryOrigin)
    assert hashlib.sha256(origin.read(tmp_path)).hexdigest() == description["sha256"]
    assert not list(tmp_path.iterdir())
    with pytest.raises(ConversionError, match="SHA-256"):
        dataclasses.replace(origin, sha256="0" * 64).read(tmp_path)
    with pytest.raises(ConversionError, match="missing"):
        dataclasses.replace(origin, file="models/upscale-x2/other.npz").read(tmp_path)


@pytest.mark.parametrize("model", UPSCALERS)
def test_the_card_says_what_the_description_says(model: str) -> None:
    spec = ModelSpec.load(MODELS / model)
    card = (MODELS / model / "README.md").read_text(encoding="utf-8")
    parameters = sum(array.size for array in weights_of(model).values())
    for fact in (f"{spec.files['model.onnx'].bytes:,} bytes", f"{parameters:,} parameters", spec.license):
        assert fact in card
