"""The steps that lead from each version of a library's tables to the next.

To change the tables, add a module here and name it last in `MIGRATIONS`. A step that was ever released never changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from onsight.library.migrations import failures, first, likeness, places, search_keys, stated, warning

Step = str | Callable[[sqlite3.Connection], None]
"""A script in SQL, or a function for what SQL alone cannot do. It runs inside a transaction and must not end it."""

MIGRATIONS: Sequence[Step] = (
    first.STEP,
    stated.STEP,
    failures.STEP,
    search_keys.migrate,
    places.migrate,
    likeness.STEP,
    warning.STEP,
)
"""The step to version 1, to version 2, and so on."""
