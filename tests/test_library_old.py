"""Libraries that older versions made open with everything in them; see golden/old_libraries.py for what they hold."""

from __future__ import annotations

import gzip
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onsight.library import edits, search, store
from onsight.library.database import Library
from onsight.library.migrations import MIGRATIONS
from onsight.library.query import exactly
from onsight.library.schema import migrate
from onsight.tools.organise.details import describe_picture

OLD = sorted((Path(__file__).with_name("golden")).glob("old-*.sqlite.gz"))

Rows = list[tuple[Any, ...]]

_NAMED = """SELECT id, label FROM image WHERE label_term IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.image = image.id AND rejected.term = label_term)"""


@pytest.fixture(params=OLD, ids=lambda path: path.name.split(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an old library's file."""
    path = tmp_path / "library.sqlite"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


@pytest.fixture
def before(old: Path) -> Iterator[sqlite3.Connection]:
    """The old file as it was, in memory."""
    connection = sqlite3.connect(":memory:")
    with sqlite3.connect(old) as source:
        source.backup(connection)
    source.close()
    yield connection
    connection.close()


def rows(connection: sqlite3.Connection, query: str) -> Rows:
    return [tuple(row) for row in connection.execute(query)]


def test_the_samples_are_of_the_first_version(before: sqlite3.Connection) -> None:
    assert len(OLD) == 2
    assert rows(before, "PRAGMA user_version") == [(1,)]
    assert len(rows(before, "SELECT id FROM image")) >= 4


def test_an_old_library_is_whole_after_it_was_opened(old: Path) -> None:
    for _ in range(2):
        with Library.open(old) as library:
            connection = library.connection
            assert rows(connection, "PRAGMA user_version") == [(len(MIGRATIONS),)]
            assert rows(connection, "PRAGMA integrity_check") == [("ok",)]
            assert rows(connection, "PRAGMA foreign_key_check") == []


def test_an_old_library_keeps_its_pictures(old: Path, before: sqlite3.Connection) -> None:
    known = rows(before, "SELECT id, folder, name, hash, size, mtime_ns, label, category, taken, camera FROM image")
    thumbnails: dict[int, bytes] = dict(rows(before, "SELECT image, data FROM thumbnail"))
    embeddings: dict[int, bytes] = dict(rows(before, "SELECT image, data FROM embedding"))
    with Library.open(old) as library:
        assert sorted(search.find(library)) == sorted(row[0] for row in known)
        for id, folder, name, hash, size, mtime_ns, label, category, taken, camera in known:
            found = store.find(library, folder, name)
            assert found is not None
            assert (found.image, found.hash) == (id, hash)
            assert (found.source.size, found.source.mtime_ns) == (size, mtime_ns)
            picture = describe_picture(library, id)
            assert (picture.folder, picture.name, picture.label, picture.category) == (folder, name, label, category)
            ((is_taken, with_camera),) = rows(library.connection, f"SELECT taken, camera FROM image WHERE id = {id}")
            assert (is_taken, with_camera) == (taken, camera)
        assert dict(rows(library.connection, "SELECT image, data FROM thumbnail")) == thumbnails
        assert dict(rows(library.connection, "SELECT image, data FROM embedding")) == embeddings


def test_an_old_library_keeps_what_was_seen(old: Path, before: sqlite3.Connection) -> None:
    tag = "SELECT image, name, score, shown FROM tag JOIN term ON term.id = term ORDER BY 1, 2"
    box = "SELECT image, label, score, x1, y1, x2, y2 FROM box ORDER BY id"
    colour = "SELECT image, colour, share FROM colour ORDER BY 1, 2"
    with Library.open(old) as library:
        for query in (tag, box, colour):
            assert rows(library.connection, query) == rows(before, query)


def test_an_old_library_keeps_what_a_person_said(old: Path, before: sqlite3.Connection) -> None:
    own = rows(before, "SELECT image, name FROM user_tag JOIN term ON term.id = term")
    rejected = rows(before, "SELECT image, name FROM rejected JOIN term ON term.id = term")
    searches = rows(before, "SELECT name, query FROM saved_search ORDER BY name")
    failed = rows(before, "SELECT folder, name, size, mtime_ns, code, message FROM failure")
    assert own
    assert searches
    assert failed
    with Library.open(old) as library:
        for image in search.find(library):
            picture = describe_picture(library, image)
            mine = {tag.name for tag in picture.tags if tag.source == "user"}
            assert mine == {name for id, name in own if id == image}
            assert set(picture.rejected) == {name for id, name in rejected if id == image}
        assert [(one.name, one.query) for one in search.saved_searches(library)] == searches
        keys = ("folder", "name", "size", "mtime_ns", "code", "message")
        assert [tuple(row[key] for key in keys) for row in store.failures(library)] == failed


def test_an_old_library_can_still_be_undone_and_redone(old: Path, before: sqlite3.Connection) -> None:
    actions = rows(before, "SELECT id, action, undone FROM edit ORDER BY id DESC")
    steps = "SELECT DISTINCT image, name FROM edit_step JOIN term ON term.id = term WHERE edit = {}"
    ((last, action, undone), *_) = actions
    assert undone
    with Library.open(old) as library:
        assert [(edit.id, edit.action, int(edit.undone)) for edit in edits.history(library)] == actions
        again = edits.redo(library)
        assert again is not None
        assert again.action == action
        for image, name in rows(before, steps.format(last)):
            assert name in [tag.name for tag in store.tags_of(library, image)]
        while edits.undo(library):
            pass
        assert rows(library.connection, "SELECT * FROM user_tag") == []
        assert rows(library.connection, "SELECT * FROM rejected") == []
        while edits.redo(library):
            pass
        after = rows(library.connection, "SELECT image, name FROM user_tag JOIN term ON term.id = term")
        expected = rows(before, "SELECT image, name FROM user_tag JOIN term ON term.id = term")
        assert set(after) == {*expected, *rows(before, steps.format(last))}


def test_an_old_library_finds_its_tags_and_names(old: Path, before: sqlite3.Connection) -> None:
    with Library.open(old) as library:
        for image, name in rows(before, "SELECT image, name FROM user_tag JOIN term ON term.id = term"):
            assert image in search.find(library, f"user:{json.dumps(name, ensure_ascii=False)}")
        for image, label in rows(before, _NAMED):
            assert image in search.find(library, f"label:{json.dumps(label, ensure_ascii=False)}")


def test_the_dates_of_an_old_library_are_known_to_be_from_exif(old: Path, before: sqlite3.Connection) -> None:
    dated = rows(before, "SELECT id FROM image WHERE taken IS NOT NULL ORDER BY id")
    with Library.open(old) as library:
        assert rows(library.connection, "SELECT id FROM image WHERE taken_source IS 'exif' ORDER BY id") == dated
        assert rows(library.connection, "SELECT id FROM image WHERE taken IS NULL AND taken_source IS NOT NULL") == []


FIRST_TERMS = [
    # name, key under which the first version kept it, other keys
    ("Straße", "strasse", ()),
    ("ガンダム", "カンタム", ()),
    ("Łódź", "łodz", ()),
    ("हिन्दी", "हिनदी", ()),
    ("제주도 여행", unicodedata.normalize("NFD", "제주도 여행"), ()),
    ("C++", "c++", ()),
    ("C", "c", ()),
    ("paris", "paris", ()),
    ("Dog", "dog", ("dogs", "pup-py", "canis")),
    ("!!!", "!!!", ()),
]


def test_terms_of_the_first_version_keep_their_ids_and_are_found_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, MIGRATIONS[:1])
    connection.execute("INSERT INTO run VALUES (1, '2026-01-01T00:00:00Z', '0.1')")
    for id, (name, folded, others) in enumerate(FIRST_TERMS, 1):
        known = name == "Dog"
        connection.execute("INSERT INTO term (id, name, folded, known) VALUES (?, ?, ?, ?)", (id, name, folded, known))
        connection.executemany("INSERT INTO alias VALUES (?, ?)", ((one, id) for one in (folded, *others)))
        connection.execute("INSERT INTO broader VALUES (?, ?)", (id, id))
        connection.execute(
            "INSERT INTO image (id, folder, name, hash, size, mtime_ns, width, height, format, label, label_score, "
            "category, path, candidates, orientation, lightness, contrast, sharpness, has_location, detected, "
            "added, run) VALUES (?, ?, 'x', '', 1, 1, 1, 1, 'PNG', '', 0, '', '[]', '[]', '', 0, 0, 0, 0, 0, '', 1)",
            (id, f"in/{id}"),
        )
        connection.execute("INSERT INTO user_tag VALUES (?, ?)", (id, id))
        connection.execute("INSERT INTO edit (made, action) VALUES ('', ?)", (name,))
        connection.execute("INSERT INTO edit_step VALUES (?, 1, ?, 'user_tag', ?, 1)", (id, id, id))
    connection.close()
    with Library.open(path) as library:
        assert rows(library.connection, "SELECT id, name FROM term ORDER BY id") == [
            (id, name) for id, (name, *_) in enumerate(FIRST_TERMS, 1)
        ]
        for id, (name, *_) in enumerate(FIRST_TERMS, 1):
            assert id in search.find(library, f"user:{name}")
            assert search.find(library, f"user:{exactly(name)}") == [id]
            assert library.terms.find(name) == [id]
        for word in ("dogs", "canis", '"pup py"'):
            assert search.find(library, f"tag:{word}") == [9]
        assert edits.rename_tag(library, [8], "paris", "Paris").images == 1
        for _ in range(len(FIRST_TERMS) + 1):
            assert edits.undo(library)
        assert rows(library.connection, "SELECT * FROM user_tag") == []
        while edits.redo(library):
            pass
        assert search.find(library, "user:=Paris") == [8]


def test_things_that_earlier_versions_named_otherwise_are_found_under_both_names(old: Path) -> None:
    with Library.open(old) as library, library.transaction() as connection:
        (first, second, *_) = sorted(search.find(library))
        for folded, name in (("refrigerator", "Refrigerator"), ("tv", "Tv")):
            connection.execute("DELETE FROM term WHERE folded = ?", (folded,))
            connection.execute("INSERT INTO term (name, folded, known) VALUES (?, ?, 1)", (name, folded))
        (then,) = connection.execute("SELECT id FROM term WHERE name = 'Refrigerator'").fetchone()
        connection.execute("INSERT INTO alias VALUES ('refrigerator', ?)", (then,))
        connection.execute("INSERT INTO broader VALUES (?, ?)", (then, then))
        now = library.terms.ensure("Fridge")
        for term, image in ((then, first), (now, second)):
            connection.execute("INSERT INTO tag VALUES (?, ?, 0.9, 1, 99, 'classifier')", (term, image))
        assert library.terms.ensure("TV") == library.terms.ensure("Tv")
        assert rows(connection, "SELECT name FROM term WHERE folded = 'tv'") == [("TV",)]
        for word in ("fridge", "Refrigerator"):
            assert {first, second} <= set(search.find(library, word))
