"""Open and close a library's file."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from onsight.core.texts import text
from onsight.errors import LibraryError
from onsight.files.suffixes import is_tried
from onsight.library import text_index
from onsight.library.schema import APPLICATION_ID, migrate

if TYPE_CHECKING:
    from onsight.library.terms import Terms

MIN_SQLITE = (3, 39)
"""STRICT tables and JSON; what the browser has."""

BUSY_S = 30.0
"""How long to wait, in seconds, for another process that writes."""


class Library:
    """An open library; also a context manager that closes it.

    All that is written goes through :meth:`transaction`: whatever ends the process, the file then holds all of a
    transaction or nothing of it.

    Attributes:
        connection: To SQLite, in autocommit mode, with rows that know their columns' names.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True) -> Library:
        """Open a library's file.

        Args:
            path: Where it lies; ``":memory:"`` makes one that lasts until it is closed.
            create: Whether to make it if it is not there.

        Raises:
            LibraryError: It cannot be opened, is another program's, or of a newer version.
        """
        if sqlite3.sqlite_version_info < MIN_SQLITE:
            raise LibraryError(
                text("SQLite {version} is too old. Onsight needs 3.39 or newer.", version=sqlite3.sqlite_version)
            )
        in_memory = os.fspath(path) == ":memory:"
        if not in_memory and not create and not Path(path).is_file():
            raise LibraryError(
                text("There is no library {path}. Create it first: onsight index FOLDER", path=os.fspath(path))
            )
        if is_tried(Path(path).name) and os.path.lexists(path):
            raise LibraryError(
                text("{path} has the name of a picture. Choose another file for the library.", path=os.fspath(path))
            )
        connection = None
        try:
            # Autocommit: transactions begin and end where they are written.
            connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            connection.row_factory = sqlite3.Row
            _prepare(connection)
            migrate(connection)
        except sqlite3.Error as error:
            if connection:
                connection.close()
            raise LibraryError(
                text("The library {path} cannot be opened ({reason}).", path=os.fspath(path), reason=error)
            ) from error
        except BaseException:
            if connection:
                connection.close()
            raise
        return cls(connection)

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever anything is written to the file, by this connection or by another process."""
        (others,) = self.connection.execute("PRAGMA data_version").fetchone()
        return self.connection.total_changes, others

    @cached_property
    def terms(self) -> Terms:
        """The names of what the pictures show."""
        from onsight.library.terms import Terms

        return Terms(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of what follows, or nothing if it raises; a transaction inside another is a part of it.

        Raises:
            LibraryError: The file could not be written.
        """
        if self.connection.in_transaction:
            yield self.connection
            return
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk has ended it already
                    self.connection.execute("ROLLBACK")
                self.__dict__.pop("terms", None)  # it may remember names that are gone again
                raise
        except sqlite3.OperationalError as error:
            raise LibraryError(text("The library could not be written ({reason}).", reason=error)) from error

    def close(self) -> None:
        """Close the file; all of it is then in this one file, which can be copied."""
        # Fails while another process has the file open; whoever closes it last does it.
        with suppress(sqlite3.Error):
            self.connection.execute("PRAGMA optimize")
            self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def told_of_the_file() -> Iterator[None]:
    """Turn SQLite's errors about reading and writing the file into `LibraryError`.

    Raises:
        LibraryError: The file is damaged or missing, or the disk is full.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
            raise  # a bug of ours
        raise LibraryError(text("The library’s file could not be read or written ({reason}).", reason=error)) from error


def now() -> str:
    """Return the present moment, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _prepare(connection: sqlite3.Connection) -> None:
    """Choose how SQLite works with this file."""
    if sys.platform == "emscripten":
        # There is no memory that processes share. Without this a file that was in WAL mode cannot even be read.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        mode = "TRUNCATE"
    else:
        mode = "WAL"  # readers do not wait for the writer, and a transaction costs no two syncs
    text_index.register(connection)
    connection.execute("PRAGMA busy_timeout = " + str(int(BUSY_S * 1000)))
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if owner == APPLICATION_ID or not (owner or tables):  # never another program's
        (got,) = connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
        if got not in (mode.lower(), "memory"):
            connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")
