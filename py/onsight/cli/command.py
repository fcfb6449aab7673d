"""What a tool's command is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from onsight.engine import Engine


@dataclass(frozen=True, slots=True)
class Command:
    """One tool on the command line.

    Attributes:
        help: What it does, in a line.
        add_arguments: Adds the tool's own options to its parser.
        prepare: From the parsed options to a function of engine and path that answers for one file.
        describe: Shows a result to a person.
        finish: Is given the results of all files that were answered for, at the end.
        is_quiet: Tells from the parsed options whether results are shown at the end only.
        check: Raises InvalidOptionError for options that only the engine can refuse, before the first file.
    """

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    prepare: Callable[[argparse.Namespace], Callable[[Engine, str], Any]]
    describe: Callable[[Any], str]
    finish: Callable[[argparse.Namespace, Engine, Sequence[tuple[str, Any]]], None] | None = None
    is_quiet: Callable[[argparse.Namespace], bool] = lambda _: False
    check: Callable[[argparse.Namespace, Engine], None] = lambda _options, _engine: None
