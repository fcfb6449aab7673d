"""What the commands of a library have in common."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onsight.core.wording import displayable
from onsight.errors import InvalidQueryError
from onsight.library.database import Library

__all__ = ["LibraryCommand", "add_library", "counted", "displayable", "open_library", "point_at"]


@dataclass(frozen=True, slots=True)
class LibraryCommand:
    """One command.

    Attributes:
        help: What it does, in a line.
        add_arguments: Adds its options to its parser.
        run: Does it and returns the exit status: 0 if all went well, 1 if a file failed or nothing was found.
    """

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_library(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the library."""
    default = os.environ.get("ONSIGHT_LIBRARY") or "onsight.sqlite"
    parser.add_argument(
        "--library",
        type=Path,
        default=Path(default),
        metavar="FILE",
        help=f"the library (default: $ONSIGHT_LIBRARY, else {default})",
    )


def open_library(options: argparse.Namespace) -> Library:
    """Open the library that the options name; it must be there.

    Raises:
        LibraryError: It is not, or cannot be used.
    """
    return Library.open(options.library, create=False)


def point_at(error: InvalidQueryError) -> str:
    """Return an error's sentence with the query below it, and a mark below the part that is wrong."""
    query, position, length = (error.detail[name] for name in ("query", "position", "length"))
    shown, before = displayable(query), len(displayable(query[:position]))
    marked = max(1, len(displayable(query[position : position + length])))
    return f"{error.message}\n  {shown}\n  {' ' * before}{'^' * marked}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 picture`` or ``1,234 pictures``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
