"""What was worked out last, kept until something that it depends on changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Cached:
    """Results by name, one each."""

    def __init__(self) -> None:
        self._results: dict[str, tuple[Any, Any]] = {}

    def get(self, name: str, key: Any, make: Callable[[], T]) -> T:
        """Return a result: the one that was made last under this name, if with the same key, else a new one."""
        kept = self._results.get(name)
        if kept is None or kept[0] != key:
            self._results.pop(name, None)  # before the new one is made: both may not fit
            kept = self._results[name] = (key, make())
        result: T = kept[1]
        return result
