"""The real network in CPython, on real photographs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onsight.engine import Engine, load_session
from onsight.errors import ModelFailedError, ModelMissingError, NotAnImageError, UnreadableFileError
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.task import Classifier
from onsight.tools.shared.options import PreviewOptions
from tests.pictures import sample


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


@pytest.mark.parametrize(
    ("name", "in_path", "category"),
    [("chelsea", "Cat", "Pets"), ("coffee", "Food & drink", "Food & drink"), ("rocket", None, None)],
)
def test_engine_classifies_photographs(engine: Engine, name: str, in_path: str | None, category: str | None) -> None:
    result = engine.classify(sample(name))
    if in_path:
        assert in_path in result.path
        assert result.category == category
        assert result.score > 0.5
    assert result.candidates


def test_engine_gives_the_same_for_path_and_bytes(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(sample("chelsea"))
    assert engine.classify(path) == engine.classify(sample("chelsea"))


def test_engine_answers_alike_for_every_orientation(engine: Engine) -> None:
    upright = Image.open(io.BytesIO(sample("chelsea"))).convert("RGB")
    turned = upright.transpose(Image.Transpose.ROTATE_90)  # orientation 6 turns it back
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    turned.save(file, "PNG", exif=exif)
    result, expected = engine.classify(file.getvalue()), engine.classify(sample("chelsea"))
    assert result.label == expected.label
    assert result.score == pytest.approx(expected.score, abs=1e-3)
    assert (result.image.width, result.image.height) == upright.size


def test_engine_reports_the_stages_of_its_work(engine: Engine) -> None:
    timings: dict[str, float] = {}
    engine.classify(sample("chelsea"), on_timings=timings.update)
    assert list(timings) == ["read", "decode", "preprocess", "infer", "postprocess"]
    assert all(milliseconds >= 0 for milliseconds in timings.values())


def test_engine_preview_is_a_jpeg_of_the_size_asked_for(engine: Engine) -> None:
    preview = engine.preview(sample("chelsea"), PreviewOptions(max_side=100))
    with Image.open(io.BytesIO(preview.data)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == 100


def test_engine_names_what_is_wrong_with_a_file(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotAnImageError):
        engine.classify(b"not a picture at all")
    with pytest.raises(UnreadableFileError, match="no such file"):
        engine.classify(tmp_path / "gone.jpg")
    with pytest.raises(UnreadableFileError, match="folder"):
        engine.classify(tmp_path)


def test_engine_says_what_to_run_when_the_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"python3 build\.py setup"):
        Engine(models=tmp_path).classify(sample("chelsea"))


def test_load_session_refuses_a_damaged_network(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(ModelFailedError, match=r"build\.py setup"):
        load_session(tmp_path)


def test_class_map_averages_to_the_logits(engine: Engine) -> None:
    # What makes the heat map exact.
    run = engine._networks.make(Classifier).blank_run()
    outputs = engine._run(run)
    np.testing.assert_allclose(outputs["class_map"].mean(axis=(2, 3)), outputs["logits"], atol=1e-4)


def test_engine_result_is_json_with_the_documented_keys(engine: Engine) -> None:
    data = json.loads(json.dumps(engine.classify(sample("rocket"), ClassifyOptions(top_k=3)).to_json()))
    assert set(data) == {
        "label", "score", "certain", "category", "path", "candidates", "heat_map", "image", "model",
    }  # fmt: skip
    assert len(data["candidates"]) == 3
