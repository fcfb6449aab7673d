"""Options and wording that the library commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from onsight.core.texts import text
from onsight.library.database import Library


def add_library(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the library."""
    default = os.environ.get("ONSIGHT_LIBRARY") or "onsight.sqlite"
    parser.add_argument(
        "--library",
        type=Path,
        default=Path(default),
        metavar="FILE",
        help=text("the library (default: $ONSIGHT_LIBRARY, or else {path})", path=default),
    )


def open_library(options: argparse.Namespace) -> Library:
    """Open the library that the options name.

    Raises:
        LibraryError: It does not exist, or cannot be used.
    """
    return Library.open(options.library, create=False)
