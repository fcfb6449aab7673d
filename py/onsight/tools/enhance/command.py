"""Enhance on the command line: its options, and the files that it writes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onsight.cli.command import PictureCommand
from onsight.cli.options import add_option, chosen
from onsight.core.options import declared_options
from onsight.core.texts import text
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.files.reading import read_file
from onsight.files.writing import write_free
from onsight.tools.enhance import auto
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings


@dataclass(frozen=True, slots=True)
class Enhanced:
    """The result of ``enhance`` for one picture.

    Attributes:
        path: Path of the new file.
        settings: The settings that were applied.
        summary: A sentence that says what was done.
        notes: Sentences about the new file, such as what metadata it could not hold.
    """

    path: str
    settings: EnhanceSettings
    summary: str
    notes: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``enhance``."""
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help=text("folder for the new files"))
    beginning = parser.add_mutually_exclusive_group()
    add_option(beginning, EnhanceOptions, "auto")
    add_option(beginning, EnhanceOptions, "preset")
    for name, option in declared_options(EnhanceSettings).items():
        if name == "crop":
            add_option(parser, EnhanceSettings, name, type=_fractions, metavar="X1,Y1,X2,Y2")
        else:
            add_option(parser, EnhanceSettings, name, metavar=None if option.declaration.choices else "N")
    for name in ("format", "quality", "metadata"):
        add_option(parser, EnhanceOptions, name)


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Enhanced]:
    """Check the options of ``enhance`` and return a function that enhances and writes one file.

    Raises:
        InvalidOptionError: A value is not valid, or the options change nothing.
    """
    enhance_options = dataclasses.replace(chosen(EnhanceOptions, options), settings=chosen(EnhanceSettings, options))
    if enhance_options == EnhanceOptions(quality=options.quality):
        raise InvalidOptionError(
            text("There is nothing to do. Use --auto, --preset NAME, or a control such as --exposure 0.5.")
        )

    def answer(engine: Engine, path: str) -> Enhanced:
        file = engine.enhance(read_file(path), dataclasses.replace(enhance_options, name=path))
        written = write_free(options.out / file.name, file.data)
        is_proposed = options.auto or options.preset
        summary = auto.summarise(auto.changes(file.settings)) if is_proposed else text("Enhanced.")
        return Enhanced(str(written), file.settings, summary, file.notes)

    return answer


def describe(result: Any) -> str:
    """Return what was done and the path of the new file, in one line."""
    return f"{' '.join((result.summary, *result.notes))} → {result.path}"


def _fractions(typed: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in typed.split(","))
    except ValueError:
        message = text("{value!r} is not a list of numbers such as 0.1,0,0.9,1", value=typed)
        raise argparse.ArgumentTypeError(message) from None


COMMAND = PictureCommand(add_arguments, prepare, describe)
