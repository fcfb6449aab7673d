"""models/convert: from a TensorFlow.js graph model to ONNX, on small graphs and against TensorFlow.js itself."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
import onnx
import onnxruntime
from onnx import TensorProto, helper

from models.convert import ConversionError, build
from models.convert.onnx_graph import GraphBuilder
from models.convert.origin import NpmOrigin, PypiOrigin, origin_from
from models.convert.tensorflow_graph import Translator
from models.convert.tfjs import GraphModel, Node, read_graph_model
from onsight.networks.model_cache import cache_folder
from onsight.tools.detect.exports.coco import COCO_IDS
from tests.golden.detectors import REPEATS, STEP

ROOT = Path(__file__).resolve().parents[1]

# --- reading -------------------------------------------------------------------------------------------------


def manifest(weights: list[dict[str, Any]], paths: tuple[str, ...] = ("a", "b")) -> bytes:
    return json.dumps(
        {
            "modelTopology": {"node": [{"name": "x", "op": "Placeholder"}]},
            "weightsManifest": [{"paths": list(paths), "weights": weights}],
        }
    ).encode()


def read_shards(contents: dict[str, bytes]) -> Callable[[Sequence[str]], list[bytes]]:
    return lambda names: [contents[name] for name in names]


def test_read_graph_model_joins_shards_and_widens_what_is_stored_small() -> None:
    weights: list[dict[str, Any]] = [
        {"name": "plain", "shape": [2], "dtype": "float32"},
        {"name": "count", "shape": [], "dtype": "int32"},
        {"name": "half", "shape": [2, 1], "dtype": "float32", "quantization": {"dtype": "float16"}},
        {
            "name": "affine",
            "shape": [3],
            "dtype": "float32",
            "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1},
        },
    ]
    data = np.array([1.5, -2], "<f4").tobytes() + np.array(7, "<i4").tobytes()
    data += np.array([0.25, 3], "<f2").tobytes() + bytes([0, 2, 255])
    model = read_graph_model(manifest(weights), read_shards({"a": data[:5], "b": data[5:]}))
    np.testing.assert_array_equal(model.weight("plain"), np.array([1.5, -2], "f"))
    assert model.weight("count") == 7
    np.testing.assert_array_equal(model.weight("half"), np.array([[0.25], [3]], "f"))
    np.testing.assert_array_equal(model.weight("affine"), np.array([-1, 0, 126.5], "f"))
    assert {array.dtype.str for array in model.weights.values()} == {"<f4", "<i4"}


@pytest.mark.parametrize("size", [7, 9])
def test_read_graph_model_refuses_shards_that_do_not_fit(size: int) -> None:
    weights = [{"name": "x", "shape": [2], "dtype": "float32"}]
    with pytest.raises(ConversionError, match="The shards"):
        read_graph_model(manifest(weights, ("a",)), read_shards({"a": bytes(size)}))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"modelTopology": {"node": [{}]}}'])
def test_read_graph_model_refuses_what_is_none(data: bytes) -> None:
    with pytest.raises(ConversionError):
        read_graph_model(data, read_shards({}))


def test_read_graph_model_refuses_an_unknown_dtype() -> None:
    weights = [{"name": "x", "shape": [2], "dtype": "string"}]
    with pytest.raises(ConversionError, match="string"):
        read_graph_model(manifest(weights, ("a",)), read_shards({"a": bytes(8)}))


def test_node_reads_texts_of_both_kinds_of_converters() -> None:
    def node(value: list[int] | str) -> Node:
        return Node("x", "Conv2D", (), {"padding": {"s": value}})

    assert node(base64.b64encode(b"SAME").decode()).text("padding") == "SAME"
    assert node(list(b"SAME")).text("padding") == "SAME"


# --- translating ---------------------------------------------------------------------------------------------


class Graph:
    """A TensorFlow graph in the making."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: dict[str, Node] = {}
        self.weights: dict[str, NDArray[Any]] = {}
        self.node("x", "Placeholder")

    def node(self, name: str, op: str, *inputs: str, **attributes: dict[str, Any]) -> str:
        self.nodes[name] = Node(name, op, inputs, attributes)
        return name

    def const(self, name: str, value: ArrayLike) -> str:
        self.weights[name] = np.asarray(value)
        return self.node(name, "Const")

    def conv(
        self,
        name: str,
        source: str,
        shape: tuple[int, int, int, int],
        stride: int = 1,
        padding: str = "SAME",
        op: str = "Conv2D",
        bias: bool = False,
        fused: Sequence[str] = (),
    ) -> str:
        inputs = [source, self.const(f"{name}/w", self.rng.normal(0, 0.3, shape).astype("f"))]
        if bias:
            inputs.append(self.const(f"{name}/b", self.rng.normal(0, 1, shape[3]).astype("f")))
        texts = [base64.b64encode(text.encode()).decode() for text in fused]
        return self.node(
            name,
            op,
            *inputs,
            strides={"list": {"i": ["1", str(stride), str(stride), "1"]}},
            padding={"s": base64.b64encode(padding.encode()).decode()},
            fused_ops={"list": {"s": texts}},
        )

    def channel(self, name: str, size: int) -> str:
        return self.const(name, self.rng.uniform(0.5, 1.5, size).astype("f"))

    def run(self, outputs: list[str], x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        builder = GraphBuilder("fp32")
        translator = Translator(builder, GraphModel(self.nodes, self.weights), {"x": "x"})
        translator.translate(outputs)
        declare = helper.make_tensor_value_info
        for index, name in enumerate(outputs):
            builder.node("Identity", [translator.value(name)], f"out{index}")
        self.model = builder.serialize(
            "g",
            [declare("x", TensorProto.FLOAT, ["n", 3, "h", "w"])],
            [declare(f"out{index}", TensorProto.FLOAT, [None] * 4) for index in range(len(outputs))],
        )
        session = onnxruntime.InferenceSession(self.model, providers=["CPUExecutionProvider"])
        results = session.run(None, {"x": np.ascontiguousarray(x.transpose(0, 3, 1, 2))})
        return [result.transpose(0, 2, 3, 1) for result in results]

    def model_nodes(self) -> Sequence[onnx.NodeProto]:
        return onnx.load_from_string(self.model).graph.node

    def convolutions_and_rest(self) -> tuple[int, int]:
        kinds = [node.op_type for node in self.model_nodes() if node.op_type != "Identity"]
        return kinds.count("Conv"), len(kinds) - kinds.count("Conv")


def conv(
    x: NDArray[np.float32], kernel: NDArray[np.float32], stride: int = 1, padding: str = "SAME", depthwise: bool = False
) -> NDArray[np.float64]:
    """Convolve in TensorFlow's layout, float64."""
    size, pads = kernel.shape[:2], []
    for length, k in zip(x.shape[1:3], size, strict=True):
        total = max((-(-length // stride) - 1) * stride + k - length, 0) if padding == "SAME" else 0
        pads.append((total // 2, total - total // 2))
    x = np.pad(x.astype("d"), ((0, 0), *pads, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, size, (1, 2))[:, ::stride, ::stride]
    if depthwise:
        result = np.einsum("nyxcij,ijcm->nyxcm", windows, kernel.astype("d"))
        return result.reshape(*result.shape[:3], -1)
    return np.einsum("nyxcij,ijco->nyxo", windows, kernel.astype("d"))


@pytest.fixture
def x() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, 1, (2, 7, 10, 3)).astype("f")


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2])
def test_convolution_pads_as_tensorflow_does(x: NDArray[np.float32], stride: int, padding: str) -> None:
    graph = Graph()
    graph.conv("full", "x", (3, 3, 3, 5), stride, padding)
    graph.conv("deep", "x", (5, 5, 3, 2), stride, padding, op="DepthwiseConv2dNative")
    full, deep = graph.run(["full", "deep"], x)
    np.testing.assert_allclose(full, conv(x, graph.weights["full/w"], stride, padding), atol=1e-4)
    np.testing.assert_allclose(deep, conv(x, graph.weights["deep/w"], stride, padding, True), atol=1e-4)


def test_what_is_per_channel_is_folded_into_the_convolution(x: NDArray[np.float32]) -> None:
    graph = Graph()
    graph.conv("conv", "x", (1, 1, 3, 4), bias=True, op="_FusedConv2D", fused=["BiasAdd"])
    norm = [graph.channel(f"norm/{part}", 4) for part in ("gain", "offset", "mean", "variance")]
    graph.node("norm", "FusedBatchNorm", "conv", *norm, epsilon={"f": 0.001})
    graph.node("scaled", "Mul", graph.const("two", np.float32(2)), "norm")
    graph.node("shifted", "Add", "scaled", graph.channel("shift", 4))
    graph.node("relu", "Relu6", "shifted")
    (result,) = graph.run(["relu"], x)
    w = graph.weights
    expected = conv(x, w["conv/w"]) + w["conv/b"]
    expected = (expected - w["norm/mean"]) / np.sqrt(w["norm/variance"] + 0.001) * w["norm/gain"] + w["norm/offset"]
    np.testing.assert_allclose(result, np.clip(expected * 2 + w["shift"], 0, 6), atol=1e-4)
    assert graph.convolutions_and_rest() == (1, 1)


def test_a_convolution_with_two_users_is_computed_once_and_left_alone(x: NDArray[np.float32]) -> None:
    graph = Graph()
    graph.conv("conv", "x", (1, 1, 3, 4))
    graph.node("scaled", "Mul", "conv", graph.channel("gain", 4))
    graph.node("sum", "AddN", "conv", "scaled", "conv")
    (result,) = graph.run(["sum"], x)
    plain = conv(x, graph.weights["conv/w"])
    np.testing.assert_allclose(result, plain * (2 + graph.weights["gain"]), atol=1e-4)
    assert graph.convolutions_and_rest() == (1, 3)


def test_the_other_operations(x: NDArray[np.float32]) -> None:
    graph = Graph()
    axes, axis = graph.const("axes", np.array([1, 2], "i")), graph.const("axis", np.array(3, "i"))
    graph.node("mean", "Mean", "x", axes, keep_dims={"b": True})
    graph.node("sigmoid", "Sigmoid", "mean")
    graph.node("gated", "Mul", "x", "sigmoid")
    graph.node("joined", "ConcatV2", "gated", "x", axis)
    graph.node("same", "Identity", "joined")
    graph.conv("fused", "x", (1, 1, 3, 2), bias=True, op="_FusedConv2D", fused=["BiasAdd", "Relu"])
    graph.node("doubled", "ResizeBilinear", "x", graph.const("size", np.array([14, 20], "i")))
    same, fused, doubled = graph.run(["same", "fused", "doubled"], x)
    gate = 1 / (1 + np.exp(-x.mean((1, 2), keepdims=True)))
    np.testing.assert_allclose(same, np.concatenate([x * gate, x], 3), atol=1e-5)
    np.testing.assert_allclose(
        fused, np.maximum(conv(x, graph.weights["fused/w"]) + graph.weights["fused/b"], 0), atol=1e-4
    )
    np.testing.assert_allclose(doubled[:, ::2, ::2], x, atol=1e-6)
    np.testing.assert_allclose(doubled[:, 1:-1:2, ::2], (x[:, :-1] + x[:, 1:]) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda g: g.node("y", "Softplus", "x"), "Softplus"),
        (lambda g: g.node("y", "Relu", "nothing"), "nothing"),
        (lambda g: g.conv("y", "x", (1, 1, 3, 2), padding="EXPLICIT"), "EXPLICIT"),
        (lambda g: g.conv("y", "x", (1, 1, 3, 2), bias=True, fused=["BiasAdd", "Elu"]), "Elu"),
        (lambda g: g.node("y", "Add", "x", g.const("c", np.zeros((2, 2), "f"))), r"\(2, 2\)"),
        (lambda g: g.node("y", "Mean", "x", g.const("c", np.array([3], "i"))), "mean"),
        (lambda g: g.node("y", "ConcatV2", "x", "x", g.const("c", np.array(1, "i"))), "channels"),
        (lambda g: g.node("y", "ResizeBilinear", "x", "x", half_pixel_centers={"b": True}), "resize"),
    ],
)
def test_translate_names_what_it_does_not_know(x: NDArray[np.float32], change: Callable[..., Any], reason: str) -> None:
    graph = Graph()
    change(graph)
    with pytest.raises(ConversionError, match=reason):
        graph.run(["y"], x)


# --- origins -------------------------------------------------------------------------------------------------


def npm_package(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> tuple[NpmOrigin, list[list[str]]]:
    """An npm package and an npm that hands it out; counts its downloads."""
    import hashlib

    data = npm_package({"package/m/model.json": b"{}", "package/m/b": b"2", "package/m/a": b"1"})
    calls = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        Path(command[command.index("--pack-destination") + 1], "p-1.0.0.tgz").write_bytes(data)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    sha256 = hashlib.sha256(data).hexdigest()
    return NpmOrigin("p", "1.0.0", "p-1.0.0.tgz", sha256, "package/m/model.json"), calls


def test_npm_origin_reads_the_member_and_what_lies_beside_it(
    package: tuple[NpmOrigin, list[list[str]]], tmp_path: Path
) -> None:
    npm, calls = package
    assert npm.read(tmp_path / "cache") == b"{}"
    assert npm.read_beside(tmp_path / "cache", ["a", "b"]) == [b"1", b"2"]
    assert len(calls) == 1
    assert "p@1.0.0" in calls[0]
    assert "--ignore-scripts" in calls[0]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["p-1.0.0.tgz"]


def test_npm_origin_refuses_another_package_and_a_missing_member(
    package: tuple[NpmOrigin, list[list[str]]], tmp_path: Path
) -> None:
    npm, _ = package
    with pytest.raises(ConversionError, match=r"package/m/c\b"):
        npm.read_beside(tmp_path, ["c"])
    other = NpmOrigin(npm.package, npm.version, npm.file, "0" * 64, npm.member)
    with pytest.raises(ConversionError, match="SHA-256"):
        other.read(tmp_path)


def test_npm_origin_says_what_is_missing(
    package: tuple[NpmOrigin, list[list[str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm, _ = package
    monkeypatch.setattr(subprocess, "run", lambda c, **_: subprocess.CompletedProcess(c, 1, "", "no network"))
    with pytest.raises(ConversionError, match=r"npm could not download p 1\.0\.0\.\nno network"):
        npm.read(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ConversionError, match=r"Node\.js"):
        npm.read(tmp_path)


def test_origin_from_takes_pypi_unless_told_otherwise() -> None:
    fields = {"package": "p", "version": "1", "file": "f", "sha256": "0", "member": "m"}
    assert isinstance(origin_from(fields), PypiOrigin)
    assert isinstance(origin_from({**fields, "registry": "npm"}), NpmOrigin)
    with pytest.raises(ConversionError, match="attic"):
        origin_from({**fields, "registry": "attic"})


@pytest.mark.parametrize("others", [(), ("relu",)], ids=["alone", "heard by others"])
def test_channels_that_training_has_killed_are_left_out(others: tuple[str]) -> None:
    graph = Graph()
    graph.conv("depth", "x", (3, 3, 3, 1), op="DepthwiseConv2dNative")
    graph.weights["depth/w"][:, :, [0, 2]] = 0
    graph.node("shifted", "BiasAdd", "depth", graph.const("shift", np.array([0.5, -1, 7], "f")))
    graph.node("relu", "Relu6", "shifted")
    graph.conv("point", "relu", (1, 1, 3, 5))
    x = graph.rng.normal(0, 2, (1, 6, 7, 3)).astype("f")
    y, *heard = graph.run(["point", *others], x)
    groups = [field.i for node in graph.model_nodes() for field in node.attribute if field.name == "group"]
    assert groups == [3 if others else 1]
    active = np.clip(conv(x, graph.weights["depth/w"], depthwise=True) + graph.weights["shift"], 0, 6)
    np.testing.assert_allclose(y, active @ graph.weights["point/w"][0, 0], atol=1e-4)
    for values in heard:
        np.testing.assert_allclose(values, active, atol=1e-5)


# --- the shipped detectors -----------------------------------------------------------------------------------


def test_coco_ids_leave_out_the_ten_that_coco_does_not_use() -> None:
    assert len(COCO_IDS) == 80
    assert set(range(1, 91)) - set(COCO_IDS) == {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}


@pytest.mark.parametrize(
    ("model_id", "network", "mean", "scale", "outputs", "tolerance"),
    [
        ("centernet-mobilenet-v3", "centernet", 0, 1, ("heat_map", "distances"), 5e-3),
        ("ssdlite-mobilenet-v2", "ssdlite", 127.5, 127.5, ("boxes", "scores"), 1e-4),
    ],
)
def test_the_shipped_network_is_the_golden_one(
    model_id: str, network: str, mean: float, scale: float, outputs: tuple[str, str], tolerance: float
) -> None:
    """With the weights left as they are, to rounding; needs the package that setting up has downloaded."""
    folder, downloads = ROOT / "models" / model_id, cache_folder() / "downloads"
    if not (downloads / json.loads((folder / "model.json").read_text())["origin"]["file"]).is_file():
        pytest.skip("the weights' package is not in the cache")
    golden = np.load(ROOT / "tests" / "golden" / "detectors.npz")
    pixels = golden[f"{network}_pixels"].repeat(REPEATS[network], 0).repeat(REPEATS[network], 1)
    pixel_values = ((pixels.astype("f") - mean) / scale).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(build(folder, downloads, "fp32"), providers=["CPUExecutionProvider"])
    results = session.run(outputs, {"pixel_values": np.ascontiguousarray(pixel_values, "f")})
    for name, result in zip(outputs, results, strict=True):
        np.testing.assert_allclose(result.ravel()[::STEP], golden[name], atol=tolerance)
