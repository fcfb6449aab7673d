"""models/convert: from a checkpoint to an ONNX file, on a small network with random weights."""

from __future__ import annotations

import collections
import hashlib
import io
import json
import pickle
import shutil
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from models.convert import ConversionError, build, convert, efficientnet_lite
from models.convert.checkpoint import MAGIC_NUMBER, PROTOCOL_VERSION, read_state_dict
from models.convert.conversion import fingerprint, record
from models.convert.onnx_graph import MIN_INT8_SIZE, STORAGES
from onsight.networks.model_cache import cache_folder

ROOT = Path(__file__).resolve().parents[1]

CHANNELS = (8, 16, 24, 32, 48, 64, 80)
KERNELS = (3, 3, 5, 3, 5, 5, 3)
DEPTHS = (1, 2, 1, 2, 1, 3, 1)
CLASSES = 70
FEATURES = 96


def random_weights(seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """A state dict with all kinds of layers: one to three blocks a stage, 3×3 and 5×5 kernels, expansion."""
    rng = np.random.default_rng(seed)
    weights = {}

    def conv(name: str, out_channels: int, in_channels: int, size: int) -> None:
        scale = 1 / np.sqrt(in_channels * size * size)
        weights[f"{name}.weight"] = rng.normal(0, scale, (out_channels, in_channels, size, size)).astype("f")

    def norm(name: str, channels: int) -> None:
        weights[f"{name}.weight"] = rng.uniform(0.5, 1.5, channels).astype("f")
        weights[f"{name}.bias"] = rng.normal(0, 0.5, channels).astype("f")
        weights[f"{name}.running_mean"] = rng.normal(0, 0.1, channels).astype("f")
        weights[f"{name}.running_var"] = rng.uniform(0.3, 2, channels).astype("f")

    conv("_conv_stem", 8, 3, 3)
    norm("_bn0", 8)
    index, channels = 0, 8
    for stage, (out_channels, size) in enumerate(zip(CHANNELS, KERNELS, strict=True)):
        # The first stage of an EfficientNet has no expansion; here it also keeps its width unless widened.
        for _ in range(DEPTHS[stage]):
            block, inner = f"_blocks.{index}", channels * (2 if stage else 1)
            if stage:
                conv(f"{block}._expand_conv", inner, channels, 1)
                norm(f"{block}._bn0", inner)
            conv(f"{block}._depthwise_conv", inner, 1, size)
            norm(f"{block}._bn1", inner)
            conv(f"{block}._project_conv", out_channels, inner, 1)
            norm(f"{block}._bn2", out_channels)
            index, channels = index + 1, out_channels
    conv("_conv_head", FEATURES, channels, 1)
    norm("_bn1", FEATURES)
    weights["_fc.weight"] = rng.normal(0, 0.3, (CLASSES, FEATURES)).astype("f")
    weights["_fc.bias"] = rng.normal(0, 0.3, CLASSES).astype("f")
    return weights


def reference(
    weights: dict[str, NDArray[np.float32]], pixel_values: NDArray[np.float32]
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], list[NDArray[np.float64]]]:
    """The network in plain float64 NumPy, batch normalisation not folded.

    Returns logits, features and feature map, and what the blocks of the sixth stage widen to.
    """

    def conv(x: NDArray[np.float64], weight: NDArray[np.float64], stride: int = 1) -> NDArray[np.float64]:
        size = weight.shape[2]
        pads = []
        for length in x.shape[2:]:
            total = max((-(-length // stride) - 1) * stride + size - length, 0)
            pads.append((total // 2, total - total // 2))
        padded = np.pad(x, ((0, 0), (0, 0), *pads))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (2, 3))[:, :, ::stride, ::stride]
        if weight.shape[1] == 1:
            return np.einsum("nchwij,cij->nchw", windows, weight[:, 0])
        return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)

    def norm(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        gain, bias, mean, var = (
            weights[f"{name}.{part}"].astype("d").reshape(-1, 1, 1)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(var + 1e-3) * gain + bias

    def layer(x: NDArray[np.float64], name: str, norm_name: str, stride: int = 1) -> NDArray[np.float64]:
        return norm(conv(x, weights[f"{name}.weight"].astype("d"), stride), norm_name)

    def relu6(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(x, 0, 6)

    x = relu6(layer(pixel_values.astype("d"), "_conv_stem", "_bn0", 2))
    index = 0
    inner: list[NDArray[np.float64]] = []
    for stage, stride in enumerate((1, 2, 2, 2, 1, 2, 1)):
        for repeat in range(DEPTHS[stage]):
            block, y = f"_blocks.{index}", x
            if f"{block}._expand_conv.weight" in weights:
                y = relu6(layer(y, f"{block}._expand_conv", f"{block}._bn0"))
            if stage == 5:
                inner.append(y)
            y = relu6(layer(y, f"{block}._depthwise_conv", f"{block}._bn1", 1 if repeat else stride))
            y = layer(y, f"{block}._project_conv", f"{block}._bn2")
            x = x + y if repeat else y
            index += 1
    feature_map = relu6(layer(x, "_conv_head", "_bn1"))
    features = feature_map.mean((2, 3))
    logits = features @ weights["_fc.weight"].T + weights["_fc.bias"]
    return (logits, features, feature_map), inner


def run(model: bytes, x: NDArray[np.float32], with_class_map: float = 0.0) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"pixel_values": x, "with_class_map": np.array([with_class_map], "f")})


@pytest.fixture(scope="module")
def weights() -> dict[str, NDArray[np.float32]]:
    return random_weights()


@pytest.fixture(scope="module")
def models(weights: dict[str, NDArray[np.float32]]) -> dict[str, bytes]:
    return {storage: efficientnet_lite.build(weights, storage) for storage in STORAGES}


@pytest.fixture(scope="module")
def x() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, 1, (2, 3, 61, 90)).astype("f")


def test_build_gives_what_the_unfolded_network_gives(
    weights: dict[str, NDArray[np.float32]], models: dict[str, bytes], x: NDArray[np.float32]
) -> None:
    logits, features, feature_map, _, middle_map, late_map = run(models["fp32"], x)
    main, inner = reference(weights, x)
    got = (logits, features, feature_map, middle_map, late_map)
    for output, expected in zip(got, (*main, inner[1], inner[2]), strict=True):
        assert output.shape == expected.shape
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-4)


def test_feature_map_has_a_32nd_of_the_inputs_size_rounded_up(models: dict[str, bytes], x: NDArray[np.float32]) -> None:
    assert run(models["fp32"], x)[2].shape == (2, FEATURES, 2, 3)


def test_features_are_the_feature_maps_average(models: dict[str, bytes], x: NDArray[np.float32]) -> None:
    _, features, feature_map, *_ = run(models["int8"], x)
    np.testing.assert_allclose(features, feature_map.mean((2, 3)), atol=1e-5)


def test_class_map_averages_to_the_logits(models: dict[str, bytes], x: NDArray[np.float32]) -> None:
    logits, _, _, class_map, *_ = run(models["int8"], x, with_class_map=1)
    assert class_map.shape == (2, CLASSES, 2, 3)
    np.testing.assert_allclose(class_map.mean((2, 3)), logits, atol=1e-5)


def test_class_map_is_empty_unless_wanted(models: dict[str, bytes], x: NDArray[np.float32]) -> None:
    without, wanted = run(models["int8"], x), run(models["int8"], x, with_class_map=1)
    assert without[3].shape == (0, CLASSES, 0, 0)
    for index in (0, 1, 2, 4, 5):
        np.testing.assert_array_equal(without[index], wanted[index])


@pytest.mark.parametrize(("storage", "tolerance"), [("fp16", 0.003), ("int8", 0.03)])
def test_smaller_storage_keeps_the_logits(
    models: dict[str, bytes], x: NDArray[np.float32], storage: str, tolerance: float
) -> None:
    exact = run(models["fp32"], x)[0]
    error = run(models[storage], x)[0] - exact
    assert 0 < np.sqrt(np.mean(error**2)) < tolerance * exact.std()


def test_int8_storage_is_for_large_kernels(weights: dict[str, NDArray[np.float32]], models: dict[str, bytes]) -> None:
    graph = onnx.load_from_string(models["int8"]).graph
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for suffix, dtype, is_large in ((".weight.int8", np.int8, True), (".weight.fp16", np.float16, False)):
        kernels = [value for name, value in stored.items() if name.endswith(suffix)]
        assert len(kernels) > 3
        assert all(value.dtype == dtype and (value.size >= MIN_INT8_SIZE) == is_large for value in kernels)
    assert len(models["int8"]) < len(models["fp16"]) < len(models["fp32"])


def test_no_quantised_kernel_leaves_the_int8_range_symmetric(models: dict[str, bytes]) -> None:
    graph = onnx.load_from_string(models["int8"]).graph
    kernels = [onnx.numpy_helper.to_array(t) for t in graph.initializer if t.name.endswith(".int8")]
    assert kernels
    for kernel in kernels:
        assert kernel.dtype == np.int8
        assert (np.abs(kernel.astype(int)).max((1, 2, 3)) == 127).all()


def test_a_channel_of_zeros_stays_zero(weights: dict[str, NDArray[np.float32]], x: NDArray[np.float32]) -> None:
    silent = dict(weights)
    silent["_fc.weight"] = weights["_fc.weight"].copy()
    silent["_fc.weight"][3] = 0
    logits = run(efficientnet_lite.build(silent, "int8"), x)[0]
    np.testing.assert_allclose(logits[:, 3], np.float16(weights["_fc.bias"][3]), atol=1e-6)


def test_build_gives_equal_bytes_for_equal_weights(
    weights: dict[str, NDArray[np.float32]], models: dict[str, bytes]
) -> None:
    assert efficientnet_lite.build(random_weights(), "int8") == models["int8"]


def test_build_refuses_other_networks(weights: dict[str, NDArray[np.float32]]) -> None:
    with pytest.raises(ConversionError, match="_conv_head"):
        efficientnet_lite.build({k: v for k, v in weights.items() if "_conv_head" not in k}, "fp32")
    with pytest.raises(ConversionError, match="seven stages"):
        efficientnet_lite.build({k: v for k, v in weights.items() if "_blocks.10." not in k}, "fp32")
    with pytest.raises(ConversionError, match="_fc"):
        efficientnet_lite.build({k: v for k, v in weights.items() if "_fc" not in k}, "fp32")


# --- checkpoints ---------------------------------------------------------------------------------------------


class FakeTensor:
    """Pickles as torch's tensors do: a view of a storage."""

    def __init__(
        self,
        elements: NDArray[Any],
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        offset: int = 0,
        type_name: str = "FloatStorage",
    ) -> None:
        self.elements, self.view = elements, (offset, shape, strides)
        self.key, self.type_name = str(id(self)), type_name


def write_checkpoint(
    monkeypatch: pytest.MonkeyPatch,
    tensors: dict[str, FakeTensor],
    *,
    magic: int = MAGIC_NUMBER,
    payload: object = None,
) -> bytes:
    """Write what torch.save wrote before 1.6, without torch."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage", "DoubleStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def rebuild(*_: object) -> None:
        raise NotImplementedError

    rebuild.__module__, rebuild.__name__, rebuild.__qualname__ = "torch._utils", *["_rebuild_tensor_v2"] * 2
    utils.__dict__["_rebuild_tensor_v2"] = rebuild
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Storage:
        def __init__(self, tensor: FakeTensor) -> None:
            self.tensor = tensor

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj: object) -> tuple[object, ...] | None:
            if isinstance(obj, Storage):
                tensor = obj.tensor
                kind = getattr(torch, tensor.type_name)
                return ("storage", kind, tensor.key, "cpu", tensor.elements.size, None)
            return None

        def reducer_override(self, obj: object) -> Any:
            if isinstance(obj, FakeTensor):
                offset, shape, strides = obj.view
                hooks: collections.OrderedDict[str, object] = collections.OrderedDict()
                return rebuild, (Storage(obj), offset, shape, strides, False, hooks)
            return NotImplemented

    file = io.BytesIO()
    for item in (magic, PROTOCOL_VERSION, {"protocol_version": 1001, "little_endian": True}):
        pickle.dump(item, file, protocol=2)
    Pickler(file, protocol=2).dump(payload if payload is not None else collections.OrderedDict(tensors))
    pickle.dump(sorted(tensor.key for tensor in tensors.values()), file, protocol=2)
    for tensor in sorted(tensors.values(), key=lambda tensor: tensor.key):
        file.write(tensor.elements.size.to_bytes(8, "little") + tensor.elements.tobytes())
    return file.getvalue()


def test_read_state_dict_honours_strides_and_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    elements = np.arange(30, dtype="f")
    data = write_checkpoint(
        monkeypatch,
        {
            "permuted": FakeTensor(elements, (2, 3, 4), (1, 2, 6), offset=5),
            "count": FakeTensor(np.array([7]), (), (), type_name="LongStorage"),
        },
    )
    read = read_state_dict(data)
    assert list(read) == ["permuted", "count"]
    np.testing.assert_array_equal(read["permuted"], elements[5:29].reshape(4, 3, 2).transpose(2, 1, 0))
    assert read["permuted"].flags.c_contiguous
    assert read["count"].dtype == np.int64
    assert read["count"] == 7


@pytest.mark.parametrize(
    ("shape", "strides", "offset"), [((4, 4), (4, 1), 1), ((2,), (-1,), 1), ((2,), (1,), -1), ((0,), (1,), 0)]
)
def test_read_state_dict_refuses_views_beyond_their_storage(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
) -> None:
    data = write_checkpoint(monkeypatch, {"x": FakeTensor(np.zeros(16, "f"), shape, strides, offset=offset)})
    with pytest.raises(ConversionError, match="does not fit"):
        read_state_dict(data)


def test_read_state_dict_calls_nothing_that_a_pickle_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    witness = tmp_path / "witness"

    class Attack:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
            return (Path.touch, (witness,))

    with pytest.raises(ConversionError, match="asks for"):
        read_state_dict(write_checkpoint(monkeypatch, {}, payload={"x": Attack()}))
    with pytest.raises(ConversionError, match=r"asks for builtins\.eval"):
        read_state_dict(b"cbuiltins\neval\n(V1\ntR.")
    assert not witness.exists()


def test_read_state_dict_refuses_what_is_no_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = {"x": FakeTensor(np.zeros(16, "f"), (16,), (1,))}
    good = write_checkpoint(monkeypatch, tensors)
    assert read_state_dict(good)["x"].shape == (16,)
    bad = {
        "empty": b"",
        "zip": b"PK\x03\x04" + bytes(100),
        "magic": write_checkpoint(monkeypatch, tensors, magic=1),
        "object": write_checkpoint(monkeypatch, tensors, payload=[1, 2]),
        "cut short in a storage": good[:-5],
        "cut short in a pickle": good[:200],
        "unknown dtype": write_checkpoint(
            monkeypatch, {"x": FakeTensor(np.zeros(1), (1,), (1,), type_name="DoubleStorage")}
        ),
    }
    for data in bad.values():
        with pytest.raises(ConversionError):
            read_state_dict(data)


# --- whole conversions ---------------------------------------------------------------------------------------


@pytest.fixture
def model_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, weights: dict[str, NDArray[np.float32]]) -> Path:
    """A model folder whose package is in the cache already, so that nothing is downloaded."""
    tensors = {
        name: FakeTensor(value.ravel(), value.shape, tuple(s // 4 for s in value.strides))
        for name, value in weights.items()
    }
    cache = tmp_path / "cache"
    cache.mkdir()
    wheel = cache / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny/weights.pth", write_checkpoint(monkeypatch, tensors))
    description = {
        "id": "tiny",
        "labels": "labels.txt",
        "files": {"model.onnx": {}},
        "origin": {
            "package": "tiny",
            "version": "1.0",
            "file": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "member": "tiny/weights.pth",
        },
        "conversion": {"architecture": "efficientnet-lite", "storage": "int8"},
    }
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(description, indent=2))
    (folder / "labels.txt").write_text("a\nb\n")
    return folder


@pytest.fixture
def cache(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing should be downloaded")

    monkeypatch.setattr(subprocess, "run", refuse)
    return tmp_path / "cache"


def test_convert_makes_a_folder_that_can_be_run(
    model_dir: Path, cache: Path, tmp_path: Path, models: dict[str, bytes]
) -> None:
    record(model_dir, cache)
    output = tmp_path / "out" / "tiny"
    assert convert(model_dir, output, cache) is True
    assert (output / "model.onnx").read_bytes() == models["int8"]
    for name in ("model.json", "labels.txt"):
        assert (output / name).read_bytes() == (model_dir / name).read_bytes()
    assert sorted(path.name for path in output.iterdir()) == ["labels.txt", "model.json", "model.onnx"]


def test_convert_does_nothing_twice(model_dir: Path, cache: Path, tmp_path: Path) -> None:
    record(model_dir, cache)
    output = tmp_path / "out"
    convert(model_dir, output, cache)
    shutil.rmtree(cache)
    before = {path: path.stat().st_mtime_ns for path in output.iterdir()}
    assert convert(model_dir, output, cache) is False
    assert {path: path.stat().st_mtime_ns for path in output.iterdir()} == before


def test_convert_mends_a_damaged_file(model_dir: Path, cache: Path, tmp_path: Path, models: dict[str, bytes]) -> None:
    record(model_dir, cache)
    output = tmp_path / "out"
    convert(model_dir, output, cache)
    (output / "model.onnx").write_bytes(models["int8"][:-1])
    assert convert(model_dir, output, cache) is True
    assert (output / "model.onnx").read_bytes() == models["int8"]


def test_convert_refuses_a_result_that_is_not_the_recorded_one(model_dir: Path, cache: Path, tmp_path: Path) -> None:
    record(model_dir, cache)
    path = model_dir / "model.json"
    path.write_text(path.read_text().replace('"int8"', '"fp16"'))
    with pytest.raises(ConversionError, match="does not have the recorded hash"):
        convert(model_dir, tmp_path / "out", cache)
    assert not (tmp_path / "out").exists()


def test_record_changes_nothing_but_the_entry(model_dir: Path, cache: Path, models: dict[str, bytes]) -> None:
    before = json.loads((model_dir / "model.json").read_text())
    record(model_dir, cache)
    after = json.loads((model_dir / "model.json").read_text())
    assert after.pop("files") == {"model.onnx": fingerprint(models["int8"])}
    assert before.pop("files") == {"model.onnx": {}}
    assert after == before


def test_build_can_store_otherwise(model_dir: Path, cache: Path, models: dict[str, bytes]) -> None:
    assert build(model_dir, cache, "fp32") == models["fp32"]


def test_a_package_with_another_hash_is_not_used(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = next((tmp_path / "cache").iterdir())
    wheel.write_bytes(b"something else")

    def download(command: list[str], **_: bool) -> subprocess.CompletedProcess[str]:
        Path(command[command.index("--dest") + 1], wheel.name).write_bytes(b"not the pinned file")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", download)
    with pytest.raises(ConversionError, match="SHA-256"):
        build(model_dir, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [wheel.name]


def test_a_failed_download_tells_what_pip_said(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next((tmp_path / "cache").iterdir()).unlink()
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, "", "no network")
    )
    with pytest.raises(ConversionError, match="no network"):
        build(model_dir, tmp_path / "cache")


def test_the_shipped_network_is_the_golden_one(tmp_path: Path) -> None:
    """With the weights left as they are, to rounding; needs the package that setting up has downloaded."""
    folder = ROOT / "models" / "efficientnet-lite2"
    wheel = json.loads((folder / "model.json").read_text())["origin"]["file"]
    downloads = cache_folder() / "downloads"
    if not (downloads / wheel).is_file():
        pytest.skip("the weights' package is not in the cache")
    with np.load(Path(__file__).with_name("golden") / "efficientnet-lite2.npz") as arrays:
        golden = dict(arrays)
    model = build(folder, downloads, "fp32")
    for name in ("chelsea", "astronaut"):
        pixels = ((golden[f"{name}_pixels"].astype("f") - 127) / 128).transpose(2, 0, 1)[None]
        np.testing.assert_allclose(run(model, np.ascontiguousarray(pixels))[0][0], golden[f"{name}_logits"], atol=1e-4)
