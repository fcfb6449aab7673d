"""Resets what must differ between runs after Python was restored from a snapshot."""

from __future__ import annotations

import random
import sys
import tempfile


def wake() -> None:
    """Seed all random number generators again; otherwise every copy of the snapshot gives the same numbers."""
    random.seed()
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed()
    tempfile._name_sequence = None  # type: ignore[attr-defined]  # has a generator of its own
