"""onsight.library.sorting: what belongs to a picture goes where the picture goes, and nothing of it is lost."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from onsight.errors import OnsightError
from onsight.files import writing
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.files import names_beside, read_picture, source_of
from onsight.library.records import Source
from onsight.library.sorting import Pattern, Plan, make_plan
from onsight.library.sorting import placing as placing_module
from onsight.library.sorting.placing import carry_out, existing_in
from onsight.library.sorting.zipping import zip_plan
from tests.library_samples import look

FILES = (
    *("IMG_0001.JPG", "IMG_0001.CR2", "IMG_0001.xmp", "IMG_0002.JPG", "IMG_0002.MOV", "IMG_0002.AAE"),
    *("IMG_0003.JPG", "IMG_0003.JPG.xmp", "IMG_0004.JPG", "IMG_0004.JPG.json", "IMG_0005.JPG", "IMG_0005.JPG.XMP"),
)


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"content of {name}".encode())


def known(folder: Path, *, only: tuple[str, ...] = (), labels: dict[str, str] | None = None) -> Library:
    """A library of the pictures in a folder."""
    library = Library.open(":memory:")
    run = store.begin_run(library, {})
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".jpg", ".heic", ".png") and (not only or path.name in only):
            facts, seen = path.stat(), look(category=(labels or {}).get(path.name, "Pets"))
            object.__setattr__(seen, "hash", hashlib.sha256(path.read_bytes()).hexdigest())
            place = Source(path.parent.as_posix(), path.name, facts.st_size, facts.st_mtime_ns)
            store.record(library, place, seen, run)
    return library


def planned(library: Library, to: Path, pattern: str = "{name}") -> Plan:
    images = search.find(library, order="name")
    return make_plan(library, images, pattern=Pattern(pattern), existing=existing_in(to), beside=names_beside)


def sort(library: Library, to: Path, *, move: bool = True, pattern: str = "{name}") -> list[str]:
    plan = planned(library, to, pattern)
    return [error.message for _, error in carry_out(plan, to, move=move, library=library)]


def tree(folder: Path) -> dict[str, str]:
    """The files of a folder, and what each held before it was sorted."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode().removeprefix("content of ")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("move", [False, True])
def test_everything_goes_along(tmp_path: Path, move: bool) -> None:
    fill(tmp_path / "in", *FILES)
    with known(tmp_path / "in") as library:
        assert planned(library, tmp_path / "out").left == ()
        assert sort(library, tmp_path / "out", move=move) == []
        assert tree(tmp_path / "out") == {f"Pets/{name}": name for name in sorted(FILES)}
        assert sorted(tree(tmp_path / "in")) == ([] if move else sorted(FILES))
        # Again, everything is there already.
        assert sort(library, tmp_path / "out", move=move) == []
        assert len(tree(tmp_path / "out")) == len(FILES)


def test_everything_is_renamed_alike(tmp_path: Path) -> None:
    fill(tmp_path / "in", *FILES)
    with known(tmp_path / "in") as library:
        assert sort(library, tmp_path / "out", pattern="cat {n}") == []
    assert tree(tmp_path / "out") == {
        "Pets/cat 1.CR2": "IMG_0001.CR2",
        "Pets/cat 1.JPG": "IMG_0001.JPG",
        "Pets/cat 1.xmp": "IMG_0001.xmp",
        "Pets/cat 2.AAE": "IMG_0002.AAE",
        "Pets/cat 2.JPG": "IMG_0002.JPG",
        "Pets/cat 2.MOV": "IMG_0002.MOV",
        "Pets/cat 3.JPG": "IMG_0003.JPG",
        "Pets/cat 3.JPG.xmp": "IMG_0003.JPG.xmp",
        "Pets/cat 4.JPG": "IMG_0004.JPG",
        "Pets/cat 4.JPG.json": "IMG_0004.JPG.json",
        "Pets/cat 5.JPG": "IMG_0005.JPG",
        "Pets/cat 5.JPG.XMP": "IMG_0005.JPG.XMP",
    }


def test_a_zip_has_everything(tmp_path: Path) -> None:
    fill(tmp_path / "in", *FILES)
    with known(tmp_path / "in") as library:
        plan = planned(library, tmp_path / "out")
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_plan(plan, read_picture, source_of)))) as archive:
        assert sorted(archive.namelist()) == sorted(f"Pets/{name}" for name in FILES)
        assert archive.read("Pets/IMG_0002.MOV") == b"content of IMG_0002.MOV"


def test_out_of_an_archive_comes_everything(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in FILES:
            archive.writestr(f"card/{name}", f"content of {name}")
    with Library.open(":memory:") as library:
        run = store.begin_run(library, {})
        for name in FILES:
            if name.endswith(".JPG"):
                seen, place = look(), source_of(f"{tmp_path}/in.zip/card", name)
                object.__setattr__(seen, "hash", hashlib.sha256(read_picture(place)).hexdigest())
                store.record(library, place, seen, run)
        assert sort(library, tmp_path / "out", move=False) == []
        assert tree(tmp_path / "out") == {f"Pets/{name}": name for name in sorted(FILES)}
        assert sort(library, tmp_path / "out", move=False) == []
        assert len(tree(tmp_path / "out")) == len(FILES)


def test_what_stays_is_named_with_the_reason(tmp_path: Path) -> None:
    fill(tmp_path / "in", "a.JPG", "a.HEIC", "a.MOV", "a.xmp", "a.txt", "b.JPG", "b.doc", "notes.txt")
    with known(tmp_path / "in", only=("a.JPG", "b.JPG")) as library:
        left = {left.name: left.reason for left in planned(library, tmp_path / "out").left}
        assert left == {
            "a.HEIC": "it is a picture itself, and is not among those being sorted",
            "a.MOV": "it also belongs to a.HEIC, which is not being sorted",
            "a.txt": "it does not seem to belong to the picture with the same name",
            "b.doc": "it does not seem to belong to the picture with the same name",
        }
        assert sort(library, tmp_path / "out") == []
    # What a person wrote about both is there for both.
    assert sorted(tree(tmp_path / "out")) == ["Pets/a.JPG", "Pets/a.xmp", "Pets/b.JPG"]
    assert sorted(tree(tmp_path / "in")) == ["a.HEIC", "a.MOV", "a.txt", "a.xmp", "b.doc", "notes.txt"]


@pytest.mark.parametrize("together", [True, False])
def test_two_pictures_that_share_files(tmp_path: Path, together: bool) -> None:
    fill(tmp_path / "in", "a.HEIC", "a.JPG", "a.xmp", "a.MOV", "a.JPG.xmp")
    with known(tmp_path / "in", labels={} if together else {"a.JPG": "Food"}) as library:
        assert sort(library, tmp_path / "out") == []
    assert tree(tmp_path / "in") == {}
    if together:
        assert sorted(tree(tmp_path / "out")) == [f"Pets/a.{end}" for end in ("HEIC", "JPG", "JPG.xmp", "MOV", "xmp")]
    else:
        assert sorted(tree(tmp_path / "out")) == [
            *(f"Food/a.{end}" for end in ("JPG", "JPG.xmp", "xmp")),
            *(f"Pets/a.{end}" for end in ("HEIC", "MOV", "xmp")),
        ]


def test_nothing_is_given_to_another_picture(tmp_path: Path) -> None:
    fill(tmp_path / "in", "1/a.JPG", "1/a.xmp", "2/a.HEIC", "2/a.MOV", "3/a.PNG", "4/a.JPG")
    with known(tmp_path / "in") as library:
        assert sort(library, tmp_path / "out") == []
    stems: dict[str, set[str]] = {}
    for name, before in tree(tmp_path / "out").items():
        stems.setdefault(name.split(".")[0], set()).add(before.split("/")[0])
    assert sorted(map(sorted, stems.values())) == [["1"], ["2"], ["3", "4"]]


@pytest.mark.parametrize("there", ["a.xmp", "a.JPG.xmp", "a.HEIC", "A.MOV"])
def test_what_is_in_the_target_is_not_joined_to_it(tmp_path: Path, there: str) -> None:
    fill(tmp_path / "in", "a.JPG", "a.CR2")
    fill(tmp_path / "out" / "Pets", there)
    with known(tmp_path / "in") as library:
        assert sort(library, tmp_path / "out") == []
    assert sorted(tree(tmp_path / "out")) == sorted([f"Pets/{there}", "Pets/a (2).CR2", "Pets/a (2).JPG"])


def test_a_different_sidecar_is_neither_overwritten_nor_deleted(tmp_path: Path) -> None:
    fill(tmp_path / "in", "a.JPG", "a.JPG.xmp")
    fill(tmp_path / "out" / "Pets", "a.JPG")
    (tmp_path / "out" / "Pets" / "a.JPG.xmp").write_text("another")
    with known(tmp_path / "in") as library:
        (message,) = sort(library, tmp_path / "out")
    assert "a.JPG.xmp cannot be taken along" in message
    assert sorted(tree(tmp_path / "in")) == ["a.JPG", "a.JPG.xmp"]
    assert tree(tmp_path / "out")["Pets/a.JPG.xmp"] == "another"


@pytest.mark.parametrize("links", [True, False])
def test_a_picture_that_has_changed_stays_and_nothing_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        without_links(monkeypatch)
    fill(tmp_path / "in", "a.JPG", "a.xmp")
    with known(tmp_path / "in") as library:
        (tmp_path / "in" / "a.JPG").write_bytes(b"edited")
        (message,) = sort(library, tmp_path / "out")
    assert "has changed since it was indexed, so it was not moved" in message
    assert "copied" not in message
    assert tree(tmp_path / "in") == {"a.JPG": "edited", "a.xmp": "a.xmp"}
    assert tree(tmp_path / "out") == {}


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(placing_module, "link", refuse)
    monkeypatch.setattr(writing, "link", refuse)


class StoppedError(BaseException):
    """Stands in for a process that is killed: nothing is tidied up."""


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("step", range(12))
def test_a_move_that_broke_off_anywhere_loses_nothing_and_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool, step: int
) -> None:
    if links and sys.platform == "emscripten":
        pytest.skip("a file has one name")
    if not links:
        without_links(monkeypatch)
    fill(tmp_path / "in", *FILES[:6], "b.HEIC", "b.JPG", "b.xmp")
    everything = set(tree(tmp_path / "in").values())
    steps = iter(range(1000))
    copy, unlink = placing_module._copy, Path.unlink
    is_dead = False

    def checked() -> None:
        nonlocal is_dead
        is_dead = is_dead or next(steps) >= step
        if is_dead:
            raise StoppedError

    def copied(*arguments: object, **options: object) -> None:
        checked()
        copy(*arguments, **options)  # type: ignore[arg-type]  # passed on

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if not path.name.endswith(".part"):
            checked()
        unlink(path, missing_ok=missing_ok)

    with known(tmp_path / "in") as library:
        with monkeypatch.context() as patch:
            patch.setattr(placing_module, "_copy", copied)
            patch.setattr(Path, "unlink", unlinked)
            with pytest.raises(StoppedError):
                sort(library, tmp_path / "out")
        assert set(tree(tmp_path).values()) == everything
        places = library.connection.execute("SELECT folder, name FROM image").fetchall()
        assert all((Path(row["folder"]) / row["name"]).is_file() for row in places)
        # The library may not have heard of the last move: it is indexed again.
        with known(tmp_path / "in") as library:
            assert sort(library, tmp_path / "out") == []
    assert tree(tmp_path / "in") == {}
    assert set(tree(tmp_path / "out").values()) == everything
    assert len({name.split(".")[0] for name in tree(tmp_path / "out")}) <= 4


def test_a_file_that_cannot_leave_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "in", "a.JPG", "a.xmp")
    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path == tmp_path / "in" / "a.JPG":
            raise PermissionError(errno.EACCES, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    with known(tmp_path / "in") as library, monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        (message,) = sort(library, tmp_path / "out")
    assert "you may not" in message
    assert {"a.JPG", "a.xmp"} <= set(tree(tmp_path).values())
    assert tree(tmp_path / "out") == {"Pets/a.JPG": "a.JPG", "Pets/a.xmp": "a.xmp"}


def test_a_companion_that_is_gone_is_told_in_a_copy(tmp_path: Path) -> None:
    fill(tmp_path / "in", "a.JPG", "a.xmp")
    with known(tmp_path / "in") as library:
        plan = planned(library, tmp_path / "out")
        os.unlink(tmp_path / "in" / "a.xmp")
        ((_, error),) = carry_out(plan, tmp_path / "out")
    assert isinstance(error, OnsightError)
    assert "no longer exists" in error.message
    assert tree(tmp_path / "out") == {}
