"""What files and sidecars say becomes a part of the library, as a person's own."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onsight.image.png_text import XMP_HEADER
from onsight.library import edits, search, stated, store
from onsight.library.database import Library
from onsight.library.exports import export
from onsight.library.files import Walk, read_picture
from onsight.library.folders import Folders
from onsight.library.import_session import ImportSession, Outcome
from onsight.library.records import Source
from onsight.metadata.reading import read_stated
from onsight.metadata.stated import DateCandidate, Stated
from onsight.tools.organise.details import describe_picture
from tests.library_samples import MODELS, look
from tests.stated_samples import bag, jpeg, segment, xmp


@pytest.fixture
def library() -> Iterator[Library]:
    with Library.open(":memory:") as opened:
        yield opened


def source_of(path: Path) -> Source:
    facts = path.stat()
    return Source(path.parent.as_posix(), path.name, facts.st_size, facts.st_mtime_ns)


def take_in(library: Library, path: Path) -> Outcome:
    """Do with a file what the command ``index`` does, without the networks."""
    session = ImportSession(library, MODELS, exists=lambda known: Path(known.source.path).exists(), beside=Folders())
    source = source_of(path)
    outcome = session.known(source, path.read_bytes)
    data = path.read_bytes()
    seen = replace(look(stated=read_stated(data)), hash=hashlib.sha256(data).hexdigest())
    return outcome or session.accept(source, seen)


def with_keywords(*keywords: str, attributes: str = "") -> bytes:
    return jpeg(segment(0xE1, XMP_HEADER + xmp(bag("dc:subject", *keywords), attributes)))


def own_tags(library: Library, image: int = 1) -> list[str]:
    return [tag.name for tag in store.tags_of(library, image) if tag.source == "user"]


def facts_of(library: Library, image: int = 1) -> dict[str, str]:
    return {fact.name: fact.value for fact in describe_picture(library, image).facts}


def say(library: Library, *keywords: str, **rest: Any) -> None:
    stated.write(library, 1, Source("/p", "a.jpg", 1, 1), Stated(keywords=keywords, **rest))


def test_embedded_keywords_rating_and_texts_become_a_persons(library: Library, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(with_keywords("Grandma", "dog", attributes='xap:Rating="4" photoshop:DateCreated="1985-07"'))
    take_in(library, picture)
    assert own_tags(library) == ["Dog", "Grandma"]  # what the vocabulary knows has its spelling
    facts = facts_of(library)
    assert facts["Rating"] == "4 of 5 stars"
    assert facts["Taken"] == "1985-07 – from the file's XMP"


@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.xmp", "A.JPG.XMP", "a.JPG.xmp", "A.XMP", "a.Xmp"])
def test_sidecars_in_both_spellings_and_any_case_are_read(library: Library, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.jpg").write_bytes(with_keywords("Grandma", attributes='xap:Rating="2"'))
    (tmp_path / name).write_bytes(xmp(bag("dc:subject", "Picnic"), 'xap:Rating="5" photoshop:DateCreated="2001-02-03"'))
    take_in(library, tmp_path / "a.jpg")
    assert own_tags(library) == ["Grandma", "Picnic"]
    assert facts_of(library)["Rating"] == "5 of 5 stars"
    assert facts_of(library)["Taken"] == "2001-02-03 – from the sidecar"


def test_a_sidecar_named_after_the_whole_file_goes_before_one_named_after_its_stem(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(with_keywords())
    (tmp_path / "a.xmp").write_bytes(xmp(bag("dc:subject", "One"), 'xap:Rating="1"'))
    (tmp_path / "a.jpg.xmp").write_bytes(xmp(bag("dc:subject", "Two"), 'xap:Rating="2"'))
    take_in(library, tmp_path / "a.jpg")
    assert own_tags(library) == ["One", "Two"]
    assert facts_of(library)["Rating"] == "2 of 5 stars"


def test_the_sidecar_of_another_picture_of_the_same_stem_is_not_read(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(with_keywords())
    (tmp_path / "a.png").write_bytes(with_keywords("other"))
    (tmp_path / "a.xmp").write_bytes(xmp(bag("dc:subject", "Grandma"), 'photoshop:SidecarForExtension="png"'))
    (tmp_path / "ab.jpg.xmp").write_bytes(xmp(bag("dc:subject", "No")))
    take_in(library, tmp_path / "a.jpg")
    take_in(library, tmp_path / "a.png")
    assert own_tags(library, 1) == []
    assert own_tags(library, 2) == ["Grandma", "other"]


@pytest.mark.parametrize("content", [b"", b"<x", b"\0" * 100, xmp()[:-9], b"<!DOCTYPE x>" + xmp()])
def test_a_damaged_sidecar_says_nothing_and_is_no_failure(library: Library, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(with_keywords("Grandma"))
    (tmp_path / "a.jpg.xmp").write_bytes(content)
    assert take_in(library, tmp_path / "a.jpg").kind == "seen"
    assert own_tags(library) == ["Grandma"]


def test_takeout_and_the_name_tell_a_date(library: Library, tmp_path: Path) -> None:
    for name in ("a.jpg", "IMG_20200714_143456.jpg"):
        (tmp_path / name).write_bytes(jpeg() + name.encode())
        document = '{"photoTakenTime": {"timestamp": "1594730096"}, "description": "At the lake"}'
        (tmp_path / f"{name}.supplemental-metadata.json").write_text(document)
        take_in(library, tmp_path / name)
    assert facts_of(library, 1)["Taken"] == "2020-07-14 12:34:56 – from Google Takeout, in UTC"
    assert facts_of(library, 1)["Description"] == "At the lake"
    assert facts_of(library, 2)["Taken"] == "2020-07-14 14:34:56 – from the file's name"


def test_reading_again_changes_only_what_has_changed_in_the_file(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(), store.begin_run(library, MODELS))
    say(library, "Grandma", "Picnic", rating=4, title="Old")
    edits.remove_tags(library, [1], ["Picnic"])
    edits.add_tags(library, [1], ["Lake"])
    say(library, "Grandma", "Picnic", "Lake", "Boat")
    # Picnic was taken away by a person; Lake was a person's before the file said it.
    assert own_tags(library) == ["Boat", "Grandma", "Lake"]
    assert "Title" not in facts_of(library)
    say(library)
    assert own_tags(library) == ["Lake"]


def test_a_tag_that_a_person_gives_too_stays_when_the_file_loses_the_keyword(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(), store.begin_run(library, MODELS))
    say(library, "Grandma", "Picnic")
    edits.add_tags(library, [1], ["Grandma"])
    say(library)
    assert own_tags(library) == ["Grandma"]


def test_what_a_person_has_rejected_does_not_come_back_by_the_file(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(tags=["Dog"]), store.begin_run(library, MODELS))
    edits.reject(library, [1], "Dog")
    say(library, "Dog")
    assert store.tags_of(library, 1) == ()


def test_changes_are_undone_as_if_the_file_had_said_nothing(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(), store.begin_run(library, MODELS))
    say(library, "Grandma")
    edits.remove_tags(library, [1], ["Grandma"])
    edits.undo(library)
    assert own_tags(library) == ["Grandma"]
    say(library)
    assert own_tags(library) == []


def test_what_is_no_tag_is_no_failure(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(), store.begin_run(library, MODELS))
    say(library, "a,b", "", "x" * 200, "\u202e", "fine")
    assert own_tags(library) == ["fine"]


def test_a_sidecar_that_comes_changes_or_goes_is_noticed_without_looking_again(
    library: Library, tmp_path: Path
) -> None:
    picture, sidecar = tmp_path / "a.jpg", tmp_path / "a.jpg.xmp"
    picture.write_bytes(with_keywords("Grandma"))
    assert take_in(library, picture).kind == "seen"
    sidecar.write_bytes(xmp(bag("dc:subject", "Picnic")))
    assert take_in(library, picture).kind == "unchanged"
    assert own_tags(library) == ["Grandma", "Picnic"]
    sidecar.write_bytes(xmp(bag("dc:subject", "Lake")))
    os.utime(sidecar, ns=(1, 1))
    assert take_in(library, picture).kind == "unchanged"
    assert own_tags(library) == ["Grandma", "Lake"]
    sidecar.unlink()
    assert take_in(library, picture).kind == "unchanged"
    assert own_tags(library) == ["Grandma"]


def test_an_unchanged_file_is_read_once_only(library: Library, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(with_keywords("Grandma"))
    take_in(library, picture)

    def read() -> bytes:
        raise AssertionError("the file was read")

    session = ImportSession(library, MODELS, beside=Folders())
    assert session.known(source_of(picture), read) == Outcome(source_of(picture), "unchanged", 1)


def test_pictures_of_an_old_library_are_read_when_they_are_met_again(library: Library, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(with_keywords("Grandma"))
    take_in(library, picture)
    library.connection.execute("UPDATE image SET stated_mark = ''")
    library.connection.execute("DELETE FROM file_tag")
    library.connection.execute("DELETE FROM user_tag")
    assert take_in(library, picture).kind == "unchanged"
    assert own_tags(library) == ["Grandma"]


def test_a_copy_and_a_file_that_moved_have_their_own_names_and_sidecars(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(with_keywords("Grandma"))
    take_in(library, tmp_path / "a.jpg")
    edits.add_tags(library, [1], ["Mine"])
    copy = tmp_path / "IMG_20200714_123456.jpg"
    copy.write_bytes(with_keywords("Grandma"))
    (tmp_path / f"{copy.name}.xmp").write_bytes(xmp(bag("dc:subject", "Copy")))
    assert take_in(library, copy).kind == "copied"
    assert own_tags(library, 2) == ["Copy", "Grandma"]
    assert facts_of(library, 2)["Taken"] == "2020-07-14 12:34:56 – from the file's name"
    moved = (tmp_path / "a.jpg").rename(tmp_path / "2019-01-02.jpg")
    assert take_in(library, moved).kind == "moved"
    assert own_tags(library, 1) == ["Grandma", "Mine"]
    assert facts_of(library, 1)["Taken"] == "2019-01-02 – from the file's name"


def test_the_most_trusted_date_is_written_with_its_source(library: Library) -> None:
    store.record(library, Source("/p", "a.jpg", 1, 1), look(), store.begin_run(library, MODELS))
    dates: Mapping[str, str] = {"gps": "2020-07-14T12:00:00", "exif-digitized": "2020-07-14T14:00:00"}
    say(library, dates=tuple(DateCandidate(value, source) for source, value in dates.items()))
    row = library.connection.execute("SELECT taken, taken_source FROM image").fetchone()
    (hit,) = search.describe(library, search.find(library))
    assert (hit.taken, hit.taken_source) == tuple(row)
    assert tuple(row) == ("2020-07-14T14:00:00", "exif-digitized")
    say(library)
    assert tuple(library.connection.execute("SELECT taken, taken_source FROM image").fetchone()) == (None, None)


def told(path: str, **said: Any) -> Any:
    return path, Stated(**said)


@pytest.fixture
def described(library: Library) -> Library:
    """A library of pictures of which different things are said."""
    run = store.begin_run(library, MODELS)
    pictures = [
        told("a.jpg", rating=5, title="Omas Geburtstag", dates=(DateCandidate("2020-07-14T12:00:00", "exif"),)),
        told("b.jpg", rating=3, description="Candles on the cake", dates=(DateCandidate("2019", "exif-digitized"),)),
        told("IMG-20200714-WA0001.jpg", rating=-1),
        told("PXL_20200715_010203456.jpg"),
        told("c.jpg", keywords=("Łódź",)),
        told("d.jpg", dates=(DateCandidate("2019-07", "xmp"), DateCandidate("2021-01-01", "gps"))),
    ]
    for name, said in pictures:
        source = Source("/p", name, 1, 1)
        image = store.record(library, source, look(content=name), run)
        stated.write(library, image, source, said)
    return library


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rating:>=4", {1}),
        ("rating:3", {2}),
        ("rating:3..5", {1, 2}),
        ("stars:<0", {3}),
        ("has:rating", {1, 2, 3}),
        ("-has:rating", {4, 5, 6}),
        ("has:title", {1}),
        ("has:description", {2}),
        ("title:geburtstag", {1}),
        ("caption:candles", {2}),
        ("description:cake", {2}),
        ("geburtstag", {1}),
        ('"on the cake"', {2}),
        ("user:lodz", {5}),
        ("date:exif", {1, 2}),
        ("date:digitized", {2}),
        ("date:name", {3, 4}),
        ("date:utc", {4}),
        ("taken:xmp", {6}),
        ("date:gps", set()),
        ("-date:name has:date", {1, 2, 6}),
        ("date:none", {5}),
        ("date:2019", {2, 6}),
        ("date:2019-07", {6}),
        ("date:2020", {1, 3, 4}),
        ("date:2020-07-14", {1, 3}),
        ("date:<2020", {2, 6}),
    ],
)
def test_what_files_say_is_searchable(described: Library, query: str, found: set[int]) -> None:
    assert set(search.find(described, query)) == found


def test_facets_of_ratings_and_of_sources_of_dates_find_what_they_count(described: Library) -> None:
    facets = search.facets(described)
    for kind in ("dated", "rating", "year"):
        for value in facets[kind]:
            assert len(search.find(described, value.query)) == value.count, value
    assert {(one.name, one.count) for one in facets["dated"]} == {
        ("Camera (EXIF)", 2),
        ("File name", 2),
        ("XMP", 1),
        ("No date", 1),
    }
    assert {one.name for one in facets["rating"]} == {"★★★★★", "★★★", "Rejected"}


def test_what_files_say_is_exported(described: Library) -> None:
    (document,) = export(described, [1], "json")
    picture = json.loads(b"".join(document.chunks))["pictures"][0]
    said = {name: picture[name] for name in ("taken", "taken_source", "rating", "title", "description")}
    assert said == {
        "taken": "2020-07-14T12:00:00",
        "taken_source": "exif",
        "rating": 5,
        "title": "Omas Geburtstag",
        "description": None,
    }
    (table,) = export(described, [1, 2], "csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(table.chunks).decode("utf-8-sig"), newline="")))
    assert [(row["rating"], row["title"], row["description"]) for row in rows] == [
        ("5", "Omas Geburtstag", ""),
        ("3", "", "Candles on the cake"),
    ]


def test_what_lies_beside_a_picture_in_an_archive_is_read_too(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Photos/a.jpg", with_keywords("Grandma"))
        archive.writestr("Photos/a.jpg.json", '{"photoTakenTime": {"timestamp": "1594730096"}}')
        archive.writestr("Photos/a.xmp", xmp(bag("dc:subject", "Picnic")))
    session = ImportSession(library, MODELS, beside=Folders())
    (found,) = Walk([path])
    data = read_picture(found.source)
    session.accept(found.source, look(stated=read_stated(data)))
    assert own_tags(library) == ["Grandma", "Picnic"]
    assert facts_of(library)["Taken"] == "2020-07-14 12:34:56 – from Google Takeout, in UTC"
