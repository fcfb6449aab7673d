"""Onsight: image tools that run wholly in the browser, and the same results in Python.

`onsight.engine.Engine` has the tools for programs in CPython, ``python -m onsight`` for the command line.
"""

from onsight._version import __version__

__all__ = ["__version__"]
