"""A cache for intermediate results, each valid until something that it depends on changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class StepCache:
    """Caches one result for each name."""

    def __init__(self) -> None:
        self._results: dict[str, tuple[Any, Any]] = {}

    def get(self, name: str, key: Any, make: Callable[[], T]) -> T:
        """Return the cached result of a name if it was made with an equal key; otherwise make a new one and cache it.

        Args:
            name: Name of the result.
            key: Everything that the result depends on.
            make: Returns a new result.
        """
        cached = self._results.get(name)
        if cached is None or cached[0] != key:
            self._results.pop(name, None)  # before the new one is made: memory may not hold both
            cached = self._results[name] = (key, make())
        result: T = cached[1]
        return result
