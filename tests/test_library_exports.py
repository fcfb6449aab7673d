"""onsight.library.exports: what a library knows, for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from onsight.core.results import Box
from onsight.errors import InvalidOptionError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.library import edits
from onsight.library.database import Library
from onsight.library.description import describe
from onsight.library.exports import FORMATS, SINGLE_FILE_FORMATS, contact_sheet, export
from onsight.library.exports import files as files_module
from onsight.library.exports.tables import LISTS
from onsight.metadata.xmp import read
from onsight.tools.tag.exports.cells import parse
from onsight.tools.tag.results import Tag
from tests.library_samples import filled, look, tag

MODELS = Path(__file__).resolve().parents[1] / "models"
EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
def library() -> Iterator[Library]:
    pictures = {
        "/p/dog.jpg": look(
            "Golden retriever",
            tags=[tag("Dog", 0.95), tag("Beach", 0.6), tag("Ball", 0.3, shown=False)],
            colours={"blue": 0.4, "red": 0.2},
            boxes=[Box("dog", 0.8, 40.0, 30.0, 240.0, 180.0)],
            taken="2020-07-14T18:03:22",
            camera="=cmd|' /C calc'!A0",
            has_location=True,
            aperture=2.8,
        ),
        f"/p/=1+1 {EVIL.replace('/', ':')}.png": look("Not sure", certain=False, category="Other", boxes=()),
        "/q/dog.jpg": look("Dog", tags=["Dog"]),
    }
    with filled(pictures) as library:
        edits.add_tags(library, [1, 2], ["@home", EVIL])
        edits.reject(library, [1], "Beach")
        yield library


def written(library: Library, format: str, images: tuple[int, ...] = (1, 2, 3)) -> dict[str, str]:
    return {file.name: b"".join(file.chunks).decode() for file in export(library, images, format)}


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_csv_has_a_row_a_picture_and_no_formula(library: Library) -> None:
    (text,) = written(library, "csv").values()
    rows = table(text)
    assert [row["path"] for row in rows][::2] == ["p/dog.jpg", "q/dog.jpg"]
    first = rows[0]
    assert (first["label"], first["confidence"], first["category"]) == ("Golden retriever", "0.9000", "Pets")
    assert (first["tags"], first["objects"], first["colours"]) == ("Dog", "Dog", "Blue; Red")
    assert (first["own tags"], first["aperture"], first["iso"], first["location"]) == (
        f"'{EVIL}; @home".removeprefix("'"),
        "2.8",
        "",
        "yes",
    )
    for row in csv.reader(io.StringIO(text[1:], newline="")):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert first["camera"] == "'=cmd|' /C calc'!A0"


def test_tags_csv_has_a_row_a_tag(library: Library) -> None:
    (text,) = written(library, "tags-csv").values()
    rows = table(text)
    assert [(row["picture"], row["tag"], row["source"]) for row in rows if row["source"] != "user"] == [
        ("p/dog.jpg", "Dog", "scene"),
        ("q/dog.jpg", "Dog", "scene"),
    ]
    assert len([row for row in rows if row["source"] == "user"]) == 4
    assert "Animal" in rows[-1]["broader"] or rows[-1]["broader"] == ""


def test_json_has_everything(library: Library) -> None:
    document = json.loads(written(library, "json")["pictures.json"])
    first, second, _ = document["pictures"]
    assert first["path"] == "p/dog.jpg"
    assert first["classification"]["label"] == "Golden retriever"
    assert first["boxes"] == [{"label": "dog", "score": 0.8, "x1": 40.0, "y1": 30.0, "x2": 240.0, "y2": 180.0}]
    assert [(one["name"], one["source"]) for one in first["tags"]] == [
        (EVIL, "user"),
        ("@home", "user"),
        ("Dog", "scene"),
    ]
    assert first["has_location"] is True
    assert [one["name"] for one in first["colours"]] == ["Blue", "Red"]
    assert second["classification"]["certain"] is False
    assert second["boxes"] == []
    assert document["pictures"][2]["boxes"] is None  # nobody looked
    assert json.loads(written(library, "json", ())["pictures.json"])["pictures"] == []


def test_rekognition_has_a_file_a_picture(library: Library) -> None:
    files = written(library, "rekognition")
    assert {"p/dog.json", "q/dog.json"} < set(files)
    labels = {label["Name"]: label for label in json.loads(files["p/dog.json"])["Labels"]}
    assert labels["Dog"]["Confidence"] == 95.0
    assert labels["Dog"]["Instances"][0]["BoundingBox"] == {"Left": 0.1, "Top": 0.1, "Width": 0.5, "Height": 0.5}


def test_sidecars_have_all_levels(library: Library) -> None:
    files = written(library, "xmp")
    assert {"p/dog.jpg.xmp", "q/dog.jpg.xmp"} < set(files)
    keywords = read(files["p/dog.jpg.xmp"].encode())
    assert "Dog" in keywords.subjects
    assert "@home" in keywords.subjects
    assert "Beach" not in keywords.subjects


@pytest.mark.parametrize("format", ["coco", "yolo", "voc", "labelstudio"])
def test_boxes_are_of_pictures_in_which_somebody_looked(library: Library, format: str) -> None:
    files = written(library, format)
    if format == "coco":
        document = json.loads(files["annotations.json"])
        assert len(document["images"]) == 2
        assert [one["bbox"] for one in document["annotations"]] == [[40.0, 30.0, 200.0, 150.0]]
    elif format == "yolo":
        assert files["labels/p/dog.txt"] == "16 0.35000000 0.35000000 0.50000000 0.50000000\n"
    else:
        assert any("dog" in text for text in files.values())


@pytest.mark.parametrize("model", ["ssdlite-mobilenet-v2", "centernet-mobilenet-v3"])
def test_classes_of_boxes_stand_in_the_order_of_the_models(model: str) -> None:
    labels = (MODELS / model / "labels.txt").read_text(encoding="utf-8").split("\n")
    assert [label for label in labels if label] == list(DetectedClasses.load().classes)


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_contact_sheet_holds_its_pictures_and_runs_nothing(library: Library) -> None:
    (text,) = written(library, "html").values()
    page = Page(text)
    assert not [name for name, _ in page.tags if name in ("script", "iframe", "link", "object")]
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert "default-src 'none'" in text
    images = [attributes for name, attributes in page.tags if name == "img"]
    assert len(images) == 3
    assert all(image["src"].startswith("data:image/jpeg;base64,") and image["alt"] for image in images)
    assert any(EVIL in data for data in page.texts)  # as text
    assert "http" not in text.replace("http-equiv", "")


def test_contact_sheets_of_many_pictures_link_to_each_other(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "PER_PAGE", 2)
    files = written(library, "html")
    assert list(files) == ["contact-sheet.html", "contact-sheet-2.html"]
    assert 'href="contact-sheet-2.html"' in files["contact-sheet.html"]
    assert files["contact-sheet-2.html"].count("<img") == 1


def test_pictures_are_read_page_by_page_in_their_order(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "PAGE", 2)
    assert [
        picture.facts["id"] for picture in files_module.pictures(library, [3, 77, 1, 2], files_module.Choice())
    ] == [3, 1, 2]


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_selection_can_be_exported(library: Library, format: str) -> None:
    files = written(library, format, ())
    assert bool(files) is (format in (*SINGLE_FILE_FORMATS, "html", "yolo"))
    assert all("dog.jpg" not in text for text in files.values())


def test_an_unknown_format_is_refused(library: Library) -> None:
    with pytest.raises(InvalidOptionError, match="format must be one of"):
        export(library, [1], "docx")


@pytest.fixture
def dogs() -> Iterator[Library]:
    tags = [
        tag("Dog", 0.95, group="Animals"),
        Tag("poodle", "Poodle", "Animals", 0.9, 0.5, True, ("Dog",), "classifier", (), None),
        tag("Red", 0.9, group="Colours", origin="colour"),
    ]
    boxes = [Box("dog", 0.9, 10.0, 30.0, 190.0, 280.0), Box("dog", 0.8, 210.0, 30.0, 390.0, 280.0)]
    with filled({"/p/a.jpg": look("Dog", tags=tags, boxes=boxes)}) as library:
        yield library


@pytest.mark.parametrize(
    ("level", "names"), [("main", ["Poodle"]), ("broader", ["Poodle", "Dog"]), ("all", ["Poodle", "Dog", "Red"])]
)
def test_levels_choose_the_tags_of_an_export(dogs: Library, level: str, names: list[str]) -> None:
    (file,) = export(dogs, [1], "csv", keywords=level)
    (row,) = parse(b"".join(file.chunks).decode(), LISTS)
    assert sorted(row["tags"]) == sorted(names)
    assert "alt text" not in row
    (sidecar,) = export(dogs, [1], "xmp", keywords=level)
    assert sorted(read(b"".join(sidecar.chunks)).subjects) == sorted(names)


def test_an_unknown_level_is_refused(dogs: Library) -> None:
    with pytest.raises(InvalidOptionError):
        export(dogs, [1], "csv", keywords="few")


def test_a_sentence_is_exported_only_if_it_is_wanted(dogs: Library) -> None:
    assert describe(dogs, 1) == "Two dogs"
    (table,) = export(dogs, [1], "csv", alt_text=True)
    (row,) = parse(b"".join(table.chunks).decode(), LISTS)
    assert row["alt text"] == "Two dogs"
    (sidecar,) = export(dogs, [1], "xmp", alt_text=True)
    assert "Two dogs" in b"".join(sidecar.chunks).decode()
    (plain,) = export(dogs, [1], "xmp")
    assert "Two dogs" not in b"".join(plain.chunks).decode()
