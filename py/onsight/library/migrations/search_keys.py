"""Search texts by search keys, and let the user's tags keep their spelling.

Names that differed only in case or accents used to be one term; now a term is identified by its exact name. Each term
keeps its id, so that tags, boxes and the edit history stay valid.
"""

from __future__ import annotations

import sqlite3

from onsight.core.folding import search_key
from onsight.library import text_index
from onsight.library.migrations.script import run_script

_TABLES = """
CREATE TABLE new_term (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    folded TEXT NOT NULL,
    tag_group TEXT,
    known INTEGER NOT NULL,
    key TEXT,
    parents TEXT NOT NULL DEFAULT '[]'
) STRICT;
INSERT INTO new_term (id, name, folded, tag_group, known, key, parents)
    SELECT id, name, folded, tag_group, known, key, parents FROM term;
"""

_REPLACE = """
DROP TABLE term;
ALTER TABLE new_term RENAME TO term;
CREATE INDEX term_folded ON term (folded);
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Rebuild the terms, their aliases and the text index."""
    terms = connection.execute("SELECT id, name, folded FROM term").fetchall()
    names = {id: (name, folded) for id, name, folded in terms}
    aliases = {
        # Aliases were stored folded; only the term's own name is available in its original spelling.
        (search_key(name if folded == own_folded else folded), id)
        for folded, id in connection.execute("SELECT folded, term FROM alias")
        for name, own_folded in (names[id],)
    }
    connection.execute("DROP TRIGGER IF EXISTS term_comes")
    connection.execute("DROP TRIGGER IF EXISTS term_goes")
    run_script(connection, _TABLES)
    connection.executemany(
        "UPDATE new_term SET folded = ? WHERE id = ?", ((search_key(name), id) for id, (name, _) in names.items())
    )
    run_script(connection, _REPLACE)
    connection.execute("DELETE FROM alias")
    connection.executemany("INSERT INTO alias VALUES (?, ?)", sorted(one for one in aliases if one[0]))
    text_index.install(connection)
