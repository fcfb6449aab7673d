"""Migrate a library's tables from each version to the next.

To change the tables, add a module here and append its step to `MIGRATIONS`. Never change a step that was released.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from onsight.library.migrations import failures, first, likeness, places, search_keys, stated, warning

Step = str | Callable[[sqlite3.Connection], None]
"""An SQL script, or a function for changes that need Python. A step runs in a transaction and must not end it."""

MIGRATIONS: Sequence[Step] = (
    first.STEP,
    stated.STEP,
    failures.STEP,
    search_keys.migrate,
    places.migrate,
    likeness.STEP,
    warning.STEP,
)
"""The steps to version 1, version 2, and so on."""
