"""What the page can ask for: the methods of all tools, collected, and the cache of what their runs returned."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from onsight.method import Method
from onsight.networks.models import Models
from onsight.tools import TOOLS

_MODULES = [import_module(tool.methods_module) for tool in TOOLS]

METHODS: Mapping[str, Method] = {name: method for module in _MODULES for name, method in module.METHODS.items()}
"""Every method by its name."""


@cache
def models_for(texts: tuple[tuple[str, str, str], ...]) -> Models:
    """Return the models for ``(id, text of model.json, text of labels.txt or "")`` of each, with all tasks made.

    The same texts give the same models, so that a snapshot of Python can hold them.

    Raises:
        InvalidSpecError: A description or labels are wrong.
    """
    models = Models.from_texts({model: (spec, labels) for model, spec, labels in texts})
    for module in _MODULES:
        for task in module.TASKS:
            models.make(task)
    return models


class RunCache:
    """What the runs of methods returned for the latest pictures."""

    def __init__(self) -> None:
        self._cached: dict[str, OrderedDict[Hashable, Any]] = {}

    def get(self, name: str, picture: Hashable, options: Any) -> Any | None:
        """Return what a run returned for a picture, or None.

        Args:
            name: Of the method.
            picture: The page's name for the picture, or None if it gave none.
            options: Of the method.
        """
        key = (picture, METHODS[name].cache_key(options))
        cached = self._cached.get(name)
        if picture is None or cached is None or key not in cached:
            return None
        cached.move_to_end(key)
        return cached[key]

    def put(self, name: str, picture: Hashable, options: Any, outputs: Any) -> None:
        """Store what a run returned, in place of the oldest if there are too many; arguments as for `get`."""
        method = METHODS[name]
        if picture is None or not method.cache_size:
            return
        key = (picture, method.cache_key(options))
        cached = self._cached.setdefault(name, OrderedDict())
        cached[key] = outputs
        cached.move_to_end(key)
        while len(cached) > method.cache_size:
            cached.popitem(last=False)
