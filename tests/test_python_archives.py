"""Python's files in two parts: what a first label needs, and the rest."""

from __future__ import annotations

import json
import random
import subprocess
import zipfile
from pathlib import Path

from PIL import Image

from tests.pictures import SAMPLE_NAMES, adobe_ycck, encode, exif, photo, rgb_profile, sample
from web import python_archives
from web.assemble import BOOT_MODELS, DIST, output_shapes

SCRIPT = Path(__file__).parent / "first_label" / "label.mjs"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def names_of(part: str) -> set[str]:
    names: set[str] = set()
    for path in sorted((DIST / "runtime" / "python" / part).glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
            names |= set(archive.namelist())
    return names


def damaged(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(20):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def pictures() -> list[bytes]:
    chance = random.Random(0)
    plain = photo(320, 240)
    whole = [
        *(sample(name) for name in SAMPLE_NAMES),
        *(encode(plain, "JPEG", exif=exif(turn), xmp=XMP) for turn in (1, 6)),
        encode(plain, "JPEG", icc_profile=rgb_profile(), progressive=True),
        encode(plain, "PNG", icc_profile=rgb_profile(), exif=exif(3)),
        encode(plain.convert("L"), "JPEG", dpi=(300, 300)),
        encode(plain, "MPO", save_all=True, append_images=[plain]),
        adobe_ycck(plain.convert("YCbCr").convert("RGB").convert("CMYK")),
        *(encode(plain.convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGBA")),
        encode(plain.quantize(200), "PNG", transparency=3),
        encode(Image.new("I;16", (320, 240), 40_000), "PNG"),
        encode(plain, "PNG", save_all=True, append_images=[plain.rotate(90)]),
    ]
    cut = [data[: chance.randrange(8, len(data))] for data in whole for _ in range(2)]
    return [*whole, *cut, *(damaged(data, chance) for data in whole)]


def test_both_parts_hold_everything_once() -> None:
    first, later = names_of("first"), names_of("later")
    assert not first & later
    assert {"json/__init__.pyc", "site-packages/onsight/api.pyc", "site-packages/numpy/__init__.pyc"} <= first
    assert {"unittest/__init__.pyc", "site-packages/numpy/random/__init__.pyc"} <= later
    assert len(later) > len(first)


def test_first_part_is_enough_for_labels_of_jpeg_and_png_files(tmp_path: Path) -> None:
    for number, data in enumerate(pictures()):
        (tmp_path / f"{number:03}").write_bytes(data)
    shapes = json.dumps(output_shapes(BOOT_MODELS[0]))
    done = subprocess.run(["node", SCRIPT, DIST, shapes, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["missed"] == []
    assert len(found["codes"]) == len(list(tmp_path.iterdir()))
    assert {"ok", "corrupt_image"} <= set(found["codes"])


def test_archives_are_the_same_each_time_and_keep_what_they_hold(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        archive.writestr("folder/file.pyc", b"text" * 100)
        archive.writestr("folder/other.pyc", b"other")
    for target in ("b.zip", "c.zip"):
        python_archives._write(tmp_path / "a.whl", tmp_path / target, "site-packages/", lambda name: "file" in name)
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        (entry,) = archive.infolist()
        assert (entry.filename, entry.compress_type) == ("site-packages/folder/file.pyc", zipfile.ZIP_STORED)
        assert archive.read(entry) == b"text" * 100
