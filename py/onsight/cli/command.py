"""What a command is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onsight.engine import Engine


@dataclass(frozen=True, slots=True)
class PictureCommand:
    """A command that answers for one picture after the other.

    Attributes:
        add_arguments: Adds the tool's own options to its parser.
        prepare: From the parsed options to a function of engine and path that answers for one file.
        describe: Shows a result to a person.
        finish: Is given the results of all files that were answered for, at the end.
        is_quiet: Tells from the parsed options whether results are shown at the end only.
        check: Raises InvalidOptionError for options that only the engine can refuse, before the first file.
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
        run: Does it and returns the exit status: 0 if all went well, 1 if a file failed or nothing was found.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


Command = PictureCommand | LibraryCommand
