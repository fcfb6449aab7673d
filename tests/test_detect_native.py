"""Detection with the networks: the engine and the command line."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onsight.core.boxes import box_iou
from onsight.core.results import Box
from onsight.errors import ModelMissingError
from onsight.networks.model_cache import find_model
from onsight.tools.detect.options import DetectOptions

pytest.importorskip("onnxruntime")
skimage = pytest.importorskip("skimage")

from onsight.cli.main import main  # noqa: E402
from onsight.engine import Engine  # noqa: E402
from onsight.tools.detect.task import DETECTORS  # noqa: E402

SAMPLES = Path(skimage.__file__).parent / "data"

try:
    for model_id in DETECTORS:
        find_model(model_id)
except ModelMissingError as error:
    pytest.skip(error.message, allow_module_level=True)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def corners(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]


@pytest.mark.parametrize(
    ("name", "label", "truth"),
    [
        ("chelsea.png", "cat", (0, 0, 410, 300)),
        ("astronaut.png", "person", (15, 0, 370, 512)),
        ("coffee.png", "cup", (155, 5, 405, 250)),
    ],
)
def test_detect_finds_the_subject(engine: Engine, name: str, label: str, truth: tuple[int, int, int, int]) -> None:
    result = engine.detect(SAMPLES / name)
    assert result.boxes[0].label == label
    assert box_iou([corners(result.boxes[0])], [truth])[0, 0] > 0.75


@pytest.mark.parametrize(
    "options", [DetectOptions(quick=True), DetectOptions(), DetectOptions(thorough=True)], ids=lambda o: o.preset
)
def test_detect_does_not_depend_on_how_a_picture_is_stored(engine: Engine, options: DetectOptions) -> None:
    with Image.open(SAMPLES / "chelsea.png") as file:
        upright = file.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = upright.transpose(Image.Transpose.ROTATE_90)
    turned, plain = engine.detect(encode(stored, exif=exif), options), engine.detect(encode(upright), options)
    assert not turned.image.as_in_browsers  # that is about the file, and the only difference
    assert replace(turned, image=plain.image) == plain
    assert (turned.image.width, turned.image.height) == (plain.image.width, plain.image.height)


def test_detect_finds_a_cat_in_a_panorama(engine: Engine) -> None:
    with Image.open(SAMPLES / "chelsea.png") as file:
        cat = file.convert("RGB")
    panorama = Image.new("RGB", (8000, 400), "#7a8a70")
    panorama.paste(cat, (5003, 60))
    cats = [box for box in engine.detect(encode(panorama)).boxes if box.label == "cat"]
    assert len(cats) == 1
    assert box_iou([corners(cats[0])], [(5003, 60, 5413, 360)])[0, 0] > 0.7


def test_detect_finds_what_is_in_a_panorama_of_20000_pixels(engine: Engine) -> None:
    with Image.open(SAMPLES / "chelsea.png") as file:
        cat = file.convert("RGB").resize((902, 600))
    panorama = Image.new("RGB", (20000, 1000), "#7a8a70")
    panorama.paste(cat, (15003, 260))
    result = engine.detect(encode(panorama, "JPEG", quality=90))
    assert (result.image.width, result.image.height) == (20000, 1000)
    cats = [box for box in result.boxes if box.label == "cat"]
    assert len(cats) == 1
    assert box_iou([corners(cats[0])], [(15003, 260, 15823, 860)])[0, 0] > 0.7


def test_detect_finds_nothing_in_a_single_pixel(engine: Engine) -> None:
    assert engine.detect(encode(Image.new("RGB", (1, 1), "red"))).boxes == ()


def test_detection_classes_have_the_thresholds_that_hold_by_default(engine: Engine) -> None:
    classes = {known.label: known.threshold for known in engine.detection_classes().classes}
    everything = engine.detect(SAMPLES / "coffee.png", DetectOptions(score=0))
    chosen = [box for box in everything.boxes if box.score >= classes[box.label]]
    assert list(engine.detect(SAMPLES / "coffee.png").boxes) == chosen


def test_detect_of_the_smallest_pictures_does_not_fail(engine: Engine) -> None:
    for size in ((1, 1), (1, 700), (3, 2)):
        result = engine.detect(encode(Image.new("RGB", size, "white")), DetectOptions(score=0))
        assert (result.image.width, result.image.height) == size
        for box in result.boxes:
            assert 0 <= box.x1 < box.x2 <= size[0]
            assert 0 <= box.y1 < box.y2 <= size[1]


def test_detect_tells_how_long_it_took(engine: Engine) -> None:
    seen: dict[str, float] = {}
    engine.detect(SAMPLES / "coffee.png", on_timings=seen.update)
    assert {"read", "decode", "preprocess", "infer", "postprocess"} <= set(seen)


# --- the command line ----------------------------------------------------------------------------------------

CAT, COFFEE = str(SAMPLES / "chelsea.png"), str(SAMPLES / "coffee.png")


def run(capsys: pytest.CaptureFixture[str], *arguments: Path | str) -> tuple[int, str, str]:
    status = main(["detect", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_command_prints_what_the_engine_answers(capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    status, out, _ = run(capsys, CAT, "--json", "--score", "0.2")
    assert status == 0
    line = json.loads(out)
    assert line["path"] == CAT
    assert line["result"] == json.loads(json.dumps(engine.detect(CAT, DetectOptions(score=0.2)).to_json()))


def test_command_speaks_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, CAT, "--allow", "cat")
    assert out.startswith(f"{CAT}: cat\n    cat 9")
    assert "%  (" in out
    _, out, _ = run(capsys, CAT, "--deny", "cat")
    assert out == f"{CAT}: Nothing found\n"


@pytest.mark.parametrize("name", ["coco", "labelstudio"])
def test_command_prints_formats_of_one_file(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, _ = run(capsys, CAT, COFFEE, "--format", name)
    assert status == 0
    document = json.loads(out)
    names = document["images"] if name == "coco" else [task["data"] for task in document]
    assert len(names) == 2


def test_command_writes_formats_into_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, CAT, COFFEE, "--format", "yolo", "--out", tmp_path / "new" / "folder")
    assert status == 0
    assert "cat" in out
    written = {
        path.relative_to(tmp_path / "new" / "folder").as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    texts = {"labels/chelsea.txt", "labels/coffee.txt", "train.txt", "classes.txt", "data.yaml"}
    assert written == {*texts, "images/chelsea.png", "images/coffee.png"}
    assert (tmp_path / "new" / "folder" / "images" / "chelsea.png").read_bytes() == Path(CAT).read_bytes()
    assert run(capsys, CAT, "--format", "yolo", "--out", tmp_path / "texts", "--images", "none")[0] == 0
    assert not (tmp_path / "texts" / "images").exists()
    status, out, _ = run(capsys, CAT, "--format", "voc")
    assert status == 0
    assert out.startswith("<annotation>")


def test_command_draws_boxes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, _ = run(capsys, CAT, CAT, "--annotate", tmp_path)
    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chelsea-2.jpg", "chelsea.jpg"]
    with Image.open(tmp_path / "chelsea.jpg") as drawn, Image.open(CAT) as original:
        assert drawn.size == original.size
        difference = np.abs(np.asarray(drawn.convert("RGB"), int) - np.asarray(original.convert("RGB"), int)).max(2)
    assert 0.005 < (difference > 60).mean() < 0.2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--score", "2"),
        ("--iou", "0"),
        ("--format", "csv"),
        ("--out", "x"),
        ("--format", "coco", "--json"),
        ("--format", "voc", COFFEE),
    ],
)
def test_command_refuses_options_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(capsys, CAT, *arguments)
    assert caught.value.code == 2


def test_command_goes_on_after_a_bad_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing")
    status, out, err = run(capsys, bad, CAT, "--format", "coco")
    assert status == 1
    assert str(bad) in err
    assert [image["file_name"] for image in json.loads(out)["images"]] == [Path(CAT).name]


def test_command_names_an_unknown_class(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, CAT, COFFEE, "--allow", "unicorn")
    assert status == 2
    assert err.count("unicorn") == 1
