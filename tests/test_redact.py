"""onsight.tools.detect.edit and the modules it uses: crops, blurs, boxes handed back as JSON, several files in one."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Flow, drive
from onsight.core.options import options_from
from onsight.core.results import Box, ImageInfo, OutputFile
from onsight.errors import InvalidOptionError
from onsight.files.zipping import pack
from onsight.tools.detect import edit
from onsight.tools.detect.exports import FORMATS, IMAGE_FOLDERS, DetectedPicture, export
from onsight.tools.detect.options import AnnotateOptions, CropOptions, DataSetOptions, ExportOptions, RedactOptions
from onsight.tools.detect.parsing import detection_from
from onsight.tools.detect.redact import MAX_CELLS, STYLES, redact
from onsight.tools.detect.results import Detection
from onsight.tools.shared.options import ArchiveOptions
from onsight.tools.shared.task import archive
from tests.pictures import encode, exif, photo, stored_for
from tests.without_networks import no_network

LABELS = ("person", "dog")
FOUND = Detection((Box("dog", 0.5, 10.0, 20.0, 50.25, 60.0),), ImageInfo(100, 80, "PNG"), "a+b")


Answer = TypeVar("Answer")


def run(flow: Flow[Answer]) -> Answer:
    return drive(flow, no_network)


def pixels_of(file: OutputFile) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(file.data)) as image:
        return np.asarray(image.convert("RGB"))


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


# --- blurring ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_redact_covers_every_pixel_that_a_box_touches_and_no_other(style: str) -> None:
    pixels = noise(60, 90)
    covered = pixels.copy()
    redact(covered, [(10.6, 20.2, 70.1, 39.9)], style)
    outside = np.ones((60, 90), bool)
    outside[20:40, 10:71] = False
    np.testing.assert_array_equal(covered[outside], pixels[outside])
    assert (covered != pixels).any(axis=2)[20:40, 10:71].mean() > 0.95


def test_blur_forgets_what_was_there() -> None:
    """Whatever lies inside of a cell, the same mean gives the same blur: there is nothing to be brought back."""
    pixels = noise(64, 64)
    shuffled = pixels.copy()
    rng = np.random.default_rng(1)
    for top in range(0, 64, 16):
        for left in range(0, 64, 16):
            cell = shuffled[top : top + 16, left : left + 16]
            cell[:] = rng.permutation(cell.reshape(-1, 3)).reshape(16, 16, 3)
    assert (shuffled != pixels).any()
    for part in (pixels, shuffled):
        redact(part, [(0, 0, 64, 64)], "blur")
    np.testing.assert_array_equal(pixels, shuffled)


@pytest.mark.parametrize(("height", "width"), [(400, 300), (30, 200), (200, 31), (9, 3), (1, 1)])
def test_blur_keeps_few_colours_however_large_the_part(height: int, width: int) -> None:
    """A picture that can be made of 4 × 4 coarse colours holds no more than they do: shrunk and enlarged, it stays."""
    pixels = noise(height, width)
    redact(pixels, [(0, 0, width, height)], "blur")
    side = max(8, -(-max(height, width) // MAX_CELLS))
    cells = (-(-width // side), -(-height // side))
    assert max(cells) <= MAX_CELLS
    again = (
        Image.fromarray(pixels).resize(cells, Image.Resampling.BOX).resize((width, height), Image.Resampling.BICUBIC)
    )
    assert np.abs(np.asarray(again, int) - pixels).mean() < 12


def test_black_leaves_nothing() -> None:
    pixels = noise(8, 8)
    redact(pixels, [(-5, -5, 4, 100)], "black")
    assert not pixels[:, :4].any()
    assert pixels[:, 4:].any()


def test_boxes_outside_of_the_picture_do_no_harm() -> None:
    pixels = noise(8, 8)
    before = pixels.copy()
    redact(pixels, [(20, 20, 30, 30), (-9, -9, -1, -1), (3, 3, 3, 3)], "black")
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_blur_of_a_turned_photo_is_upright_in_full_size_and_says_nothing_else(orientation: int) -> None:
    upright = photo(120, 80)
    tags = exif(orientation)
    tags[0x8825] = {1: "N", 2: (47.0, 22.0, 0.0)}  # where it was taken
    tags[0x010F] = "Camera"
    data = encode(stored_for(upright, orientation), "JPEG", exif=tags, quality=95, comment=b"secret")
    file = run(edit.redact(data, RedactOptions(boxes=((100, 0, 120, 20),), style="black", name="a/my.holiday.jpeg")))
    assert (file.name, file.media_type) == ("my.holiday-black.jpg", "image/jpeg")
    with Image.open(io.BytesIO(file.data)) as written:
        assert written.size == (120, 80)
        assert dict(written.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(written.info)
    pixels = pixels_of(file).astype(int)
    assert pixels[4:16, 104:116].max() < 12
    assert np.abs(pixels[:, :96] - np.asarray(upright, int)[:, :96]).mean() < 3


def test_blur_of_a_lossless_picture_keeps_the_rest_to_the_bit() -> None:
    upright = photo(50, 40)
    file = run(edit.redact(encode(upright, "PNG"), RedactOptions(boxes=((0, 0, 10, 40),))))
    assert (file.name, file.media_type) == ("picture-blur.png", "image/png")
    np.testing.assert_array_equal(pixels_of(file)[:, 10:], np.asarray(upright)[:, 10:])


def test_blur_of_a_panorama_longer_than_a_jpeg_can_be() -> None:
    wide = encode(photo(66_000, 4), "TIFF")
    file = run(edit.redact(wide, RedactOptions(boxes=((0, 0, 10, 4),))))
    assert file.media_type == "image/png"
    assert pixels_of(file).shape == (4, 66_000, 3)


# --- cropping and drawing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", [1, 6])
def test_crop_is_of_the_upright_picture(orientation: int) -> None:
    upright = photo(120, 80)
    data = encode(stored_for(upright, orientation), "TIFF", exif=exif(orientation))
    file = run(edit.crop(data, CropOptions(box=(10.2, 20.7, 60.0, 70.1), label="dog", name="b.tif")))
    assert (file.name, file.media_type) == ("b-dog.png", "image/png")
    np.testing.assert_array_equal(pixels_of(file), np.asarray(upright)[20:71, 10:60])


def test_crop_outside_of_the_picture_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="120 × 80"):
        run(edit.crop(encode(photo(120, 80), "PNG"), CropOptions(box=(130, 0, 140, 10))))


def test_annotate_draws_the_boxes() -> None:
    grey = Image.new("RGB", (200, 160), "grey")
    file = run(edit.annotate(encode(grey, "PNG"), AnnotateOptions(boxes=(FOUND.boxes[0],), name="x.png"), LABELS))
    assert (file.name, file.media_type) == ("x-boxes.jpg", "image/jpeg")
    changed = np.abs(pixels_of(file).astype(int) - 128).max(axis=2) > 60
    assert changed[21:59, 10].mean() > 0.9
    assert not changed[100:, 100:].any()
    with pytest.raises(InvalidOptionError, match="unicorn"):
        run(edit.annotate(b"", AnnotateOptions(boxes=(Box("unicorn", 0.5, 0, 0, 1, 1),)), LABELS))


# --- boxes handed back ---------------------------------------------------------------------------------------


def as_javascript(value: dict[str, Any]) -> dict[str, Any]:
    """Return JSON data as JavaScript hands it over, which has no 5.0."""
    return json.loads(json.dumps(value).replace(".0,", ",").replace(".0}", "}"))


def test_detection_comes_back_from_its_json() -> None:
    assert detection_from("it", as_javascript(FOUND.to_json())) == FOUND
    assert isinstance(detection_from("it", as_javascript(FOUND.to_json())).boxes[0].x1, float)


@pytest.mark.parametrize("format", FORMATS)
def test_exports_of_json_are_those_of_results(format: str) -> None:
    pictures = [{"name": "a/b.png", "detection": as_javascript(FOUND.to_json())}] * 2
    options = options_from(ExportOptions, {"format": format, "pictures": pictures, "name": "all"})
    file = run(edit.export(options, LABELS))
    expected = {
        name: text.encode() for name, text in export(format, [DetectedPicture("a/b.png", FOUND)] * 2, LABELS).items()
    }
    if len(expected) == 1:
        assert file == OutputFile(next(iter(expected.values())), f"all-{format}.json", "application/json")
        return
    assert (file.name, file.media_type) == (f"all-{format}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name) for name in packed.namelist()} == expected


@pytest.mark.parametrize("format", IMAGE_FOLDERS)
def test_a_data_set_says_where_each_picture_belongs(format: str) -> None:
    names = ["cam1/frame.png", "cam2/frame.png", "cam2/frame.jpg", "cam1/frame.png"]
    pictures = [{"name": name, "detection": as_javascript(FOUND.to_json())} for name in names]
    options = options_from(DataSetOptions, {"format": format, "pictures": pictures, "name": "all"})
    made = run(edit.data_set(options, LABELS))
    folder = IMAGE_FOLDERS[format]
    below = ["cam1/frame.png", "cam2/frame.png", "cam2/frame-2.jpg", "cam1/frame-2.png"]
    assert made.name == f"all-{format}"
    assert list(made.images) == [f"{folder}/{name}" for name in below]
    texts = {text.path: text.text for text in made.texts}
    assert texts == export(format, [DetectedPicture(name, FOUND) for name in names], LABELS)
    labels = {"yolo": "labels/{}.txt", "voc": "Annotations/{}.xml"}[format]
    assert {labels.format(name.rsplit(".", 1)[0]) for name in below} <= texts.keys()
    assert as_javascript(made.to_json())["images"] == list(made.images)


def test_only_formats_that_want_the_pictures_are_data_sets() -> None:
    with pytest.raises(InvalidOptionError, match="yolo, voc"):
        run(edit.data_set(DataSetOptions("coco", (DetectedPicture("x", FOUND),)), LABELS))


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no list": ("export", {"pictures": 5}),
    "no detection": ("export", {"pictures": [{"name": "x"}]}),
    "no name": ("export", {"pictures": [{"detection": FOUND.to_json()}]}),
    "unknown format": ("export", {"format": "csv"}),
    "no boxes": ("redact", {}),
    "three numbers": ("redact", {"boxes": [[1, 2, 3]]}),
    "inside out": ("redact", {"boxes": [[5, 5, 1, 9]]}),
    "not a number": ("redact", {"boxes": [[float("nan"), 0, 1, 1]]}),
    "unknown style": ("redact", {"boxes": [[0, 0, 1, 1]], "style": "pink"}),
    "no box": ("crop", {}),
    "a score of 2": ("annotate", {"boxes": [{"label": "dog", "score": 2, "x1": 0, "y1": 0, "x2": 1, "y2": 1}]}),
    "no bytes": ("archive", {"files": [{"name": "x", "data": "text"}]}),
}
KINDS: dict[str, type[Any]] = {
    "export": ExportOptions,
    "redact": RedactOptions,
    "crop": CropOptions,
    "annotate": AnnotateOptions,
    "archive": ArchiveOptions,
}


@pytest.mark.parametrize("case", BAD)
def test_nonsense_is_refused_in_a_sentence(case: str) -> None:
    method, values = BAD[case]
    with pytest.raises(InvalidOptionError) as caught:
        options_from(KINDS[method], values)
    assert caught.value.message.endswith(".")


def test_export_of_a_class_that_is_not_known_is_refused() -> None:
    odd = Detection((Box("unicorn", 0.5, 0, 0, 1, 1),), FOUND.image, "a")
    with pytest.raises(InvalidOptionError, match="unicorn"):
        run(edit.export(ExportOptions("coco", pictures=(DetectedPicture("x", odd),)), LABELS))


# --- several files -------------------------------------------------------------------------------------------


def test_archive_keeps_files_with_the_same_name_apart() -> None:
    files = [
        {"name": "cat-boxes.jpg", "data": memoryview(b"one")},
        {"name": "cat-boxes.jpg", "data": b"two"},
        {"name": "../dog.PNG", "data": b"three"},
    ]
    file = run(archive(options_from(ArchiveOptions, {"files": files, "name": "onsight"})))
    with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
        assert [(name, packed.read(name)) for name in packed.namelist()] == [
            ("cat-boxes.jpg", b"one"),
            ("cat-boxes-2.jpg", b"two"),
            ("dog.png", b"three"),
        ]


def test_the_same_content_makes_the_same_bytes() -> None:
    files = {"labels/a.txt": "1 2 3\n", "classes.txt": "person\n"}
    assert pack("x", files) == pack("x", files)
