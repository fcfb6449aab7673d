"""The tables of a library, and the way from an older version of them to this one.

What a machine saw and what a person said lie in different tables: a picture that is looked at again loses the former
and keeps the latter. Large values have tables of their own, so that a search does not read past them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from onsight.errors import LibraryError
from onsight.library.migrations import MIGRATIONS, Step
from onsight.library.migrations.script import run_script

APPLICATION_ID = 0x4F4E5347
"""Marks the file as a library of Onsight's: "ONSG"."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Step] = MIGRATIONS) -> None:
    """Bring a file to the newest version; a step that fails leaves the file as it was before that step.

    Args:
        connection: To an empty file or to a library; in autocommit mode.
        migrations: The steps.

    Raises:
        LibraryError: The file is another program's, or of a newer version.
    """
    version = _version(connection)
    if version > len(migrations):
        raise LibraryError(
            f"This library was made by a newer Onsight (version {version} of its tables; this one knows up to "
            f"{len(migrations)}). Use that one, or make a new library.",
            detail={"version": version, "known": len(migrations)},
        )
    (checks,) = connection.execute("PRAGMA foreign_keys").fetchone()
    # A step may replace a table; with the checks on, dropping the old one would delete what refers to it.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        _migrate(connection, version, migrations)
    finally:
        connection.execute(f"PRAGMA foreign_keys = {checks}")


def _migrate(connection: sqlite3.Connection, version: int, migrations: Sequence[Step]) -> None:
    for number, step in enumerate(migrations[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) < number:  # else another process was faster
                if callable(step):
                    step(connection)
                else:
                    run_script(connection, step)
                if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                    raise LibraryError(f"The library could not be updated: its table {broken[0]} is damaged.")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _version(connection: sqlite3.Connection) -> int:
    """Return which version of the tables a file has, 0 if it is empty."""
    (owner,), (version,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if owner != APPLICATION_ID and (tables or owner):
        raise LibraryError("This file is a database of another program. Name another file for the library.")
    return int(version)
