"""Detect on the command line: its options, how its result is printed, and the files that it writes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from onsight.cli.command import PictureCommand
from onsight.cli.options import add_options, chosen
from onsight.core.texts import text
from onsight.core.wording import displayable, percent
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.files.names import stem_of
from onsight.files.reading import read_file
from onsight.files.writing import write_all, write_free
from onsight.image import decode
from onsight.tools.detect.annotate import annotate
from onsight.tools.detect.class_names import noun_of
from onsight.tools.detect.exports import FORMATS, IMAGE_FOLDERS, DetectedPicture, export, image_names
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.results import Detection

SINGLE_FILE_FORMATS = ("coco", "labelstudio")
"""Formats with one file for all pictures."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``detect``."""
    add_options(parser, DetectOptions)
    parser.add_argument(
        "--annotate", type=Path, metavar="DIR", help=text("write the pictures with their boxes to this folder")
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help=text("print the boxes in another tool's format, or write them to the folder of --out"),
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=text("folder for the files of --format"))
    parser.add_argument(
        "--images",
        choices=("copy", "none"),
        default="copy",
        help=text(
            "what happens to the pictures of --format yolo and voc: they are copied into the data set, so that it is "
            "ready for training (default), or left where they are"
        ),
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Detection]:
    """Check the options of ``detect`` and return a function that finds, and may draw, the objects of one file.

    Raises:
        InvalidOptionError: A value is not valid, or options contradict each other.
    """
    detect_options = _options(options)
    if options.out and not options.format:
        raise InvalidOptionError(text("--out needs --format, which says what files to write."))
    if options.format and options.json:
        raise InvalidOptionError(text("--json and --format both choose what is printed. Use one of them."))
    if options.format and not options.out and options.format not in SINGLE_FILE_FORMATS and len(options.files) > 1:
        raise InvalidOptionError(
            text("{format} has a file for each picture. Name a folder for them with --out DIR.", format=options.format)
        )

    def answer(engine: Engine, path: str) -> Detection:
        detection = engine.detect(path, detect_options)
        if options.annotate:
            drawn = annotate(decode(read_file(path)), detection.boxes, _labels(engine))
            wanted = options.annotate / f"{stem_of(path)}{drawn.suffix}"
            written = write_free(wanted, drawn.data)
            if written != wanted:  # on standard error, because a program may read the results
                drawn_as = text("drawn as {path}.", path=displayable(str(written)))
                print(f"{displayable(path)}: {drawn_as}", file=sys.stderr, flush=True)
        return detection

    return answer


def check(options: argparse.Namespace, engine: Engine) -> None:
    """Check that the classes exist, before the first file is opened.

    Raises:
        InvalidOptionError: A class in ``--allow`` or ``--deny`` does not exist.
    """
    engine.check(_options(options))


def _options(options: argparse.Namespace) -> DetectOptions:
    return chosen(DetectOptions, options)


def _relative_names(paths: Sequence[str]) -> list[str]:
    """Return the names of pictures in an export: paths below the current folder, others below their common folder."""
    given = [Path(path) for path in paths]
    if not any(path.is_absolute() or ".." in path.parts for path in given):
        return [path.as_posix() for path in given]
    full = [Path(os.path.abspath(path)) for path in given]
    try:
        common = os.path.commonpath([path.parent for path in full])
    except ValueError:  # on several drives
        return [path.relative_to(path.anchor).as_posix() for path in full]
    return [path.relative_to(common).as_posix() for path in full]


def prints_export(options: argparse.Namespace) -> bool:
    """Return whether an export is printed on standard output."""
    return bool(options.format) and not options.out


def finish(options: argparse.Namespace, engine: Engine, results: Sequence[tuple[str, Detection]]) -> None:
    """Write or print the objects of all files in another tool's format, if the options ask for one."""
    if not options.format:
        return
    names = _relative_names([path for path, _ in results])
    pictures = [DetectedPicture(name, detection) for name, (_, detection) in zip(names, results, strict=True)]
    files = export(options.format, pictures, _labels(engine))
    if options.out:
        images = []
        if options.format in IMAGE_FOLDERS and options.images == "copy":
            images = list(zip(image_names(options.format, names), (path for path, _ in results), strict=True))
        texts = ((name, content.encode("utf-8", "backslashreplace")) for name, content in files.items())
        written = write_all(options.out, chain(texts, ((name, read_file(path)) for name, path in images)))
        if [path.relative_to(options.out).as_posix() for path in written] != [*files, *(name for name, _ in images)]:
            paths = ", ".join(displayable(str(path)) for path in written)
            print(text("Written as {paths}.", paths=paths), file=sys.stderr)
    elif pictures or options.format in SINGLE_FILE_FORMATS:
        sys.stdout.write(next(iter(files.values())))


def describe(result: Detection) -> str:
    """Return the number of objects of each class in one line, then a line for each box."""
    counts: dict[str, int] = {}
    for box in result.boxes:
        counts[box.label] = counts.get(box.label, 0) + 1
    head = ", ".join(
        f"{noun_of(label, 1)} × {count}" if count > 1 else noun_of(label, 1) for label, count in counts.items()
    )
    boxes = (
        f"\n    {noun_of(box.label, 1)} {percent(box.score)}"
        f"  ({box.x1:.0f}, {box.y1:.0f}) – ({box.x2:.0f}, {box.y2:.0f})"
        for box in result.boxes
    )
    return (head or text("Nothing found")) + "".join(boxes)


def _labels(engine: Engine) -> tuple[str, ...]:
    return tuple(one.label for one in engine.detection_classes().classes)


COMMAND = PictureCommand(add_arguments, prepare, describe, finish, prints_export, check)
