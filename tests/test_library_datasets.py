"""``onsight export``: data sets that train as they are, and paths that say nothing of this computer."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from onsight.cli.main import main
from onsight.core.results import Box
from onsight.library import edits, store
from onsight.library.database import Library
from onsight.library.exports import FORMATS, export
from onsight.library.files import source_of
from onsight.library.roots import add_own_root
from onsight.tools.detect.task import DETECTORS
from onsight.tools.tag.exports.cells import parse
from tests.library_samples import MODELS, filled, look
from tests.pictures import encode, photo

FRAMES = ("cam1/frame_0001.jpg", "cam2/frame_0001.jpg", "cam2/frame_0001.png", "cam3/Frame_0001.JPG", "images/x.png")
BOXES = {name: Box("dog", 0.8, 4.0 + 8 * index, 6.0, 20.0 + 8 * index, 40.0) for index, name in enumerate(FRAMES)}


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    """Pictures of several cameras, and a library of them."""
    root = tmp_path / "footage"
    with Library.open(tmp_path / "library.sqlite") as library:
        add_own_root(library, root.as_posix())
        run = store.begin_run(library, {**MODELS, **dict.fromkeys(DETECTORS, "1")})
        for index, name in enumerate(FRAMES):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = encode(photo(96 + index, 64), "PNG" if name.endswith(".png") else "JPEG")
            path.write_bytes(data)
            seen = look(boxes=[BOXES[name]], size=(96 + index, 64), content=name)
            object.__setattr__(seen, "hash", hashlib.sha256(data).hexdigest())
            store.record(library, source_of(path.parent.as_posix(), path.name), seen, run)
    return root


def exported(footage: Path, format: str, *options: str, status: int = 0) -> Path:
    out = footage.parent / "out"
    library = str(footage.parent / "library.sqlite")
    assert main(["export", "--library", library, "--format", format, "--out", str(out), *options]) == status
    return out


def data_of(path: Path) -> dict[str, str]:
    """Read the simple YAML of a data set."""
    pairs = (line.split(": ", 1) for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {pair[0].strip(): pair[1] for pair in pairs if len(pair) == 2}


def test_a_yolo_data_set_trains_as_it_is(footage: Path) -> None:
    globox = pytest.importorskip("globox")
    out = exported(footage, "yolo")
    data = data_of(out / "data.yaml")
    images = (out / data["train"]).read_text(encoding="utf-8").splitlines()
    assert len(images) == len(FRAMES)
    originals = {(footage / name).read_bytes(): name for name in FRAMES}
    for image in images:
        assert image.startswith("./")
        path = out / image
        name = originals[path.read_bytes()]
        # As Ultralytics finds the labels of a picture.
        labels = Path("/labels/".join(str(path).rsplit("/images/", 1)).rsplit(".", 1)[0] + ".txt")
        width = 96 + FRAMES.index(name)
        annotation = globox.Annotation.from_yolo_v5(labels, image_id=name, image_size=(width, 64))
        (box,) = annotation.boxes
        assert json.loads(data[box.label]) == "dog"
        wanted = BOXES[name]
        got = (box.xmin, box.ymin, box.xmax, box.ymax)
        assert got == pytest.approx((wanted.x1, wanted.y1, wanted.x2, wanted.y2), abs=0.01)
    assert (out / "images/cam1/frame_0001.jpg").is_file()
    assert (out / "labels/cam1/frame_0001.txt").is_file()
    table = list(csv.reader(io.StringIO((out / "renamed.csv").read_text(encoding="utf-8"))))
    assert table[1:] == [
        ["images/cam2/frame_0001-2.png", "cam2/frame_0001.png"],
        ["images/images_/x.png", "images/x.png"],
    ]
    names = [path.relative_to(out).as_posix().casefold() for path in out.rglob("*")]
    assert len(set(names)) == len(names)


def test_a_voc_data_set_has_its_pictures_beside_its_annotations(footage: Path) -> None:
    globox = pytest.importorskip("globox")
    out = exported(footage, "voc")
    originals = {(footage / name).read_bytes(): name for name in FRAMES}
    stems = (out / "ImageSets/Main/trainval.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(stems)) == len(FRAMES)
    for stem in stems:
        annotation = globox.Annotation.from_pascal_voc(out / "Annotations" / f"{stem}.xml")
        (picture,) = (out / "JPEGImages" / stem).parent.glob(f"{Path(stem).name}.*")
        assert annotation.image_id == picture.name
        wanted = BOXES[originals[picture.read_bytes()]]
        (box,) = annotation.boxes
        assert (box.xmin - 1, box.xmax) == (wanted.x1, wanted.x2)


def test_pictures_can_be_left_where_they_are(footage: Path) -> None:
    out = exported(footage, "yolo", "--images", "none")
    assert not (out / "images").exists()
    assert len(list((out / "labels").rglob("*.txt"))) == len(FRAMES)


def test_a_picture_that_has_changed_is_named_and_left_out(footage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (footage / "cam1/frame_0001.jpg").write_bytes(b"something else")
    out = exported(footage, "yolo", status=1)
    assert "frame_0001.jpg" in capsys.readouterr().err
    assert len(list((out / "images").rglob("*.*"))) == len(FRAMES) - 1


def test_coco_and_label_studio_name_pictures_below_the_folder_that_was_indexed(footage: Path) -> None:
    coco_module = pytest.importorskip("pycocotools.coco")
    out = exported(footage, "coco")
    coco = coco_module.COCO(str(out / "annotations.json"))
    assert sorted(one["file_name"] for one in coco.loadImgs(coco.getImgIds())) == sorted(FRAMES)
    tasks = json.loads((exported(footage, "labelstudio") / "tasks.json").read_text(encoding="utf-8"))
    assert sorted(task["data"]["image"] for task in tasks) == sorted(FRAMES)
    assert {task["predictions"][0]["model_version"] for task in tasks} == {"+".join(DETECTORS)}


@pytest.mark.parametrize("format", FORMATS)
def test_no_export_says_where_things_are_on_this_computer(footage: Path, format: str) -> None:
    out = exported(footage, format)
    for file in out.rglob("*"):
        assert str(footage.parent) not in str(file.relative_to(out))
        if file.is_file():
            assert str(footage.parent).encode() not in file.read_bytes()
            assert footage.parent.name.encode() not in file.read_bytes()


def test_absolute_paths_are_written_if_asked_for(footage: Path) -> None:
    document = json.loads((exported(footage, "coco", "--paths", "absolute") / "annotations.json").read_text())
    assert sorted(one["file_name"] for one in document["images"]) == sorted(f"{footage}/{name}" for name in FRAMES)


def paths_in(library: Library) -> list[str]:
    (file,) = export(library, [id for (id,) in library.connection.execute("SELECT id FROM image ORDER BY id")], "json")
    return [one["path"] for one in json.loads(b"".join(file.chunks))["pictures"]]


def test_folders_with_equal_names_inside_stay_apart() -> None:
    pictures = {f"{root}/100CANON/IMG_1.jpg": look(content=root) for root in ("/media/a/DCIM", "/media/b/DCIM")}
    with filled(pictures) as library:
        for path in ("/media/a/DCIM", "/media/b/DCIM"):
            add_own_root(library, path)
        assert paths_in(library) == ["DCIM/100CANON/IMG_1.jpg", "DCIM (2)/100CANON/IMG_1.jpg"]


@pytest.mark.parametrize(
    ("pictures", "paths"),
    [
        (("/media/me/p/a.jpg", "/media/me/p/b/c.jpg"), ["a.jpg", "b/c.jpg"]),
        (("/x/a.jpg", "/media/me/b.jpg"), ["x/a.jpg", "media/me/b.jpg"]),
        (("C:/Users/me/a.jpg", "D:/x/b.jpg"), ["me/a.jpg", "x/b.jpg"]),
        (("Holiday/a.jpg", "b.jpg"), ["Holiday/a.jpg", "b.jpg"]),
    ],
)
def test_libraries_that_know_no_folders_that_were_added(pictures: tuple[str, ...], paths: list[str]) -> None:
    with filled({path: look(content=path) for path in pictures}) as library:
        assert paths_in(library) == paths


@pytest.fixture
def tagged() -> Iterator[Library]:
    with filled({"p/a.jpg": look(content="a", camera="-1+1", tags=["Dog"]), "p/b.jpg": look(content="b")}) as library:
        edits.add_tags(library, [1], ["AC; DC", "=1+1", 'say "hi"', "back\\slash", "@home"])
        edits.add_tags(library, [2], ["'=quoted", "plain"])
        yield library


def test_every_own_tag_comes_back_from_the_table(tagged: Library) -> None:
    from onsight.library.exports import tables

    (file,) = export(tagged, [1, 2], "csv")
    text = b"".join(file.chunks).decode()
    first, second = parse(text, tables.LISTS)
    assert sorted(first["own tags"]) == sorted(["AC; DC", "=1+1", 'say "hi"', "back\\slash", "@home"])
    assert sorted(second["own tags"]) == sorted(["'=quoted", "plain"])
    assert first["camera"] == "-1+1"
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
