"""onsight.tools.detect.exports: each format is read back by a library that we did not write."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from contextlib import redirect_stdout
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.results import Box, ImageInfo
from onsight.errors import InvalidOptionError
from onsight.tools.detect.exports import FORMATS, DetectedPicture, export, image_names
from onsight.tools.detect.exports.coco import COCO_IDS
from onsight.tools.detect.exports.pictures import dataset_names, without_suffix
from onsight.tools.detect.results import Detection

LABELS = tuple(
    (Path(__file__).resolve().parents[1] / "models" / "ssdlite-mobilenet-v2" / "labels.txt")
    .read_text(encoding="utf-8")
    .splitlines()
)
PICTURES = (
    DetectedPicture(
        "photos/cat.jpg",
        Detection(
            (
                Box("cat", 0.91, 0.0, 12.25, 640.0, 470.5),
                Box("potted plant", 0.5, 600.13, 0.0, 639.99, 31.02),
                Box("cat", 0.4, 10.0, 20.0, 30.0, 40.0),
            ),
            ImageInfo(640, 480, "JPEG"),
            "a+b",
        ),
    ),
    DetectedPicture("photos/empty & <odd> ü.png", Detection((), ImageInfo(20000, 1000, "PNG"), "a+b")),
    DetectedPicture(
        "other/cat.png", Detection((Box("hot dog", 0.7, 1.5, 2.5, 3.5, 4.5),), ImageInfo(5, 7, "PNG"), "a+b")
    ),
)


def expected(picture: DetectedPicture) -> list[tuple[str, float, float, float, float]]:
    """Boxes of a picture as sorted rows ``(label, x1, y1, x2, y2)``."""
    return sorted((b.label, b.x1, b.y1, b.x2, b.y2) for b in picture.detection.boxes)


def assert_same(got: list[tuple[str, float, float, float, float]], picture: DetectedPicture, tolerance: float) -> None:
    got, wanted = sorted(got), expected(picture)
    assert [row[0] for row in got] == [row[0] for row in wanted]
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one[1:], other[1:], atol=tolerance)


def write_all(name: str, folder: Path) -> dict[str, str]:
    files = export(name, PICTURES, LABELS)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return files


def test_coco_is_read_by_pycocotools(tmp_path: Path) -> None:
    coco_module = pytest.importorskip("pycocotools.coco")
    write_all("coco", tmp_path)
    with redirect_stdout(io.StringIO()):
        coco = coco_module.COCO(str(tmp_path / "annotations.json"))
    images = coco.loadImgs(coco.getImgIds())
    assert [image["file_name"] for image in images] == [picture.name for picture in PICTURES]
    for image, picture in zip(images, PICTURES, strict=True):
        assert (image["width"], image["height"]) == (picture.detection.image.width, picture.detection.image.height)
        rows = []
        for annotation in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            x, y, width, height = annotation["bbox"]
            rows.append((coco.loadCats(annotation["category_id"])[0]["name"], x, y, x + width, y + height))
        assert_same(rows, picture, 0.011)
    assert coco.getCatIds(catNms=["toothbrush"]) == [90]


def test_coco_can_be_evaluated_against_itself(tmp_path: Path) -> None:
    """What pycocotools measures of our own boxes against them as the truth is perfect."""
    coco_module = pytest.importorskip("pycocotools.coco")
    from pycocotools.cocoeval import COCOeval

    write_all("coco", tmp_path)
    with redirect_stdout(io.StringIO()):
        truth = coco_module.COCO(str(tmp_path / "annotations.json"))
        found = truth.loadRes(json.loads((tmp_path / "annotations.json").read_text(encoding="utf-8"))["annotations"])
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)


def test_yolo_is_read_by_globox(tmp_path: Path) -> None:
    globox = pytest.importorskip("globox")
    files = write_all("yolo", tmp_path)
    assert list(files)[:3] == ["labels/photos/cat.txt", "labels/photos/empty & <odd> ü.txt", "labels/other/cat.txt"]
    classes = globox.AnnotationSet.parse_names_file(tmp_path / "classes.txt")
    for path, picture in zip(files, PICTURES, strict=False):
        info = picture.detection.image
        annotation = globox.Annotation.from_yolo_v5(
            tmp_path / path, image_id="x", image_size=(info.width, info.height)
        ).map_labels({str(index): label for index, label in enumerate(classes.values())})
        rows = [(box.label, box.xmin, box.ymin, box.xmax, box.ymax) for box in annotation.boxes]
        assert_same(rows, picture, 0.001)


def test_yolo_data_names_the_classes_in_order() -> None:
    lines = export("yolo", PICTURES, LABELS)["data.yaml"].splitlines()
    assert [line for line in lines[:5] if not line.startswith("#")] == ["train: train.txt", "val: train.txt", "names:"]
    assert lines[5:] == [f'  {index}: "{label}"' for index, label in enumerate(LABELS)]


def test_voc_is_read_by_globox(tmp_path: Path) -> None:
    globox = pytest.importorskip("globox")
    for path, picture in zip(write_all("voc", tmp_path), PICTURES, strict=False):
        annotation = globox.Annotation.from_pascal_voc(tmp_path / path)
        assert annotation.image_size == (picture.detection.image.width, picture.detection.image.height)
        assert annotation.image_id == picture.name.rpartition("/")[2]
        # It takes the numbers as they are; VOC's count from 1.
        rows = [(box.label, box.xmin - 1, box.ymin - 1, box.xmax, box.ymax) for box in annotation.boxes]
        assert_same(rows, picture, 0.5)


def test_voc_boxes_are_whole_pixels_inside_the_picture() -> None:
    for content, picture in zip(export("voc", PICTURES, LABELS).values(), PICTURES, strict=False):
        for bounds in ElementTree.fromstring(content).iter("bndbox"):
            left, top, right, bottom = (int(bounds.findtext(name, "")) for name in ("xmin", "ymin", "xmax", "ymax"))
            assert 1 <= left <= right <= picture.detection.image.width
            assert 1 <= top <= bottom <= picture.detection.image.height


def test_voc_writes_what_xml_cannot_hold_as_a_mark() -> None:
    odd = DetectedPicture("a/\x01\ud800.png", PICTURES[1].detection)
    (content,) = export("voc", [odd], LABELS).values()
    assert ElementTree.fromstring(content).findtext("filename") == "\ufffd\ufffd.png"


def test_labelstudio_has_boxes_in_percent_and_a_configuration_that_fits() -> None:
    """As Label Studio's own converter reads them: percent of ``original_width`` and ``original_height``."""
    files = export("labelstudio", PICTURES, LABELS)
    tasks = json.loads(files["tasks.json"])
    assert [task["data"]["image"] for task in tasks] == [picture.name for picture in PICTURES]
    view = ElementTree.fromstring(files["config.xml"])
    control, image = view.find("RectangleLabels"), view.find("Image")
    assert control is not None
    assert image is not None
    assert [label.get("value") for label in control.iter("Label")] == list(LABELS)
    assert image.get("value") == "$image"
    for task, picture in zip(tasks, PICTURES, strict=True):
        (prediction,) = task["predictions"]
        rows = []
        for region in prediction["result"]:
            assert (region["type"], region["image_rotation"]) == ("rectanglelabels", 0)
            assert (region["from_name"], region["to_name"]) == (control.get("name"), image.get("name"))
            value, width, height = region["value"], region["original_width"], region["original_height"]
            x1, y1 = value["x"] * width / 100, value["y"] * height / 100
            x2, y2 = x1 + value["width"] * width / 100, y1 + value["height"] * height / 100
            rows.append((value["rectanglelabels"][0], x1, y1, x2, y2))
        assert_same(rows, picture, 1e-6)
        ids = [region["id"] for region in prediction["result"]]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", FORMATS)
def test_no_pictures_are_written_too(name: str) -> None:
    assert isinstance(export(name, [], LABELS), dict)


def test_export_names_the_formats_it_knows() -> None:
    with pytest.raises(InvalidOptionError, match="labelstudio"):
        export("csv", PICTURES, LABELS)


NAMES = st.lists(
    st.lists(
        st.sampled_from(["cam1", "Cam1", "images", "LABELS", "..", "a:b", "con", "é", "e\u0301", "x "]), max_size=3
    )
    .map("/".join)
    .flatmap(
        lambda folder: st.sampled_from(
            ["a.jpg", "A.JPG", "a.png", "a-2.png", "a.b.jpg", "a", ".jpg", "ß.jpg", "ss.jpg"]
        ).map(lambda name: f"{folder}/{name}" if folder else name)
    ),
    max_size=12,
)


def labels_of(image: str) -> str:
    """Where Ultralytics looks for the labels of a picture."""
    return "/labels/".join(f"/{image}".rsplit("/images/", 1)).rsplit(".", 1)[0][1:] + ".txt"


@given(NAMES)
def test_every_label_file_is_its_pictures_on_every_system(names: list[str]) -> None:
    pictures = [DetectedPicture(name, PICTURES[2].detection) for name in names]
    images = image_names("yolo", names)
    files = export("yolo", pictures, LABELS)
    keys = {unicodedata.normalize("NFC", image).casefold() for image in images}
    assert len(keys) == len(images)
    labelled = [labels_of(image if "." in image.rsplit("/", 1)[-1] else f"{image}.") for image in images]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in labelled}) == len(labelled)
    assert set(labelled) == {name for name in files if name.startswith("labels/")}
    assert files["train.txt"].splitlines() == [f"./{image}" for image in images]
    for image in images:
        assert ".." not in image.split("/")
        # Programs differ in whether they exchange the first or the last of such folders.
        assert image.casefold().split("/").count("images") == 1
        assert "labels" not in image.casefold().split("/")
    # What was renamed is listed.
    table = {}
    if "renamed.csv" in files:
        table = dict(csv.reader(io.StringIO(files["renamed.csv"], newline="")))
    for name, image in zip(names, images, strict=True):
        assert image == f"images/{name}" or image in table


def test_equal_names_in_several_folders_keep_their_folders() -> None:
    names = ["cam1/frame_0001.jpg", "cam2/frame_0001.jpg", "cam2/frame_0001.png", "cam2/FRAME_0001.jpg", "x.jpg"]
    assert dataset_names(names) == [
        "cam1/frame_0001.jpg",
        "cam2/frame_0001.jpg",
        "cam2/frame_0001-2.png",
        "cam2/FRAME_0001-3.jpg",
        "x.jpg",
    ]
    assert dataset_names(["a/images/x.jpg", "/media/me/x.jpg", "C:\\x.jpg", "../../x.jpg"]) == [
        "a/images_/x.jpg",
        "media/me/x.jpg",
        "x.jpg",
        "x-2.jpg",
    ]
    assert without_suffix("a.b/c.d.jpg") == "a.b/c.d"


def test_voc_has_lists_and_pictures_where_programs_look_for_them(tmp_path: Path) -> None:
    files = write_all("voc", tmp_path)
    listed = files["ImageSets/Main/trainval.txt"].splitlines()
    assert listed == ["photos/cat", "photos/empty & <odd> ü", "other/cat"]
    assert files["ImageSets/Main/train.txt"] == files["ImageSets/Main/val.txt"] == files["ImageSets/Main/trainval.txt"]
    assert image_names("voc", [picture.name for picture in PICTURES]) == [
        f"JPEGImages/{picture.name}" for picture in PICTURES
    ]
    for stem, picture in zip(listed, PICTURES, strict=True):
        root = ElementTree.fromstring(files[f"Annotations/{stem}.xml"])
        assert f"JPEGImages/{root.findtext('folder')}/{root.findtext('filename')}" == f"JPEGImages/{picture.name}"
        assert root.findtext("path") == f"JPEGImages/{picture.name}"


def test_coco_ids_are_those_of_the_eighty_classes() -> None:
    assert len(COCO_IDS) == len(LABELS) == 80
    assert COCO_IDS[LABELS.index("hot dog")] == 58
    assert COCO_IDS[-1] == 90
