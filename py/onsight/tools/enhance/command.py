"""Enhancing on the command line: its options, and the files that it writes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onsight.cli.command import PictureCommand
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.files.reading import read_file
from onsight.files.writing import write_free
from onsight.tools.enhance import auto
from onsight.tools.enhance.options import FORMATS, METADATA, PRESETS, EnhanceOptions
from onsight.tools.enhance.settings import NEUTRAL, RANGES, ROTATIONS, SCALES, EnhanceSettings

_HELP = {
    "exposure": "stops of light",
    "contrast": "contrast",
    "highlights": "bright parts, darker or brighter",
    "shadows": "dark parts, darker or brighter",
    "temperature": "bluer or warmer",
    "tint": "greener or more magenta",
    "saturation": "saturation",
    "vibrance": "saturation of what is pale",
    "clarity": "contrast of neighbouring parts",
    "dehaze": "hazier or clearer",
    "denoise": "smooth grain in lightness",
    "denoise_colour": "smooth grain in colour",
    "sharpen": "sharpen",
    "straighten": "degrees clockwise",
}


@dataclass(frozen=True, slots=True)
class Enhanced:
    """A picture that was enhanced and written.

    Attributes:
        path: Where the new file lies.
        settings: What was done.
        summary: The same in a sentence, where the picture decided on it.
        notes: What of the metadata the new file could not hold, in sentences.
    """

    path: str
    settings: EnhanceSettings
    summary: str
    notes: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``enhance``."""
    defaults = EnhanceOptions()
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder for the new files")
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument("--auto", action="store_true", help="do what each picture needs")
    beginning.add_argument("--preset", choices=PRESETS, default="", help="begin with a preset, fitted to each picture")
    for name, (low, high) in RANGES.items():
        parser.add_argument(
            _flag(name), type=float, default=0.0, metavar="N", help=f"{_HELP[name]}, {low:g} to {high:g}"
        )
    parser.add_argument("--black-and-white", action="store_true", help="take all colour away")
    parser.add_argument("--rotate", type=int, choices=ROTATIONS, default=0, help="degrees clockwise")
    parser.add_argument(
        "--crop", type=_fractions, default=(), metavar="X1,Y1,X2,Y2", help="the part that stays, in fractions"
    )
    parser.add_argument("--upscale", type=int, choices=SCALES, default=1, help="enlarge by a network")
    parser.add_argument("--max-side", type=int, default=0, metavar="PIXELS", help="shrink to this longest side")
    parser.add_argument("--format", choices=FORMATS, default="", help="of the new files (default: as each picture's)")
    parser.add_argument(
        "--quality", type=int, default=defaults.quality, help=f"of JPEG and WebP, 1 to 100 (default {defaults.quality})"
    )
    parser.add_argument(
        "--metadata",
        choices=METADATA,
        default=defaults.metadata,
        help=f"what to keep (default {defaults.metadata}); no-location keeps technical properties, dates, ratings, "
        "author and copyright",
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Enhanced]:
    """Check the options of ``enhance`` and return what enhances and writes one file.

    Raises:
        InvalidOptionError: A value is refused, or nothing is asked for.
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
        raise InvalidOptionError("Say what to do: --auto, --preset NAME, or controls such as --exposure 0.5.")

    def answer(engine: Engine, path: str) -> Enhanced:
        applied = [settings]
        named = dataclasses.replace(enhance_options, name=path)
        file = engine.enhance(read_file(path), named, on_settings=applied.append)
        done = applied[-1]
        written = write_free(options.out / file.name, file.data)
        is_proposed = options.auto or options.preset
        summary = auto.summarise(auto.changes(done)) if is_proposed else "Enhanced."
        return Enhanced(str(written), done, summary, file.notes)

    return answer


def describe(result: Any) -> str:
    """Return in a line what was done and where the file lies."""
    return f"{' '.join((result.summary, *result.notes))} → {result.path}"


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _fractions(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 0.1,0,0.9,1") from None


COMMAND = PictureCommand(add_arguments, prepare, describe)
