"""Index the texts that searches read, normalised by `onsight.core.folding.search_key` and kept up to date by triggers.

Names and captions are indexed once per picture; folders, cameras and lenses once per value. A search scans these texts
for a key, which takes a few milliseconds for 100,000 texts.
"""

from __future__ import annotations

import sqlite3

from onsight.core.folding import search_key
from onsight.library.migrations.script import run_script

CAPTION_COLUMNS = ("title", "description", "caption", "headline")
"""Columns of ``image`` that are searched as the caption, as far as the table has them."""

VALUE_COLUMNS = ("folder", "camera", "lens")
"""Columns of ``image`` whose values many pictures share."""


def register(connection: sqlite3.Connection) -> None:
    """Register the SQL function that the triggers call."""
    connection.execute("PRAGMA trusted_schema = ON")  # some builds of SQLite let triggers call only built-in functions
    connection.create_function("search_key", 1, _spaced_key, deterministic=True)


def install(connection: sqlite3.Connection) -> None:
    """Rebuild the tables, triggers and indexes, and fill them.

    A migration calls this after it has replaced the table ``image`` or added a column of `CAPTION_COLUMNS`, or when the
    rules of folding have changed.
    """
    register(connection)
    present = [name for _, name, *_ in connection.execute("PRAGMA table_info(image)")]
    captions = [name for name in CAPTION_COLUMNS if name in present]
    watched = ", ".join(("name", *VALUE_COLUMNS, *captions))
    run_script(
        connection,
        f"""
        {_DROP}
        CREATE TABLE image_text (
            image INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            caption TEXT NOT NULL
        ) STRICT;
        CREATE TABLE value_text (
            kind TEXT NOT NULL,
            value TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (kind, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS image_camera ON image (camera);
        CREATE INDEX IF NOT EXISTS image_lens ON image (lens);
        CREATE TRIGGER image_comes AFTER INSERT ON image BEGIN
            {_write("new", captions)}
        END;
        CREATE TRIGGER image_changes AFTER UPDATE OF {watched} ON image BEGIN
            {_write("new", captions)}
        END;
        CREATE TRIGGER image_goes AFTER DELETE ON image BEGIN
            DELETE FROM image_text WHERE image = old.id;
        END;
        """,
    )
    connection.execute(f"INSERT INTO image_text SELECT {_texts('image', captions)} FROM image")
    for kind in VALUE_COLUMNS:
        connection.execute(
            f"INSERT INTO value_text SELECT DISTINCT '{kind}', {kind}, search_key({kind}) FROM image "
            f"WHERE {kind} IS NOT NULL"
        )


def _texts(row: str, captions: list[str]) -> str:
    caption = " || ' ' || ".join(f"coalesce({row}.{name}, '')" for name in captions) or "''"
    return f"{row}.id, search_key({row}.name), search_key({caption})"


def _write(row: str, captions: list[str]) -> str:
    values = "\n".join(
        f"INSERT INTO value_text SELECT '{kind}', {row}.{kind}, search_key({row}.{kind}) "
        f"WHERE {row}.{kind} IS NOT NULL ON CONFLICT DO NOTHING;"
        for kind in VALUE_COLUMNS
    )
    return (
        f"DELETE FROM image_text WHERE image = {row}.id;\n"
        f"INSERT INTO image_text SELECT {_texts(row, captions)};\n{values}"
    )


def _spaced_key(text: str | None) -> str:
    """Return a text's search key between spaces, so that a search can match the start and end of words."""
    return f" {search_key(text)} " if text else ""


_DROP = """
DROP TRIGGER IF EXISTS image_comes;
DROP TRIGGER IF EXISTS image_changes;
DROP TRIGGER IF EXISTS image_goes;
DROP TRIGGER IF EXISTS term_comes;
DROP TRIGGER IF EXISTS term_goes;
DROP TABLE IF EXISTS image_text;
DROP TABLE IF EXISTS term_text;
DROP TABLE IF EXISTS value_text;
"""
