"""The library on the command line, with the networks: index, search, tags, duplicates."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onsight.errors import ModelMissingError
from onsight.networks.model_cache import find_model
from tests.pictures import encode, sample

pytest.importorskip("onnxruntime")

from onsight.cli.main import main
from onsight.engine import Engine
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.files import Walk
from onsight.metadata.embed import find_packet
from onsight.metadata.xmp import read
from onsight.tools.organise.commands.indexing import index

try:
    find_model("efficientnet-lite2")
except ModelMissingError as error:
    pytest.skip(error.message, allow_module_level=True)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    (folder / "pets").mkdir()
    (folder / "pets" / "cat.png").write_bytes(sample("chelsea"))
    with Image.open(folder / "pets" / "cat.png") as image:
        (folder / "pets" / "small cat.jpg").write_bytes(encode(image.resize((225, 150)), "JPEG"))
    shutil.copy(folder / "pets" / "cat.png", folder / "copy of cat.png")
    (folder / "cup.png").write_bytes(sample("coffee"))
    (folder / "broken.jpg").write_bytes(sample("chelsea")[:2000])
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def indexed(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("library") / "lib.sqlite"
    assert main(["index", str(photos), "--library", str(path), "--jobs", "1"]) == 1  # one is broken
    return path


@pytest.fixture
def copied(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(indexed, tmp_path / "lib.sqlite"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object, expect_exit: bool = False) -> tuple[int, str, str]:
    capsys.readouterr()
    if expect_exit:
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        status = int(caught.value.code or 0)
    else:
        status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def contents(path: Path) -> list[Any]:
    """What machines saw, in a comparable form."""
    with Library.open(path) as library:
        rows = library.connection.execute(
            "SELECT folder, name, hash, label, round(label_score, 3), category, perceptual_hash FROM image "
            "ORDER BY folder, name"
        )
        return [tuple(row) for row in rows] + [tuple(row)[:5] for row in store.failures(library)]


def images(path: Path) -> int:
    """How many pictures a library has that another process may be writing."""
    if not path.is_file():
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute("SELECT count(*) FROM image").fetchone()[0])
    except sqlite3.OperationalError:  # it has no tables yet
        return 0
    finally:
        connection.close()


def test_index_takes_everything_in_and_lists_what_is_broken(photos: Path, indexed: Path) -> None:
    with Library.open(indexed) as library:
        hits = search.describe(library, search.find(library, order="name"))
        assert [hit.path.removeprefix(f"{photos.as_posix()}/") for hit in hits] == [
            "copy of cat.png",
            "cup.png",
            "pets/cat.png",
            "pets/small cat.jpg",
        ]
        assert [hit.label for hit in hits] == ["Cat", "Coffee", "Cat", "Cat"]
        (failure,) = store.failures(library)
        assert failure["name"] == "broken.jpg"
        (blob,) = library.connection.execute("SELECT data FROM embedding").fetchone()
        assert np.frombuffer(blob, np.float16).shape == (1280,)


def test_index_answers_as_the_engine(photos: Path, indexed: Path) -> None:
    answer = Engine(threads=1).classify(photos / "cup.png")
    with Library.open(indexed) as library:
        (hit,) = search.describe(library, search.find(library, "name:cup"))
    assert (hit.label, hit.category) == (answer.label, answer.category)
    assert hit.score == pytest.approx(answer.score, abs=0.02)


def test_index_again_looks_at_nothing(
    photos: Path, copied: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(copied)
    monkeypatch.setattr(Engine, "index", None)  # nobody may look
    status, _, err = run(capsys, "index", photos, "--library", copied, "--jobs", "1")
    assert status == 1
    assert "0 pictures analysed" in err
    assert "4 unchanged, 1 could not be opened, 1 other file skipped" in err
    assert f"{photos}/broken.jpg: " in err
    assert contents(copied) == before


def test_index_follows_moved_files_and_forgets_missing_ones(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, path = tmp_path / "in", tmp_path / "lib.sqlite"
    folder.mkdir()
    shutil.copy(photos / "cup.png", folder / "cup.png")
    shutil.copy(photos / "pets" / "cat.png", folder / "cat.png")
    assert run(capsys, "index", folder, "--library", path, "--jobs", "1")[0] == 0
    assert run(capsys, "tags", "add", "Mine", "--query", "name:cup", "--library", path)[0] == 0
    (folder / "cup.png").rename(folder / "mug.png")
    (folder / "cat.png").unlink()
    status, _, err = run(capsys, "index", folder, "--library", path, "--jobs", "1", "--forget-missing")
    assert status == 0
    assert "1 moved" in err
    assert "1 picture removed" in err
    assert run(capsys, "search", "--library", path)[1] == f"{folder}/mug.png\n"
    assert run(capsys, "search", "user:mine", "--library", path)[0] == 0


def test_index_says_which_files_are_damaged(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, library = tmp_path / "rescued", tmp_path / "lib.sqlite"
    folder.mkdir()
    whole = (photos / "pets" / "small cat.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[:-2])
    (folder / "whole.jpg").write_bytes(whole)
    index = ("index", folder, "--library", library, "--jobs", "1")
    status, _, errors = run(capsys, *index)
    assert status == 0
    assert f"{folder.as_posix()}/cut.jpg: The end of this JPEG file is missing" in errors
    assert "1 picture is damaged, but could be opened. Search for is:damaged." in errors
    assert run(capsys, "search", "is:damaged", "--library", library)[1] == f"{folder / 'cut.jpg'}\n"
    assert "damaged" not in run(capsys, *index)[2]  # nothing is analysed


def test_index_opens_archives(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive, path = tmp_path / "photos.zip", tmp_path / "lib.sqlite"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.write(photos / "cup.png", "in/cup.png")
    assert run(capsys, "index", archive, "--library", path, "--jobs", "1")[0] == 0
    assert run(capsys, "search", "coffee", "--library", path)[1] == f"{archive}/in/cup.png\n"


def test_index_in_processes_sees_the_same(photos: Path, indexed: Path, tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as library:
        report = index(library, Walk([photos]), jobs=2)
    assert report.counts["failed"] == 1
    assert contents(path) == contents(indexed)


def test_a_picture_that_kills_its_process_does_not_stop_the_rest(photos: Path, tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from onsight.tools.organise.commands import indexing

def look(engine, detect, source):
    if source.name == "cup.png":
        os._exit(9)
    return original(engine, detect, source)

original, indexing._look = indexing._look, look
if __name__ == "__main__":
    from onsight.library.database import Library
    from onsight.library.files import Walk
    with Library.open(sys.argv[2]) as library:
        print(indexing.index(library, Walk([sys.argv[1]]), jobs=2).counts)
"""
    script, path = tmp_path / "deadly.py", tmp_path / "lib.sqlite"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, script, photos, path], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    with Library.open(path) as library:
        # A crash may not happen again, so it is reported but not recorded for the file.
        assert [row["name"] for row in store.failures(library)] == ["broken.jpg"]
        assert len(search.find(library)) == 3
    assert "'failed': 2" in done.stdout
    with Library.open(path) as library:
        assert index(library, Walk([str(photos)])).counts == {
            "seen": 1, "unchanged": 3, "moved": 0, "copied": 0, "failed": 1
        }  # fmt: skip


DYING = """
import os, sys
from onsight.tools.organise.commands import indexing

def begin(models, detect):
    os._exit(9)

indexing._begin_worker = begin
if __name__ == "__main__":
    from onsight.cli.main import main
    sys.exit(main(["index", sys.argv[1], "--library", sys.argv[2], "--jobs", "2"]))
"""


def test_processes_that_cannot_start_are_no_failure_of_the_pictures(photos: Path, tmp_path: Path) -> None:
    script, path = tmp_path / "dying.py", tmp_path / "lib.sqlite"
    script.write_text(DYING)
    done = subprocess.run(
        [sys.executable, script, photos, path], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "end as soon as they start" in done.stderr
    assert "Traceback" not in done.stderr
    with Library.open(path) as library:
        assert store.failures(library) == []
        counts = index(library, Walk([str(photos)])).counts
        assert (counts["seen"], counts["copied"], counts["failed"]) == (3, 1, 1)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("a bug")])
def test_a_fault_of_ours_is_told_and_not_recorded(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    with Library.open(tmp_path / "lib.sqlite") as library:
        with monkeypatch.context() as patch:
            patch.setattr(Engine, "index", fail)
            report = index(library, Walk([str(photos / "cup.png")]))
            assert [one.code for one in report.failed] == [
                "out_of_memory" if isinstance(error, MemoryError) else "internal"
            ]
        assert store.failures(library) == []
        assert index(library, Walk([str(photos / "cup.png")])).counts["seen"] == 1


def test_a_killed_index_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with Image.open(io.BytesIO(sample("chelsea"))) as image:
        for number in range(24):
            turned = image.rotate(number * 3).resize((200 + number, 150))
            (folder / f"{number:02}.jpg").write_bytes(encode(turned, "JPEG"))
    whole, broken = tmp_path / "whole.sqlite", tmp_path / "broken.sqlite"
    command = [sys.executable, "-m", "onsight", "index", str(folder), "--quiet", "--library"]
    assert subprocess.run([*command, str(whole), "--jobs", "1"], check=False).returncode == 0
    with subprocess.Popen([*command, str(broken), "--jobs", "2"]) as process:
        while images(broken) < 3:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    interrupted = images(broken)
    assert 3 <= interrupted < 24
    assert subprocess.run([*command, str(broken), "--jobs", "2"], check=False).returncode == 0
    assert contents(broken) == contents(whole)
    assert len(os.listdir(tmp_path)) == 3


# --- search, tags, duplicates --------------------------------------------------------------------------------


def test_search_prints_paths_facts_or_json(photos: Path, indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = ("--library", indexed)
    status, out, _ = run(capsys, "search", "cat -name:copy", "--order", "name", *library)
    assert (status, out.splitlines()) == (0, [f"{photos}/pets/cat.png", f"{photos}/pets/small cat.jpg"])
    status, out, _ = run(capsys, "search", "coffee", "--json", *library)
    line = json.loads(out)
    assert (line["path"], line["label"], line["category"]) == (f"{photos}/cup.png", "Coffee", "Food & drink")
    assert {"name", "group", "score", "source"} == set(line["tags"][0])
    assert "Coffee · " in run(capsys, "search", "coffee", "--long", *library)[1]
    assert run(capsys, "search", "coffee", "-0", *library)[1] == f"{photos}/cup.png\0"
    assert run(capsys, "search", "--count", *library)[1] == "4\n"
    assert "category:=pets" in run(capsys, "search", "--facets", *library)[1].lower()
    assert run(capsys, "search", "unicorn", *library)[:2] == (1, "")
    assert len(run(capsys, "search", "--limit", "2", *library)[1].splitlines()) == 2


def test_search_points_at_what_is_wrong(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "search", "dog", "colour:bleu", "--library", indexed)
    assert (status, out) == (2, "")
    assert err == "onsight: There is no colour “bleu”. Did you mean blue?\n  dog colour:bleu\n             ^^^^\n"


def test_search_needs_a_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "search", "dog", "--library", tmp_path / "none.sqlite")
    assert status == 2
    assert "There is no library" in err
    assert not list(tmp_path.iterdir())


def test_searches_are_remembered(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "search", "cat", "OR", "dog", "--save", "Pets", "--library", copied)[0] == 0
    assert run(capsys, "search", "--saved", "--library", copied)[1] == "Pets: cat OR dog\n"


def test_tags_are_changed_and_undone(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = ("--library", copied)
    assert run(capsys, "tags", "add", "Kitty", "Home", "--query", "cat", *library)[1] == (
        "Add “Kitty”, “Home”: 3 pictures changed\n"
    )
    assert run(capsys, "tags", "rename", "Kitty", "Tom", *library)[0] == 0
    assert run(capsys, "search", "user:tom", "--count", *library)[1] == "3\n"
    assert run(capsys, "tags", "remove", "Tom", "--query", "name:copy", *library)[0] == 0
    assert run(capsys, "search", "user:tom", "--count", *library)[1] == "2\n"
    assert run(capsys, "tags", "reject", "Cat", *library)[0] == 0
    assert run(capsys, "search", "label:cat", "--count", *library)[1] == "0\n"
    for count in ("3", "3"):
        assert run(capsys, "tags", "undo", *library)[0] == 0
        assert run(capsys, "search", "label:cat", "--count", *library)[1] == f"{count}\n"
    assert run(capsys, "search", "user:tom", "--count", *library)[1] == "3\n"
    assert run(capsys, "tags", "redo", *library)[1] == "Remove “Tom”: 1 picture changed\n"
    assert "Reject “Cat”: 3 pictures changed (undone)" in run(capsys, "tags", "history", *library)[1]
    assert run(capsys, "tags", "add", " ", "--query", "cat", *library, expect_exit=True)[0] == 2


def test_duplicates_are_grouped_the_best_first(photos: Path, indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = ("--library", indexed)
    status, out, _ = run(capsys, "duplicates", "exact", "--json", *library)
    assert status == 0
    assert json.loads(out) == {
        "keep": f"{photos}/pets/cat.png",
        "reason": "not named as a copy",
        "others": [f"{photos}/copy of cat.png"],
        "turns": [""],
    }
    _, out, _ = run(capsys, "duplicates", "--json", *library)
    group = json.loads(out)
    assert len(group["others"]) == 2
    assert group["others"][-1] == f"{photos}/pets/small cat.jpg"
    _, out, _ = run(capsys, "duplicates", *library)
    assert out.endswith("1 group, 2 pictures not marked to keep\n")
    _, out, _ = run(capsys, "duplicates", "--like", photos / "pets" / "small cat.jpg", *library)
    assert len(out.splitlines()) == 2
    assert run(capsys, "duplicates", "exact", "--query", "coffee", *library)[0] == 1


class Terminal(io.StringIO):
    """An error stream that a person watches."""

    def isatty(self) -> bool:
        return True

    def reconfigure(self, **options: object) -> None:
        pass


def test_index_shows_a_bar_to_a_person(photos: Path, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    main(["index", str(photos), "--library", str(copied), "--jobs", "1"])
    assert "100%" in terminal.getvalue()
    assert "5/5" in terminal.getvalue()
    assert "pictures/s" in terminal.getvalue()
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    main(["index", str(photos), "--library", str(copied), "--jobs", "1"])
    assert "pip install 'onsight[progress]'" in terminal.getvalue()


# --- sort ----------------------------------------------------------------------------------------------------


def test_sort_shows_a_plan_and_writes_nothing(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    status, printed, err = run(capsys, "sort", photos, "--to", out, "--jobs", "1", "--quiet")
    assert status == 1  # one is broken
    assert f"{photos}/cup.png → {out}/Food & drink/cup.png" in printed.splitlines()
    assert "Pets: 3" in err
    assert "Nothing was written" in err
    assert not list(tmp_path.iterdir())


def test_sort_copies_by_rules_with_a_library(
    photos: Path, copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "search", "coffee", "--save", "Drinks", "--library", copied)
    arguments = (
        "sort",
        photos,
        "--rule",
        "Cats=cat",
        "--rule",
        "@drinks",
        "--library",
        copied,
        "--jobs",
        "1",
        "--quiet",
    )
    assert run(capsys, *arguments, "--name", "{label} {n}", "--copy", "--to", tmp_path / "out")[0] == 1
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert written == ["Cats/Cat 1.png", "Cats/Cat 2.png", "Cats/Cat 3.jpg", "Drinks/Coffee 1.png"] or written == [
        "Cats/Cat 1.jpg",
        "Cats/Cat 2.png",
        "Cats/Cat 3.png",
        "Drinks/Coffee 1.png",
    ]
    assert run(capsys, *arguments, "--zip", tmp_path / "out.zip")[0] == 1
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 4
    assert run(capsys, *arguments, "--zip", tmp_path / "out.zip")[0] == 2  # it is there


@pytest.mark.parametrize(
    "arguments",
    [
        ("--by", "size"),
        ("--name", "../x"),
        ("--rule", "dog"),
        ("--rule", "a/b=dog"),
        ("--by", "rule"),
        ("--rule", "@x"),
    ],
)
def test_sort_refuses_what_makes_no_sense_before_the_long_work(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str]
) -> None:
    status, _, err = run(capsys, "sort", photos, "--to", tmp_path, *arguments, expect_exit=True)
    assert status == 2
    assert "analysed" not in err


# --- export --------------------------------------------------------------------------------------------------


def test_export_prints_one_file_or_writes_several(
    photos: Path, indexed: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", "--format", "json", "--query", "coffee", "--library", str(indexed)]) == 0
    (picture,) = json.loads(capfdbinary.readouterr().out)["pictures"]
    assert picture["path"] == "cup.png"  # below the folder that was indexed
    out = ["--out", str(tmp_path / "out"), "--library", str(indexed)]
    assert main(["export", "--format", "html", *out]) == 0
    assert main(["export", "--format", "csv", *out]) == 0
    assert sorted(os.listdir(tmp_path / "out")) == ["contact-sheet.html", "pictures.csv"]
    with pytest.raises(SystemExit):
        main(["export", "--format", "html", "--library", str(indexed)])


def test_export_writes_sidecars_beside_and_keywords_into_copies(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, path, out = tmp_path / "in", tmp_path / "lib.sqlite", tmp_path / "out"
    folder.mkdir()
    for name in ("cup.png", "pets/small cat.jpg"):
        shutil.copy(photos / name, folder)
    (folder / "cup.png.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>'
    )
    run(capsys, "index", folder, "--library", path, "--jobs", "1")
    run(capsys, "tags", "add", "Mine", "--query", "", "--library", path)
    before = (folder / "cup.png").read_bytes()
    assert run(capsys, "export", "--format", "sidecars", "--library", path)[0] == 0
    assert {"Mine", "Cat"} <= set(read((folder / "small cat.jpg.xmp").read_bytes()).subjects)
    merged = (folder / "cup.png.xmp").read_text(encoding="utf-8")
    assert 'xmp:Rating="5"' in merged
    assert "Mine" in merged
    arguments = ("export", "--format", "keywords", "--out", out, "--library", path)
    assert run(capsys, *arguments)[0] == 0
    for name in ("cup.png", "small cat.jpg"):
        packet = find_packet((out / name).read_bytes())
        assert packet is not None
        assert "Mine" in read(packet).subjects
    assert (folder / "cup.png").read_bytes() == before
    assert run(capsys, *arguments)[0] == 0  # nothing is overwritten: the copies get numbers
    assert sorted(os.listdir(out)) == ["cup (2).png", "cup.png", "small cat (2).jpg", "small cat.jpg"]


def test_another_file_at_a_place_is_never_taken_for_the_picture_that_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, library = tmp_path / "card" / "1.jpg", tmp_path / "lib.sqlite"
    path.parent.mkdir()
    path.write_bytes(sample("chelsea"))
    index = ("index", path.parent, "--library", library, "--jobs", "1")
    assert run(capsys, *index)[0] == 0
    run(capsys, "tags", "add", "Grandma", "--query", "cat", "--library", library)
    path.write_bytes(sample("coffee"))
    status, _, errors = run(capsys, *index)
    assert status == 0
    assert "1 picture is missing now" in errors
    of = ("user:grandma", "--library", library)
    assert run(capsys, "search", *of)[1] == f"{path}  (missing: replaced by another file)\n"
    assert run(capsys, "search", "-0", *of)[1] == ""
    assert json.loads(run(capsys, "search", "--json", *of)[1])["missing"]
    for format in ("sidecars", "keywords"):
        out = tmp_path / format
        export = ("export", "--format", format, "--out", out, "--query", "user:grandma", "--library", library)
        status, _, errors = run(capsys, *export)
        assert status == 1
        assert "0 pictures written" in errors
    assert os.listdir(path.parent) == ["1.jpg"]
    # A file that has changed since it was indexed may be another picture, too.
    path.write_bytes(sample("rocket"))
    status, _, errors = run(capsys, "export", "--format", "sidecars", "--query", "NOT is:missing", "--library", library)
    assert status == 1
    assert "Index its folder again" in errors
    assert os.listdir(path.parent) == ["1.jpg"]
