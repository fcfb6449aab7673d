"""onsight.files.writing: whole or not at all, and never over a file that is there."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onsight.errors import UnwritableFileError
from onsight.files import writing
from onsight.files.writing import replace, write_all, write_free, write_new

needs_links = pytest.mark.skipif(sys.platform == "emscripten", reason="there are no hard links")


@pytest.fixture(params=["links", "no links"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder on a disk that knows hard links, and on one that does not."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(writing, "link", refuse)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_new_file_is_written_and_dated(disk: Path) -> None:
    write_new(disk / "in" / "a.txt", [b"one", b"two"], mtime_ns=10**18)
    assert tree(disk) == {"in/a.txt": b"onetwo"}
    assert (disk / "in" / "a.txt").stat().st_mtime_ns == 10**18


def test_what_is_there_stays(disk: Path) -> None:
    (disk / "a.txt").write_bytes(b"precious")
    with pytest.raises(UnwritableFileError, match="already exists; nothing was overwritten"):
        write_new(disk / "a.txt", b"new")
    assert write_free(disk / "a.txt", b"new") == disk / "a-2.txt"
    assert write_free(disk / "a.txt", b"newer") == disk / "a-3.txt"
    assert tree(disk) == {"a.txt": b"precious", "a-2.txt": b"new", "a-3.txt": b"newer"}


@needs_links
@pytest.mark.parametrize("leads_somewhere", [True, False])
def test_links_are_not_followed(disk: Path, leads_somewhere: bool) -> None:
    if leads_somewhere:
        (disk / "elsewhere").write_bytes(b"precious")
    (disk / "a.txt").symlink_to(disk / "elsewhere")
    with pytest.raises(UnwritableFileError, match="already"):
        write_new(disk / "a.txt", b"new")
    assert write_free(disk / "a.txt", b"new") == disk / "a-2.txt"
    assert (disk / "elsewhere").exists() is leads_somewhere
    assert (disk / "a.txt").is_symlink()


def test_a_file_that_comes_at_the_last_moment_stays(disk: Path) -> None:
    def pieces() -> Iterator[bytes]:
        (disk / "a.txt").write_bytes(b"precious")
        yield b"new"

    with pytest.raises(UnwritableFileError, match="already"):
        write_new(disk / "a.txt", pieces())
    assert tree(disk) == {"a.txt": b"precious"}


def test_a_full_disk_leaves_no_half_file(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_sync", full)
    for write in (write_new, write_free):
        with pytest.raises(UnwritableFileError, match="the disk is full"):
            write(disk / "a.txt", b"new")
    (disk / "b.txt").write_bytes(b"old")
    with pytest.raises(UnwritableFileError, match="the disk is full"):
        replace(disk / "b.txt", b"old", b"new")
    assert tree(disk) == {"b.txt": b"old"}


@pytest.mark.skipif(sys.platform in ("win32", "emscripten"), reason="needs limits of processes")
def test_a_limit_of_the_system_leaves_no_half_file(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(UnwritableFileError, match="larger than the disk allows"):
            write_new(tmp_path / "a.bin", b"x" * 100_000)
        with pytest.raises(UnwritableFileError, match="larger than the disk allows"):
            write_all(tmp_path / "out", [("a", b"x"), ("b", b"x" * 100_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_told(disk: Path) -> None:
    (disk / "out").write_bytes(b"precious")
    for write in (write_new, write_free):
        with pytest.raises(UnwritableFileError, match="cannot be a folder"):
            write(disk / "out" / "a.txt", b"new")
    with pytest.raises(UnwritableFileError, match="cannot be a folder"):
        write_all(disk / "out", [("a.txt", b"new")])
    (disk / "b.txt").mkdir()
    with pytest.raises(UnwritableFileError, match="already"):
        write_new(disk / "b.txt", b"new")
    assert tree(disk) == {"out": b"precious"}


def test_names_are_made_such_that_every_system_takes_them(disk: Path) -> None:
    assert write_free(disk / "aux.jpg", b"1").name == "aux_.jpg"
    long = write_free(disk / f"{'犬' * 85}-enhanced.jpg", b"2").name
    assert len(long.encode()) <= 255
    assert long.endswith("犬.jpg")


def test_an_export_is_written_as_a_whole_or_not_at_all(disk: Path) -> None:
    files = [("labels/a.txt", [b"1"]), ("labels/b.txt", [b"2", b"3"])]
    assert write_all(disk / "out", files) == [disk / "out/labels/a.txt", disk / "out/labels/b.txt"]
    assert write_all(disk / "out", files)  # the same again
    before = tree(disk)
    with pytest.raises(UnwritableFileError, match=r"labels/b\.txt already exists; nothing was written"):
        write_all(disk / "out", [("labels/c.txt", b"new"), ("labels/b.txt", b"new")])
    assert tree(disk) == before == {"out/labels/a.txt": b"1", "out/labels/b.txt": b"23"}


def test_a_single_file_of_an_export_gets_a_free_name(disk: Path) -> None:
    (disk / "a.csv").write_bytes(b"precious")
    assert write_all(disk, [("a.csv", b"new")]) == [disk / "a-2.csv"]
    assert write_all(disk, [("a.csv", b"new")]) == [disk / "a-2.csv"]
    assert write_all(disk, [("a.csv", b"newer")]) == [disk / "a-3.csv"]
    assert write_all(disk / "nothing", []) == []
    assert sorted(tree(disk)) == ["a-2.csv", "a-3.csv", "a.csv"]
    assert not (disk / "nothing").exists()


def test_an_export_that_breaks_off_leaves_nothing(disk: Path) -> None:
    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"1"
        raise UnwritableFileError("Broken off.")

    with pytest.raises(UnwritableFileError, match="Broken off"):
        write_all(disk / "out", files())
    assert list(disk.iterdir()) == []


def test_an_export_never_leaves_its_folder_and_shortens_long_names(disk: Path) -> None:
    long = f"{'犬' * 85}.jpg.xmp"
    written = write_all(disk / "out", [("../../evil", b"1"), (long, b"2"), (f"{long[:-4]}2.xmp", b"3")])
    assert len(written) == 3
    assert all(path.resolve().is_relative_to(disk / "out") for path in written)
    assert sorted(tree(disk / "out").values()) == [b"1", b"2", b"3"]


def test_replacing_refuses_what_another_program_wrote_meanwhile(disk: Path) -> None:
    (disk / "a.xmp").write_bytes(b"old")
    replace(disk / "a.xmp", b"old", b"new")
    with pytest.raises(UnwritableFileError, match="Another program has changed"):
        replace(disk / "a.xmp", b"old", b"newer")
    with pytest.raises(UnwritableFileError, match="already"):
        replace(disk / "a.xmp", None, b"newer")
    assert tree(disk) == {"a.xmp": b"new"}


@pytest.mark.skipif(sys.platform in ("win32", "emscripten"), reason="needs permissions")
def test_a_folder_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/onsight/a.txt")  # root may write anywhere but here
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "a.txt"
    with pytest.raises(UnwritableFileError, match="could not be written"):
        write_new(target, b"new")
