"""Details on the command line: the metadata in files, and copies without it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from onsight.cli.command import PictureCommand
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.engine import Engine
from onsight.files.writing import write_free
from onsight.tools.details.options import CleanOptions
from onsight.tools.details.results import PictureDetails


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``details``."""
    parser.add_argument(
        "--clean",
        type=Path,
        metavar="DIR",
        help=text("also write a copy of each picture there, without metadata and with the same pixels"),
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], PictureDetails]:
    """Return what reads one file, and writes its copy if asked to."""

    def answer(engine: Engine, path: str) -> PictureDetails:
        result = engine.details(path)
        if options.clean:
            copy = engine.clean(path, CleanOptions(name=path))
            written = write_free(options.clean / copy.name, copy.data)
            # Beside the answers, which a program may read.
            print(f"{displayable(path)}: {displayable(str(written))}", file=sys.stderr, flush=True)
        return result

    return answer


def describe(result: PictureDetails) -> str:
    """Return the details by subject, personal ones marked with a star."""
    if not result.groups:
        return text("This file contains nothing but the picture.")
    lines = [plural(result.personal, "{count} personal detail (marked *)", "{count} personal details (marked *)")]
    for group in result.groups:
        lines.append(f"    {group.title}")
        lines += [
            f"      {'*' if detail.personal else ' '} {detail.name}: {displayable(detail.value)}"
            for detail in group.details
        ]
    return "\n".join(lines)


COMMAND = PictureCommand(add_arguments, prepare, describe)
