"""onsight.networks.spec: what model.json must say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onsight.errors import InvalidSpecError
from onsight.networks.spec import ModelSpec

MODELS = Path(__file__).resolve().parents[1] / "models"
GOOD = json.loads((MODELS / "efficientnet-lite2" / "model.json").read_text(encoding="utf-8"))


def changed(field: str, value: object) -> dict[str, Any]:
    """A good description with one field changed, ``value`` being ``...`` for taken out."""
    data = copy.deepcopy(GOOD)
    *path, key = field.split(".") if field != "files.model.onnx.sha256" else ["files", "model.onnx", "sha256"]
    place = data
    for name in path:
        place = place[name]
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return data


@pytest.mark.parametrize("folder", sorted(path.parent for path in MODELS.glob("*/model.json")), ids=lambda f: f.name)
def test_every_committed_model_is_described_well(folder: Path) -> None:
    spec = ModelSpec.load(folder)
    assert spec.id == folder.name
    if spec.labels:
        assert len(spec.parse_labels((folder / spec.labels).read_text(encoding="utf-8"))) == spec.num_classes
    assert "model.onnx" in spec.files


def test_the_card_says_what_the_description_says() -> None:
    card = (MODELS / "efficientnet-lite2" / "README.md").read_text(encoding="utf-8")
    size = f"{GOOD['files']['model.onnx']['bytes']:,} bytes"
    package = f"`{GOOD['origin']['package']}` {GOOD['origin']['version']}"
    temperature = f"temperature in model.json ({GOOD['temperature']})"
    for fact in (size, package, temperature, GOOD["license"]):
        assert fact in card


def test_from_json_reads_every_field() -> None:
    spec = ModelSpec.from_json(GOOD)
    assert spec.task == "image-classification"
    assert spec.license == "Apache-2.0"
    assert spec.input.name == "pixel_values"
    assert spec.input.input_size == (260, 260)
    assert spec.input.mean == (127.0, 127.0, 127.0)
    assert spec.input.crop_pct == 260 / 292
    assert spec.outputs == ("logits", "features", "feature_map", "class_map", "middle_map", "late_map")
    assert spec.files["model.onnx"].bytes == GOOD["files"]["model.onnx"]["bytes"]
    assert spec.origin.file == GOOD["origin"]["file"]
    assert ModelSpec.from_json(copy.deepcopy(GOOD)) == spec


def test_from_json_reads_a_detector() -> None:
    folder = MODELS / "ssdlite-mobilenet-v2"
    data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    spec = ModelSpec.from_json(data)
    assert (spec.task, spec.decoder, spec.temperature) == ("object-detection", "ssd", 1.0)
    assert spec.origin.registry == "npm"
    assert ModelSpec.from_json(GOOD).decoder is None
    assert ModelSpec.from_json(GOOD).origin.registry == "pypi"
    for field, value in (("decoder", "guess"), ("origin", {**data["origin"], "registry": "attic"})):
        with pytest.raises(InvalidSpecError, match=field):
            ModelSpec.from_json({**data, field: value})
    del data["decoder"]
    with pytest.raises(InvalidSpecError, match="decoder"):
        ModelSpec.from_json(data)


def test_from_json_reads_an_upscaler() -> None:
    data = json.loads((MODELS / "upscale-x2" / "model.json").read_text(encoding="utf-8"))
    spec = ModelSpec.from_json(data)
    assert (spec.task, spec.scale, spec.context, spec.input.mean) == ("super-resolution", 2, 7, (127.5,))
    assert (spec.labels, spec.num_classes, spec.decoder, spec.temperature) == (None, 0, None, 1.0)
    assert spec.origin.registry == "repository"
    assert (ModelSpec.from_json(GOOD).scale, ModelSpec.from_json(GOOD).context) == (None, None)
    for field, value in (("scale", 0), ("context", None), ("input", {**data["input"], "mean": [1, 2, 3]})):
        with pytest.raises(InvalidSpecError, match=field):
            ModelSpec.from_json({**data, field: value})


def test_min_side_is_what_fills_the_input_without_enlarging() -> None:
    assert ModelSpec.from_json(GOOD).input.min_side == 292
    assert ModelSpec.from_json(changed("input.crop_mode", "squash")).input.min_side == 260
    assert ModelSpec.from_json(changed("input.crop_pct", 0.9)).input.min_side == 289


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ...),
        ("id", ""),
        ("name", 3),
        ("task", "mind-reading"),
        ("license", None),
        ("input", ...),
        ("input", []),
        ("input.name", " "),
        ("input.input_size", [260]),
        ("input.input_size", [260, 0]),
        ("input.input_size", [260, 260.0]),
        ("input.input_size", "260"),
        ("input.interpolation", "nearest"),
        ("input.interpolation", []),
        ("input.crop_pct", 0),
        ("input.crop_pct", 1.01),
        ("input.crop_pct", True),
        ("input.crop_pct", float("nan")),
        ("input.crop_mode", "centre"),
        ("input.mean", [127, 127]),
        ("input.mean", [127, 127, 256]),
        ("input.mean", [127, 127, 127, 127]),
        ("input.std", [128, 128, 0]),
        ("input.std", [128, 128, float("inf")]),
        ("outputs", []),
        ("outputs", ["logits", 1]),
        ("switches", {"nothing": "switch"}),
        ("switches", {"class_map": 1}),
        ("num_classes", 0),
        ("num_classes", True),
        ("labels", ...),
        ("temperature", 0),
        ("temperature", "1"),
        ("files", {"model.onnx": {"bytes": 1}}),
        ("files", {"model.onnx": "sha"}),
        ("files.model.onnx.sha256", "ABC"),
        ("files.model.onnx.sha256", "F" * 64),
        ("origin", ...),
        ("origin.version", 1),
        ("origin.sha256", "0"),
    ],
)
def test_from_json_names_the_field_that_is_wrong(field: str, value: object) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        ModelSpec.from_json(changed(field, value))
    assert caught.value.detail["field"].startswith(field)
    assert caught.value.detail["wanted"]
    assert caught.value.detail["field"] in caught.value.message
    assert caught.value.code == "invalid_spec"


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_from_json_refuses_what_is_no_object(data: int | list[Any] | str | None) -> None:
    with pytest.raises(InvalidSpecError, match="an object"):
        ModelSpec.from_json(data)


@pytest.mark.parametrize("text", [None, "{", "\xff"])
def test_load_names_the_file_that_cannot_be_read(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "model.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidSpecError, match="cannot be read"):
        ModelSpec.load(tmp_path)


def test_parse_labels_takes_any_line_ends() -> None:
    spec = ModelSpec.from_json(changed("num_classes", 3))
    assert spec.parse_labels("a\r\nb\nc\n") == ("a", "b", "c")
    assert spec.parse_labels("a\nb\nc") == ("a", "b", "c")


@pytest.mark.parametrize("text", ["", "a\nb", "a\nb\nc\nd", "a\nb\na", "a\n\nc"])
def test_parse_labels_wants_one_label_a_class(text: str) -> None:
    with pytest.raises(InvalidSpecError, match=r"labels\.txt"):
        ModelSpec.from_json(changed("num_classes", 3)).parse_labels(text)


def test_feeds_turn_on_what_is_fetched() -> None:
    spec = ModelSpec.from_json(GOOD)
    pixel_values = np.zeros((1, 3, 260, 260), np.float32)
    off, on = spec.feeds(pixel_values, ("logits",)), spec.feeds(pixel_values, ("logits", "class_map"))
    assert off["pixel_values"] is pixel_values
    for feeds, value in ((off, 0), (on, 1)):
        assert set(feeds) == {"pixel_values", "with_class_map"}
        np.testing.assert_array_equal(feeds["with_class_map"], np.array([value], np.float32))
        assert feeds["with_class_map"].dtype == np.float32
