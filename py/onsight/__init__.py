"""Onsight: image tools that run wholly in the browser, and the same results in Python."""

from onsight._version import __version__

__all__ = ["__version__"]
