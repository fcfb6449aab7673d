"""No command writes over a file that it reads or that it did not make: every option that writes is tried."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import onsight
from onsight.errors import ModelMissingError
from onsight.networks.model_cache import find_model
from tests.pictures import sample

pytest.importorskip("onnxruntime")

from onsight.cli.main import main, make_parser
from onsight.library.exports import FORMATS

try:
    find_model("efficientnet-lite2")
except ModelMissingError as error:
    pytest.skip(error.message, allow_module_level=True)

READS = {"--models"}
"""Options that name something which is only read."""


def _export(format: str) -> Callable[[Path], list[str]]:
    return lambda folder: ["export", "--format", format, "--out", str(folder), "--library", str(folder / "lib.sqlite")]


def _detect(*options: str) -> Callable[[Path], list[str]]:
    return lambda folder: ["detect", *options, str(folder), str(folder / "x.jpg"), str(folder / "b" / "x.jpg")]


def _sort(*options: str) -> Callable[[Path], list[str]]:
    # By orientation and not by what it shows: no folder of that name may hold anything before.
    return lambda folder: ["sort", str(folder), "--jobs", "1", "--quiet", "--by", "orientation", *options]


WRITERS: dict[tuple[str, str], list[Callable[[Path], list[str]]]] = {
    ("detect", "--annotate"): [_detect("--annotate")],
    ("detect", "--out"): [
        _detect("--format", format, "--out") for format in ("coco", "yolo", "voc", "labelstudio")
    ],
    ("enhance", "--out"): [
        lambda folder: [
            "enhance", "--exposure", "0.5", "--out", str(folder), str(folder / "x.jpg"), str(folder / "b" / "x.jpg")
        ],
    ],
    ("details", "--clean"): [
        lambda folder: ["details", "--clean", str(folder), str(folder / "x.jpg"), str(folder / "b" / "x.jpg")],
    ],
    ("tag", "--write-xmp"): [lambda folder: ["tag", "--write-xmp", str(folder / "x.jpg"), str(folder / "b" / "x.jpg")]],
    ("sort", "--to"): [lambda folder: [*_sort("--to")(folder), str(folder)]],
    ("sort", "--copy"): [lambda folder: [*_sort("--copy", "--to")(folder), str(folder)]],
    ("sort", "--zip"): [
        lambda folder: [*_sort("--zip")(folder), str(folder / "annotations.json")],
        lambda folder: [*_sort("--zip")(folder), str(folder / "x.jpg")],
    ],
    ("export", "--out"): [_export(format) for format in (*FORMATS, "keywords")],
    **{
        (command, "--library"): [
            lambda folder, command=command, name=name: [  # type: ignore[misc]  # bound early
                *command.split(), *{
                    "index": [str(folder / "b"), "--jobs", "1", "--quiet"],
                    "sort": [str(folder / "b"), "--to", str(folder / "sorted"), "--jobs", "1", "--quiet"],
                    "export": ["--format", "sidecars"],
                    "tags add": ["Mine", "--query", ""], "tags remove": ["Mine", "--query", ""],
                    "tags rename": ["Cat", "Dog"], "tags accept": ["Cat"], "tags reject": ["Cat"],
                }.get(command, []),
                "--library", str(folder / name),
            ]
            for name in ("x.jpg", "empty.png", "annotations.json")
        ]
        for command in (
            "index", "search", "sort", "duplicates", "export",
            "tags add", "tags remove", "tags rename", "tags accept", "tags reject", "tags undo", "tags redo",
            "tags history",
        )
    },
}  # fmt: skip
"""Command and option → ways to call it such that it would write over what is in a folder."""

MOVES = {("sort", "--move")}
"""What takes files away on purpose: see tests/test_library_sorting.py."""


def parsers(parser: argparse.ArgumentParser, name: str = "") -> dict[str, argparse.ArgumentParser]:
    """The parser of each command and of what is below it."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        return {name: parser}
    return {
        full: inner
        for group in groups
        for word, sub in group.choices.items()
        for full, inner in parsers(sub, f"{name} {word}".strip()).items()
    }


def test_every_option_that_writes_is_tried() -> None:
    found = set()
    for command, parser in parsers(make_parser()).items():
        for action in parser._actions:
            option = next((text for text in reversed(action.option_strings) if text.startswith("--")), None)
            words = set((action.help or "").replace(",", " ").split())
            if option and (action.type is Path or words & {"write", "writes", "move", "copy", "pack"}):
                found.add((command, option))
    tried = {*WRITERS, *MOVES}
    known = {(command, option) for command, option in found if option in READS}
    assert found - known - tried == {
        ("enhance", "--metadata"), ("detect", "--format"), ("export", "--format"), ("export", "--images"),
        ("sort", "--dry-run"),
    } & found  # fmt: skip  # they mention writing and have no location
    assert set(WRITERS) <= found


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, and files that have the names which the commands would take."""
    folder = tmp_path_factory.mktemp("original") / "in"
    for path in ("x.jpg", "b/x.jpg"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(sample("chelsea" if path == "x.jpg" else "coffee"))
    assert main(["index", str(folder), "--jobs", "1", "--quiet", "--library", str(folder / "lib.sqlite")]) == 0
    (folder / "empty.png").write_bytes(b"")
    names = [
        *("annotations.json", "pictures.json", "tasks.json", "config.xml", "data.yaml", "classes.txt", "pictures.csv"),
        *(
            "tags.csv",
            "contact-sheet.html",
            "x.json",
            "x.txt",
            "x-enhanced.png",
            "x-2.jpg",
            "x-enhanced-2.png",
            "x-clean.png",
        ),
        *("labels/x.txt", "labels/x-2.txt", "Annotations/x.xml", "Horizontal/x.jpg", "Square/x.jpg", "images.txt"),
    ]
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(f"a person's own {name}".encode())
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("command", "option", "index"),
    [(*key, index) for key, ways in WRITERS.items() for index in range(len(ways))],
)
def test_nothing_that_was_there_is_changed(
    original: Path, tmp_path: Path, command: str, option: str, index: int
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(original, folder)
    if hasattr(os, "link"):
        os.link(folder / "x.jpg", folder / "b" / "linked.png")
    before = tree(folder)
    with suppress(SystemExit):  # the options were refused
        main(WRITERS[command, option][index](folder))
    after = tree(folder)
    # The library is the one that the command was told to use.
    changed = {name for name, data in before.items() if after.get(name) != data and not name.startswith("lib.sqlite")}
    assert changed == set()
    assert not [name for name in after if name.endswith(".part")]


def test_sidecars_keep_what_is_in_them(original: Path, tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes((original / "x.jpg").read_bytes())
    (tmp_path / "x.jpg.xmp").write_bytes(b"a person's own")
    before = tree(tmp_path)
    assert main(["tag", "--write-xmp", str(tmp_path / "x.jpg")]) == 1
    assert tree(tmp_path) == before


def test_pictures_of_one_name_are_told_apart(
    original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    pictures = [str(original / "x.jpg"), str(original / "b" / "x.jpg")]
    assert main(["detect", "--annotate", str(out), *pictures]) == 0
    assert sorted(os.listdir(out)) == ["x-2.jpg", "x.jpg"]
    assert f"{pictures[1]}: drawn as {out / 'x-2.jpg'}." in capsys.readouterr().err


def test_annotating_beside_the_pictures_keeps_them(original: Path, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    shutil.copy(original / "x.jpg", folder / "x.jpg")
    assert main(["detect", "--annotate", str(folder), str(folder / "x.jpg")]) == 0
    assert (folder / "x.jpg").read_bytes() == (original / "x.jpg").read_bytes()
    assert sorted(os.listdir(folder)) == ["x-2.jpg", "x.jpg"]


@pytest.mark.parametrize(
    "arguments", [["detect", "--annotate"], ["enhance", "--exposure", "1", "--out"]], ids=["detect", "enhance"]
)
def test_what_cannot_be_written_is_no_file_that_cannot_be_read(
    original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    assert main([*arguments, str(tmp_path / "out"), "--json", str(original / "x.jpg")]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "unwritable_file"
    assert "because a file has that name" in error["message"]


def test_an_archive_that_could_not_be_finished_is_not_left(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onsight.tools.organise.commands import sort

    def stop(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(sort, "read_picture", stop)
    arguments = ["sort", str(original), "--zip", str(tmp_path / "out.zip"), "--jobs", "1", "--quiet"]
    assert main(arguments) == 130
    assert os.listdir(tmp_path) == []
    monkeypatch.undo()
    main(arguments)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None


def test_one_module_writes_files() -> None:
    package = Path(onsight.__file__).parent
    writes = re.compile(r"\.write_(bytes|text)\(|open\(\s*[\"'][wxar]?[wxa+]")
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    # Placing fills the temporary file that writing gives it.
    assert found == {"files/writing.py", "library/sorting/placing.py"}
