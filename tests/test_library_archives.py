"""onsight.library.archives: names and times of files in ZIP archives, whatever program made them."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from onsight.errors import UnreadableFileError
from onsight.files.zipping import zip_stream
from onsight.library import archives as archives_module
from onsight.library import edits, store
from onsight.library.archives import Archive, OpenArchives, written_ns
from onsight.library.database import Library
from onsight.library.files import Walk, is_its_own, is_there, names_beside, read_picture
from onsight.library.import_session import ImportSession
from onsight.library.records import Source
from onsight.library.zip_names import guess_code_page, member_names
from tests.library_samples import look

NOON = (2024, 7, 1, 12, 0, 0)


def zip_of(*names: bytes, flag: bool = False, extra: bytes = b"", moment: tuple[int, ...] = NOON) -> bytes:
    """A ZIP archive with names that are bytes; each file holds its place in the archive."""
    # The module writes cp437 or UTF-8 alone: other names are put in afterwards.
    written = [
        name.decode() if name.isascii() else chr(ord("A") + index) * len(name) for index, name in enumerate(names)
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for index, name in enumerate(written):
            entry = zipfile.ZipInfo(name, moment)  # type: ignore[arg-type]  # six numbers
            entry.extra = extra
            archive.writestr(entry, str(index))
    data = packed.getvalue()
    for stand_in, real in zip(written, names, strict=True):
        data = data.replace(stand_in.encode(), real)
    if flag:
        data = data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x00\x08")
        data = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x08")
    return data


def names_in(data: bytes) -> list[str]:
    return list(Archive(io.BytesIO(data)).members)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("flag", [True, False])
def test_names_in_utf_8_need_no_flag(flag: bool, form: Literal["NFC", "NFD"]) -> None:
    names = [unicodedata.normalize(form, name).encode() for name in ("Fotos/Häuschen.jpg", "Fotos/東京タワー.jpg")]
    assert names_in(zip_of(*names, flag=flag)) == ["Fotos/Häuschen.jpg", "Fotos/東京タワー.jpg"]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp850", ["Fotos/Häuschen.jpg"]), ("cp437", ["Ägypten.jpg"]), ("cp1252", ["Fotos/Häuschen.jpg"]),
        ("cp850", ["été à la mer.jpg", "Café.jpg"]), ("cp1252", ["été à la mer.jpg"]), ("cp850", ["Smørrebrød.jpg"]),
        ("cp1252", ["Smørrebrød.jpg"]), ("cp850", ["São João.jpg"]), ("cp850", ["España/niño.jpg"]),
        ("cp1252", ["España/niño.jpg"]), ("cp850", ["Straße.jpg"]), ("cp1252", ["Straße.jpg"]),
        ("cp1252", ["Weihnachten – Oma.jpg"]), ("cp852", ["Łódź.jpg"]), ("cp852", ["Příliš žluťoučký kůň.jpg"]),
        ("cp866", ["Фото/Ёлка.jpg"]), ("cp1251", ["Фото/Ёлка.jpg"]), ("cp866", ["Новый год.jpg"]),
        ("cp737", ["Ελλάδα.jpg"]), ("cp932", ["写真.jpg"]), ("cp932", ["東京タワー.jpg"]),
        ("cp932", ["夜景/ガンダム.png"]),
        ("gbk", ["照片/北京.jpg"]), ("gbk", ["夏天.jpg"]), ("big5", ["相片/台北.jpg"]), ("cp949", ["제주도 여행.jpg"]),
        ("cp949", ["사진.jpg"]),
    ],
)  # fmt: skip
def test_names_in_code_pages_are_recognised(page: str, names: list[str]) -> None:
    coded = [name.encode(page) for name in names]
    assert [name.decode(guess_code_page(coded)) for name in coded] == names
    assert sorted(names_in(zip_of(*coded))) == sorted(names)


def test_the_unicode_path_field_goes_first() -> None:
    raw = b"Fotos/H?uschen.jpg"
    name = "Fotos/Häuschen.jpg".encode()
    field = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name
    assert names_in(zip_of(raw, extra=struct.pack("<HH", 0x7075, len(field)) + field)) == ["Fotos/Häuschen.jpg"]
    stale = b"\x01" + struct.pack("<I", 1) + name
    assert names_in(zip_of(raw, extra=struct.pack("<HH", 0x7075, len(stale)) + stale)) == ["Fotos/H?uschen.jpg"]


def test_backslashes_are_folders_and_nothing_leads_out() -> None:
    names = [rb"Fotos\in\a.jpg", b"/b.jpg", rb"C:\c.jpg", rb"..\..\d.jpg", b"in/../../e.jpg", b"./f.jpg", b"g//h.jpg"]
    assert names_in(zip_of(*names)) == ["Fotos/in/a.jpg", "b.jpg", "c.jpg", "f.jpg", "g/h.jpg"]


def test_files_of_one_name_are_told_apart_and_the_last_keeps_it() -> None:
    archive = Archive(io.BytesIO(zip_of(b"in/a.jpg", b"in/b.jpg", b"in\\a.jpg")))
    assert {name: archive.read(name) for name in archive.members} == {
        "in/a (2).jpg": b"0",
        "in/b.jpg": b"1",
        "in/a.jpg": b"2",
    }


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be changed here")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_noon_stays_noon(zone: str, tmp_path: Path) -> None:
    noon = int(time.mktime((*NOON, 0, 0, -1)))
    data = b"".join(zip_stream([("a.jpg", noon * 10**9 + 123_456_789, b"one")]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (member,) = archive.infolist()
    assert member.date_time == NOON
    assert written_ns(member) == noon * 10**9


def test_moments_in_utc_go_before_the_clock_on_the_wall(zone: str) -> None:
    moment = int(datetime(2024, 7, 1, 10, 0, 1, tzinfo=UTC).timestamp())
    stamp = struct.pack("<HHBi", 0x5455, 5, 1, moment)
    unix = struct.pack("<HHii", 0x5855, 8, 0, moment)
    ticks = (moment + 11_644_473_600) * 10_000_000
    ntfs = struct.pack("<HHIHHQQQ", 0x000A, 32, 0, 1, 24, ticks, 0, 0)
    for extra in (stamp, unix, ntfs):
        with zipfile.ZipFile(io.BytesIO(zip_of(b"a.jpg", extra=extra))) as archive:
            assert written_ns(archive.infolist()[0]) == moment * 10**9
    for broken in (struct.pack("<HHB", 0x5455, 1, 1), struct.pack("<HHI", 0x000A, 4, 0)):
        with zipfile.ZipFile(io.BytesIO(zip_of(b"a.jpg", extra=broken))) as archive:
            assert written_ns(archive.infolist()[0]) == int(time.mktime((*NOON, 0, 0, -1))) * 10**9


@pytest.mark.parametrize("moment", [(1980, 0, 0, 0, 0, 0), (2024, 13, 1, 0, 0, 0), (2024, 2, 30, 0, 0, 0)])
def test_impossible_dates_are_none(moment: tuple[int, ...]) -> None:
    member = zipfile.ZipInfo("a.jpg")
    member.date_time = moment  # type: ignore[assignment]  # such archives exist
    assert written_ns(member) == 0


def test_an_archive_is_opened_once_and_again_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0

    class Counted(Archive):
        def __init__(self, file: str) -> None:
            nonlocal opened
            opened += 1
            super().__init__(file)

    monkeypatch.setattr(archives_module, "Archive", Counted)
    path = tmp_path / "photos.zip"
    path.write_bytes(zip_of(*(f"{n:04}.jpg".encode() for n in range(300))))
    sources = [file.source for file in Walk([path])]
    assert len(sources) == 300
    for source in sources:
        assert read_picture(source) == str(int(source.name[:4])).encode()
        assert is_there(source)
    assert opened == 1
    path.write_bytes(zip_of(b"new.jpg"))
    assert not is_there(sources[0])
    with pytest.raises(UnreadableFileError, match="no longer contains"):
        read_picture(sources[0])
    assert names_beside(path.as_posix()) == ["new.jpg"]
    assert opened == 2


def test_few_archives_are_open_at_a_time(tmp_path: Path) -> None:
    open_archives = OpenArchives(limit=2)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.zip").write_bytes(zip_of(b"1.jpg"))
        open_archives.at(tmp_path / f"{name}.zip")
    assert len(open_archives._open) == 2
    assert open_archives.at(tmp_path / "a.zip").read("1.jpg") == b"0"
    (tmp_path / "a.zip").unlink()
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        open_archives.at(tmp_path / "a.zip")


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    locked = bytearray(zip_of(b"a.jpg"))
    for at, signature in ((6, b"PK\x03\x04"), (8, b"PK\x01\x02")):
        locked[locked.index(signature) + at] |= 1
    with pytest.raises(UnreadableFileError, match="password"):
        Archive(io.BytesIO(bytes(locked))).read("a.jpg")
    whole = zip_of(b"a.jpg", b"b.jpg")
    for broken in (b"", b"PK\x03\x04", whole[: len(whole) // 2], whole[:60] + whole[-30:]):
        with pytest.raises(UnreadableFileError, match="archive cannot be opened"):
            Archive(io.BytesIO(broken))
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", whole)
        archive.writestr("a.jpg", b"1")
    files = {file.source.name: file.error for file in Walk([outer])}
    assert files["a.jpg"] is None
    assert "inside another archive" in files["inner.zip"].message  # type: ignore[union-attr]  # it is one


def test_a_library_that_knew_wrong_names_keeps_its_pictures_and_their_tags(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(zip_of("Häuschen.jpg".encode()))
    (found,) = [file.source for file in Walk([path])]
    wrong = Source(found.folder, "Häuschen.jpg".encode().decode("cp437"), found.size, found.mtime_ns)
    assert read_picture(wrong) == read_picture(found)
    assert not is_there(wrong)
    with Library.open(":memory:") as library:
        image = store.record(library, wrong, look(content="0"), store.begin_run(library, {}))
        edits.add_tags(library, [image], ["Grandma"])
        session = ImportSession(library, {}, exists=lambda known: is_its_own(known.source, known.hash))
        outcome = session.known(found, lambda: read_picture(found))
        assert outcome is not None
        assert (outcome.kind, outcome.image) == ("moved", image)
        assert [tag.name for tag in store.tags_of(library, image)] == ["Grandma"]


def test_another_reading_of_the_time_is_no_other_picture(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(zip_of(b"a.jpg"))
    (found,) = [file.source for file in Walk([path])]
    before = Source(found.folder, found.name, found.size, found.mtime_ns - 7200 * 10**9)
    with Library.open(":memory:") as library:
        run = store.begin_run(library, {})
        store.record(library, before, look(content="0"), run)
        outcome = ImportSession(library, {}).known(found, lambda: read_picture(found))
        assert outcome is not None
        assert outcome.kind == "unchanged"


@pytest.mark.skipif(sys.platform == "emscripten", reason="no such large files")
def test_large_archives_open(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("a.jpg", "w", force_zip64=True) as member:
        member.write(b"zip64")
    assert Archive(path).read("a.jpg") == b"zip64"
    assert os.path.getsize(path) < 1000


def test_names_are_those_of_the_central_directory() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_of(b"a.jpg", b"in/"))) as archive:
        assert list(member_names(archive.infolist())) == ["a.jpg"]
