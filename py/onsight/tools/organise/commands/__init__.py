"""The commands that work on a library, by name."""

from __future__ import annotations

from collections.abc import Mapping

from onsight.tools.organise.commands import duplicates, export, index, search, sort, tags
from onsight.tools.organise.commands.shared import LibraryCommand

LIBRARY_COMMANDS: Mapping[str, LibraryCommand] = {
    "index": index.COMMAND,
    "search": search.COMMAND,
    "sort": sort.COMMAND,
    "tags": tags.COMMAND,
    "duplicates": duplicates.COMMAND,
    "export": export.COMMAND,
}
"""What the command line offers for many pictures."""

__all__ = ["LIBRARY_COMMANDS", "LibraryCommand"]
