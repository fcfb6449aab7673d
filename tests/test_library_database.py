"""onsight.library.schema and .database: the file, its versions, and what a crash leaves of it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from onsight.errors import LibraryError
from onsight.library import store
from onsight.library.database import Library
from onsight.library.migrations import MIGRATIONS
from onsight.library.records import Source
from onsight.library.schema import migrate
from tests.library_samples import MODELS, look, source

ON_HOST = pytest.mark.skipif(sys.platform == "emscripten", reason="there are no processes")


def count(library: Library, table: str = "image") -> int:
    return int(library.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_open_makes_a_library_that_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as library:
        store.record(library, source("a/cat.jpg"), look(), store.begin_run(library, MODELS))
    with Library.open(path, create=False) as library:
        assert count(library) == 1
        assert library.connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert library.connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_closed_library_is_one_file_that_needs_no_shared_memory(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as library:
        store.record(library, source("a/cat.jpg"), look(), store.begin_run(library, MODELS))
    assert os.listdir(tmp_path) == ["lib.sqlite"]
    assert path.read_bytes()[18:20] == b"\x01\x01"  # neither reading nor writing needs a write-ahead log


def test_open_refuses_what_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="There is no library"):
        Library.open(tmp_path / "nothing.sqlite", create=False)
    text = tmp_path / "text.sqlite"
    text.write_text("This is not a database, however long it may be." * 100)
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library.open(text)
    other = tmp_path / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE precious (a)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(LibraryError, match="another program’s"):
        Library.open(other)
    assert other.read_bytes() == before


def test_open_refuses_a_newer_library(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as library:
        library.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer version of Onsight"):
        Library.open(path)


def test_migrate_goes_on_where_it_left_and_leaves_nothing_of_a_step_that_fails() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    first = "CREATE TABLE a (x);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\nDELETE FROM a;\nSELECT 1;\nEND;"
    migrate(connection, [first])
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [first, "CREATE TABLE b (x);\nCREATE TABLE a (x);"])
    assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'b'").fetchone() is None
    migrate(connection, [first, "ALTER TABLE a ADD COLUMN y;"])
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.execute("SELECT x, y FROM a")
    connection.close()


def test_transaction_leaves_nothing_of_what_fails() -> None:
    with Library.open(":memory:") as library:
        run = store.begin_run(library, MODELS)

        def fail() -> None:
            with library.transaction():
                store.record(library, source("a/cat.jpg"), look(tags=["Whisker"]), run)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert count(library) == count(library, "term") == count(library, "tag") == 0
        # The name is not remembered as there either.
        store.record(library, source("a/cat.jpg"), look(tags=["Whisker"]), run)
        assert count(library, "tag") == 1


def test_a_file_that_cannot_be_written_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib.sqlite") as library:
        library.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(LibraryError, match="could not be written"):
            store.begin_run(library, MODELS)


@ON_HOST
def test_two_processes_may_have_it_open(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as one:
        with Library.open(path) as two:
            store.record(one, source("a/cat.jpg"), look(), store.begin_run(one, MODELS))
            assert count(two) == 1
        store.record(one, source("a/dog.jpg"), look("Dog"), store.begin_run(one, MODELS))
    with Library.open(path) as library:
        assert count(library) == 2


ENDLESS = """
import sys
sys.path[:0] = sys.argv[2:]
from tests.library_samples import MODELS, look, source
from onsight.library import store
from onsight.library.database import Library
library = Library.open(sys.argv[1])
run = store.begin_run(library, MODELS)
for number in range(10**6):
    seen = look(tags=["Sofa", "Window"], colours={"red": 0.5}, content=str(number), thumbnail=b"x" * 20_000)
    store.record(library, source(f"a/{number}.jpg"), seen, run)
    if number == 50:
        print("ready", flush=True)
"""


@ON_HOST
def test_a_killed_process_loses_at_most_the_picture_in_flight(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "py")]
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", ENDLESS, path, *paths], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(signal.SIGKILL)
        with Library.open(path) as library:
            (images,) = library.connection.execute("SELECT count(*) FROM image").fetchone()
            (last,) = library.connection.execute("SELECT max(cast(name AS INTEGER)) FROM image").fetchone()
            assert images == last + 1 >= 51
            for table, each in (("thumbnail", 1), ("embedding", 1), ("colour", 1), ("tag", 2), ("image_text", 1)):
                assert count(library, table) == images * each
            assert library.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert library.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_failures_that_were_our_own_are_forgotten_and_the_others_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, MIGRATIONS[:1])
    codes = ("corrupt_image", "not_an_image", "model_failed", "worker_failed", "download_failed", "internal")
    for number, code in enumerate(codes):
        values = ("Trip", f"{number}.jpg", 10, 20, code, "What happened.", "2026-01-01T00:00:00Z")
        connection.execute("INSERT INTO failure VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    connection.close()
    with Library.open(path) as library:
        assert [row["code"] for row in store.failures(library)] == ["corrupt_image", "not_an_image"]
        assert store.failure_of(library, Source("Trip", "0.jpg", 10, 20)) is None
