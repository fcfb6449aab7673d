"""Run SQL scripts inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from onsight.core.texts import text
from onsight.errors import LibraryError


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script inside the current transaction, which ``executescript`` would commit."""
    for statement in statements_of(script):
        connection.execute(statement)


def statements_of(script: str) -> Iterator[str]:
    """Yield the statements of a script; a trigger is one statement, although it contains several.

    Raises:
        LibraryError: The script ends in the middle of a statement.
    """
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise LibraryError(
            text(
                "The tables' description ends in the middle of a statement: {statement}", statement=pending.strip()[:80]
            )
        )
