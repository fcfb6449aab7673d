"""The parts of a command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onsight.engine import Engine


@dataclass(frozen=True, slots=True)
class PictureCommand:
    """A command that handles one picture after another.

    Attributes:
        add_arguments: Adds the tool's own options to its parser.
        prepare: Turns the parsed options into a function of engine and path that handles one file.
        describe: Returns a result as text for the terminal.
        finish: Called at the end with the paths and results of all files that succeeded.
        is_quiet: Returns whether the parsed options leave all printing to ``finish``.
        check: Called before the first file; raises InvalidOptionError for options that only the engine can check.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    prepare: Callable[[argparse.Namespace], Callable[[Engine, str], Any]]
    describe: Callable[[Any], str]
    finish: Callable[[argparse.Namespace, Engine, Sequence[tuple[str, Any]]], None] | None = None
    is_quiet: Callable[[argparse.Namespace], bool] = lambda _: False
    check: Callable[[argparse.Namespace, Engine], None] = lambda _options, _engine: None


@dataclass(frozen=True, slots=True)
class LibraryCommand:
    """A command that works on a library.

    Attributes:
        add_arguments: Adds its options to its parser.
        run: Runs the command and returns the exit status: 0 for success, 1 if a file failed or nothing was found.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


Command = PictureCommand | LibraryCommand
