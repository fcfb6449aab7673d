"""onsight.library.import_session and .files: what must be looked at, and where pictures are found."""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onsight import errors
from onsight.errors import CorruptImageError, Fault, OnsightError, UnreadableFileError
from onsight.library import edits, store
from onsight.library.archives import MAX_BYTES
from onsight.library.database import Library
from onsight.library.files import Walk, is_there, read_picture
from onsight.library.import_session import ImportSession, Outcome
from onsight.library.records import PictureRecord, Source
from tests.library_samples import MODELS, filled, look, source

OLD, NEW = 1_600_000_000_000_000_000, 1_700_000_000_000_000_000


def seen(data: bytes) -> PictureRecord:
    """A look at a file with these bytes."""
    made = look()
    object.__setattr__(made, "hash", hashlib.sha256(data).hexdigest())
    return made


def file(path: str, data: bytes, mtime_ns: int = OLD) -> Source:
    return source(path, len(data), mtime_ns)


def reading(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def unread() -> bytes:
    raise AssertionError("this file need not be read")


@pytest.fixture
def library() -> Iterator[Library]:
    with filled({}) as library:
        yield library


def begin(library: Library, **options: object) -> ImportSession:
    return ImportSession(library, MODELS, **options)  # type: ignore[arg-type]


def test_a_new_file_is_looked_at_and_then_known_without_reading_it(library: Library) -> None:
    with library:
        session, cat = begin(library), file("a/cat.jpg", b"cat")
        assert session.known(cat, unread) is None
        assert session.accept(cat, seen(b"cat")) == Outcome(cat, "seen", 1)
        assert begin(library).known(cat, unread) == Outcome(cat, "unchanged", 1)


def test_a_file_that_was_only_touched_is_compared_and_not_looked_at(library: Library) -> None:
    with library:
        begin(library).accept(file("a/cat.jpg", b"cat"), seen(b"cat"))
        touched = file("a/cat.jpg", b"cat", NEW)
        assert begin(library).known(touched, reading(b"cat")) == Outcome(touched, "unchanged", 1)
        assert begin(library).known(touched, unread) == Outcome(touched, "unchanged", 1)


def test_a_file_that_was_changed_is_looked_at_again(library: Library) -> None:
    with library:
        begin(library).accept(file("a/cat.jpg", b"cat"), seen(b"cat"))
        assert begin(library).known(file("a/cat.jpg", b"larger"), unread) is None
        assert begin(library).known(file("a/cat.jpg", b"dog", NEW), reading(b"dog")) is None


def test_a_moved_file_keeps_its_tags(library: Library) -> None:
    with library:
        begin(library).accept(file("a/cat.jpg", b"cat"), seen(b"cat"))
        edits.add_tags(library, [1], ["Mine"])
        moved = file("b/kitty.jpg", b"cat", NEW)
        session = begin(library, exists=lambda known: known.source.folder == "b")
        assert session.known(moved, reading(b"cat")) == Outcome(moved, "moved", 1)
        assert store.find(library, "a", "cat.jpg") is None
        assert [one.name for one in store.tags_of(library, 1)] == ["Mine"]


def test_a_copy_is_known_without_a_look(library: Library) -> None:
    with library:
        begin(library).accept(file("a/cat.jpg", b"cat"), seen(b"cat"))
        copy = file("b/cat.jpg", b"cat")
        assert begin(library).known(copy, reading(b"cat")) == Outcome(copy, "copied", 2)


def test_another_model_or_version_looks_again(library: Library) -> None:
    with library:
        cat = file("a/cat.jpg", b"cat")
        ImportSession(library, {"a": "1", "b": "1"}).accept(cat, seen(b"cat"))
        for models, kind in (({"a": "1"}, "unchanged"), ({"a": "2"}, None), ({"a": "1", "c": "1"}, None)):
            outcome = ImportSession(library, models).known(cat, reading(b"cat"))
            assert (outcome and outcome.kind) == kind


def test_a_broken_file_is_told_again_and_tried_again_when_it_changed_or_is_asked_for(library: Library) -> None:
    with library:
        broken = file("a/cat.jpg", b"broken")
        error = CorruptImageError("Cut short.")
        expected = Outcome(broken, "failed", None, "corrupt_image", "Cut short.")
        assert begin(library).refuse(broken, error) == expected
        assert begin(library).known(broken, unread) == expected
        assert begin(library, retry=True).known(broken, unread) is None
        assert begin(library).known(file("a/cat.jpg", b"whole now"), unread) is None


@pytest.mark.parametrize("code", sorted(errors.CODES))
def test_only_faults_of_the_file_are_recorded(library: Library, code: str) -> None:
    with library:
        cat, error = file("a/cat.jpg", b"cat"), errors.error_of(code, "What happened.")
        if error.fault is Fault.ENGINE:
            with pytest.raises(OnsightError) as raised:
                begin(library).refuse(cat, error)
            assert raised.value is error
        else:
            assert begin(library).refuse(cat, error).kind == "failed"
        assert [row["code"] for row in store.failures(library)] == ([code] if error.fault is Fault.FILE else [])
        assert (begin(library).known(cat, unread) is None) == (error.fault is not Fault.FILE)


def test_another_version_tries_what_this_one_cannot_open(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with library:
        broken = file("a/cat.jpg", b"broken")
        begin(library).refuse(broken, CorruptImageError("Cut short."))
        monkeypatch.setattr(store, "__version__", "99.0")
        assert begin(library).known(broken, unread) is None


# --- files ---------------------------------------------------------------------------------------------------


def names(walk: Walk, root: Path) -> list[str]:
    return [f"{one.source.folder}/{one.source.name}".removeprefix(f"{root.as_posix()}/") for one in walk]


def test_walk_finds_pictures_in_folders_within_folders(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.PNG", "notes.txt", "in/c.webp", "in/deep/d.tiff", ".hidden/e.jpg", ".f.jpg", "empty/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    walk = Walk([tmp_path])
    assert names(walk, tmp_path) == ["a.PNG", "b.jpg", "in/c.webp", "in/deep/d.tiff"]
    assert walk.others == 2
    assert len(list(Walk([tmp_path, tmp_path / "in", tmp_path / "b.jpg"]))) == 4
    (one,) = Walk([tmp_path / "notes.txt"])  # what is named is tried
    assert one.source.size == 5
    assert read_picture(one.source) == b"12345"


def test_walk_goes_round_in_no_circle_and_waits_for_no_pipe(tmp_path: Path) -> None:
    if sys.platform in ("emscripten", "win32"):
        pytest.skip("no pipes here")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "a" / "pipe.jpg")
    (tmp_path / "a" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    found = {one.source.name: one.error for one in Walk([tmp_path])}
    assert set(found) == {"pipe.jpg", "gone.jpg"}
    assert all(found.values())


def test_a_name_that_is_no_text_is_told_and_not_lost(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("names are bytes on Linux alone")
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    (one,) = Walk([tmp_path])
    assert one.source.name == r"caf\udce9.jpg"
    assert isinstance(one.error, UnreadableFileError)


def test_walk_opens_archives(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("b.jpg", "in/a.png", "readme.txt", "__MACOSX/b.jpg", "../../evil.jpg", "in/../../evil.jpg"):
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 29, 12, 0, 0)), name.encode())
    walk = Walk([path])
    assert names(walk, tmp_path) == ["photos.zip/b.jpg", "photos.zip/in/a.png"]
    sources = [one.source for one in Walk([path])]
    assert [read_picture(one) for one in sources] == [b"b.jpg", b"in/a.png"]
    assert [one.size for one in sources] == [5, 8]
    assert sources[0].mtime_ns > 0
    assert is_there(sources[0])
    path.unlink()
    assert not is_there(sources[0])


def test_damaged_and_locked_archives_are_errors_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    (one,) = Walk([path])
    assert one.error is not None
    assert "archive cannot be opened" in one.error.message
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"content" * 100)
    data = bytearray(path.read_bytes())
    at = data.index(b"content")
    data[at] ^= 0xFF
    path.write_bytes(data)
    (one,) = Walk([path])
    with pytest.raises(UnreadableFileError, match="cannot be unpacked"):
        read_picture(one.source)
    data[data.index(b"PK\x01\x02") + 8] |= 1  # says that it is encrypted
    # Another name: an archive that stays open is recognised by its time, which Pyodide knows to the millisecond only.
    locked = tmp_path / "locked.zip"
    locked.write_bytes(data)
    (one,) = Walk([locked])
    with pytest.raises(UnreadableFileError, match="password"):
        read_picture(one.source)


def test_what_is_gone_or_far_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        read_picture(Source(tmp_path.as_posix(), "gone.jpg", 5, 0))
    with pytest.raises(UnreadableFileError, match="larger than"):
        read_picture(Source(tmp_path.as_posix(), "vast.jpg", MAX_BYTES + 1, 0))
