"""After Python was restored from a snapshot: what must differ from one run to the next."""

from __future__ import annotations

import random
import sys
import tempfile


def wake() -> None:
    """Seed every generator of random numbers anew, which would otherwise go on alike in each copy of the snapshot."""
    random.seed()
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed()
    tempfile._name_sequence = None  # type: ignore[attr-defined]  # has a generator of its own
