"""Onsight: image tools that run wholly in the browser, and the same results in Python.

Example:
    >>> from onsight import Engine
    >>> Engine().classify("cat.jpg").label
    'Cat'

`Engine` has the tools for programs; ``python -m onsight`` is the command line.

Public names are `Engine`, all errors, and the options and results of every tool: the classes in `onsight.errors`,
`onsight.core.results` and each tool's ``options.py`` and ``results.py``. ``__all__`` lists them. Everything else is
private. A module is imported when one of its names is first used, so ``import onsight`` loads neither NumPy nor
onnxruntime.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from onsight._version import __version__ as __version__

if TYPE_CHECKING:  # for type checkers and editors, which cannot follow the table of tools
    from onsight._public_names import *
    from onsight.engine import Engine as Engine


if not TYPE_CHECKING:  # type checkers would take it that every name exists

    def __getattr__(name: str) -> object:
        """Return a public name; import its module if that has not been done."""
        if name == "__all__":
            return ["Engine", "__version__", *sorted({name for module in _modules() for name in _public(module)})]
        if name == "Engine":
            return import_module("onsight.engine").Engine
        if not name.startswith("_"):
            for module in _modules():
                if (public := _public(module)) and name in public:
                    return public[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    names: list[str] = import_module(__name__).__all__
    return names


def _modules() -> Iterator[str]:
    """Yield the names of the modules whose classes are public."""
    from onsight.tools import TOOLS

    yield from ("onsight.errors", "onsight.core.results")
    for tool in TOOLS:
        yield from tool.public_modules


def _public(module: str) -> dict[str, type]:
    """Return the public classes of a module by name: its own, and those that it takes from another on purpose."""
    return {
        name: value
        for name, value in vars(import_module(module)).items()
        if isinstance(value, type) and value.__module__.startswith("onsight.") and not name.startswith("_")
    }
