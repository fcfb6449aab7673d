"""The options of Details."""

from __future__ import annotations

from onsight.core.options import option, options


@options
class CleanOptions:
    """How to name a copy without metadata."""

    name: str = option(default="picture", file_name=True, doc="Name of the picture's file.")
