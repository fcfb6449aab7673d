"""What the commands of a library have in common."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from onsight.library.database import Library


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


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 picture`` or ``1,234 pictures``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
