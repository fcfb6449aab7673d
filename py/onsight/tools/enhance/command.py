"""Enhance on the command line: its options, and the files that it writes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onsight.cli.command import PictureCommand
from onsight.core.texts import text
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.files.reading import read_file
from onsight.files.writing import write_free
from onsight.tools.enhance import auto
from onsight.tools.enhance.options import FORMATS, METADATA, PRESETS, EnhanceOptions
from onsight.tools.enhance.settings import NEUTRAL, RANGES, ROTATIONS, SCALES, EnhanceSettings


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
    defaults = EnhanceOptions()
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help=text("folder for the new files"))
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument("--auto", action="store_true", help=text("make the changes that each picture needs"))
    beginning.add_argument(
        "--preset", choices=PRESETS, default="", help=text("start from a preset, fitted to each picture")
    )
    for name, (low, high) in RANGES.items():
        parser.add_argument(_flag(name), type=float, default=0.0, metavar="N", help=_control_help(name, low, high))
    parser.add_argument("--black-and-white", action="store_true", help=text("remove all colour"))
    parser.add_argument("--rotate", type=int, choices=ROTATIONS, default=0, help=text("degrees clockwise"))
    parser.add_argument(
        "--crop",
        type=_fractions,
        default=(),
        metavar="X1,Y1,X2,Y2",
        help=text("the part to keep, in fractions of the width and height"),
    )
    parser.add_argument(
        "--upscale", type=int, choices=SCALES, default=1, help=text("enlarge this many times, by a network")
    )
    parser.add_argument(
        "--max-side", type=int, default=0, metavar="PIXELS", help=text("shrink to this longest side, in pixels")
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="",
        help=text("format of the new files (default: the format of each picture)"),
    )
    parser.add_argument(
        "--quality",
        type=int,
        default=defaults.quality,
        help=text("quality of JPEG and WebP, from 1 to 100 (default: {default})", default=defaults.quality),
    )
    parser.add_argument(
        "--metadata",
        choices=METADATA,
        default=defaults.metadata,
        help=text(
            "what metadata to keep (default: {default}); no-location keeps technical properties, dates, ratings, "
            "author and copyright",
            default=defaults.metadata,
        ),
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Enhanced]:
    """Check the options of ``enhance`` and return a function that enhances and writes one file.

    Raises:
        InvalidOptionError: A value is not valid, or the options change nothing.
    """
    settings = EnhanceSettings(**{field.name: getattr(options, field.name) for field in dataclasses.fields(NEUTRAL)})
    enhance_options = EnhanceOptions(
        settings=settings,
        auto=options.auto,
        preset=options.preset,
        format=options.format,
        quality=options.quality,
        metadata=options.metadata,
    )
    if enhance_options == EnhanceOptions(quality=options.quality):
        raise InvalidOptionError(
            text("There is nothing to do. Use --auto, --preset NAME, or a control such as --exposure 0.5.")
        )

    def answer(engine: Engine, path: str) -> Enhanced:
        applied = [settings]
        named = dataclasses.replace(enhance_options, name=path)
        file = engine.enhance(read_file(path), named, on_settings=applied.append)
        done = applied[-1]
        written = write_free(options.out / file.name, file.data)
        is_proposed = options.auto or options.preset
        summary = auto.summarise(auto.changes(done)) if is_proposed else text("Enhanced.")
        return Enhanced(str(written), done, summary, file.notes)

    return answer


def describe(result: Any) -> str:
    """Return what was done and the path of the new file, in one line."""
    return f"{' '.join((result.summary, *result.notes))} → {result.path}"


def _control_help(name: str, low: float, high: float) -> str:
    what = {
        "exposure": text("stops of light"),
        "contrast": text("contrast"),
        "highlights": text("bright parts, darker or brighter"),
        "shadows": text("dark parts, darker or brighter"),
        "temperature": text("bluer or warmer"),
        "tint": text("greener or more magenta"),
        "saturation": text("saturation"),
        "vibrance": text("saturation of pale colours"),
        "clarity": text("local contrast"),
        "dehaze": text("hazier or clearer"),
        "denoise": text("smooth grain in lightness"),
        "denoise_colour": text("smooth grain in colour"),
        "sharpen": text("sharpen"),
        "straighten": text("degrees clockwise"),
    }[name]
    return text("{what}, from {low} to {high}", what=what, low=f"{low:g}", high=f"{high:g}")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _fractions(typed: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in typed.split(","))
    except ValueError:
        message = text("{value!r} is not a list of numbers such as 0.1,0,0.9,1", value=typed)
        raise argparse.ArgumentTypeError(message) from None


COMMAND = PictureCommand(add_arguments, prepare, describe)
