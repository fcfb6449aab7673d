"""The tables of a library, and their migration from older versions.

Onsight's results and the user's own tags are in different tables: analysing a picture again replaces the former and
keeps the latter. Large values have their own tables, so that a search does not have to read past them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from onsight.core.texts import text
from onsight.errors import LibraryError
from onsight.library.migrations import MIGRATIONS, Step
from onsight.library.migrations.script import run_script

APPLICATION_ID = 0x4F4E5347
"""Identifies the file as an Onsight library: "ONSG"."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Step] = MIGRATIONS) -> None:
    """Bring a file to the newest version. A step that fails leaves the file as it was before that step.

    Args:
        connection: A connection to an empty file or a library, in autocommit mode.
        migrations: The steps.

    Raises:
        LibraryError: The file belongs to another program or to a newer version.
    """
    version = _version(connection)
    if version > len(migrations):
        raise LibraryError(
            text(
                "This library was made by a newer version of Onsight (its tables have version {version}; this one "
                "supports up to {known}). Use the newer version, or create a new library.",
                version=version,
                known=len(migrations),
            ),
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
                    raise LibraryError(
                        text("The library could not be updated, because its table {name} is damaged.", name=broken[0])
                    )
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
        raise LibraryError(text("This file is another program’s database. Choose another file for the library."))
    return int(version)
