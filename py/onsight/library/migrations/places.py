"""Allow several pictures with the same path, all but one of them missing, and record which folders were added."""

from __future__ import annotations

import re
import sqlite3

from onsight.core.texts import text
from onsight.files.names import path_key

_TABLES = """
CREATE TABLE root (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    own_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'files'))
) STRICT
"""

_KEYS = """
CREATE TABLE root_key (
    key TEXT PRIMARY KEY,
    root INTEGER NOT NULL REFERENCES root ON DELETE CASCADE
) STRICT, WITHOUT ROWID
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Allow several pictures and failures per path, and create and fill the tables of added folders."""
    _rebuild(connection, "image", r",\s*UNIQUE \(folder, name\)", "")
    _rebuild(connection, "failure", r"PRIMARY KEY \(folder, name\)", "PRIMARY KEY (folder, name, size, mtime_ns)")
    connection.execute("ALTER TABLE image ADD COLUMN missing INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE image ADD COLUMN place TEXT NOT NULL DEFAULT ''")
    places = connection.execute("SELECT folder, name, id FROM image").fetchall()
    connection.executemany(
        "UPDATE image SET place = ? WHERE id = ?",
        ((path_key(f"{folder}/{name}" if folder else name), id) for folder, name, id in places),
    )
    connection.execute("CREATE UNIQUE INDEX image_path ON image (folder, name) WHERE NOT missing")
    connection.execute("CREATE INDEX image_place ON image (place)")
    connection.execute("CREATE INDEX image_folder ON image (folder, name)")
    connection.execute(_TABLES)
    connection.execute(_KEYS)
    folders = connection.execute("SELECT folder FROM image UNION SELECT folder FROM failure").fetchall()
    # Folders from a page start with the name of the chosen folder; folders from the command line are absolute.
    names = sorted({folder.split("/")[0] for (folder,) in folders if not re.match(r"/|[A-Za-z]:", folder)} - {""})
    for name in names:
        (id,) = connection.execute(
            "INSERT INTO root (path, name, own_name, kind) VALUES (?, ?, ?, 'folder') RETURNING id", (name, name, name)
        ).fetchone()
        # The page has stored the browser's handle of the folder under this name.
        connection.execute("INSERT INTO root_key VALUES (?, ?)", (name, id))


def _rebuild(connection: sqlite3.Connection, table: str, old: str, new: str) -> None:
    """Replace a part of a table's definition by copying the table, because SQLite cannot change it in place."""
    (definition,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    changed, count = re.subn(old, new, definition)
    if count != 1:
        raise sqlite3.DatabaseError(text("the table {table} has an unexpected structure", table=table))
    others = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    connection.execute(re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", changed, count=1))
    connection.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")
    connection.execute(f"DROP TABLE {table}")
    # Otherwise SQLite refuses the rename while a trigger or view of another table refers to the dropped table.
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    connection.execute("PRAGMA legacy_alter_table = OFF")
    for (statement,) in others:
        connection.execute(statement)
