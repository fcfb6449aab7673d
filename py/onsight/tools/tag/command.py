"""Tagging on the command line: its options, and how its answer is shown to a person."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from onsight.cli.command import PictureCommand
from onsight.core.texts import text
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.metadata.sidecar import SidecarChange, write_sidecar
from onsight.tools.tag.exports import TEXTS, rekognition, table
from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.keywords import keywords_of
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Photo, Tag, Tagging
from onsight.tools.tag.selection import FLOOR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tag``."""
    parser.add_argument(
        "--threshold", type=float, help="score from which on a tag is shown, 0 to 1 (default: each tag's own)"
    )
    parser.add_argument("--all", action="store_true", help="every tag of the vocabulary, with its score")
    parser.add_argument(
        "--boxes", action="store_true", help="have detection look too: surer of people and things, but slower"
    )
    parser.add_argument("--heat-maps", action="store_true", help="tell with --json where each tag applies")
    parser.add_argument(
        "--format", choices=FORMATS, help="print the tags in another form; rekognition is one JSON object a line"
    )
    parser.add_argument(
        "--write-xmp",
        action="store_true",
        help="write the tags into the picture's sidecars, else into a new FILE.xmp that begins with what the picture "
        "says itself; what is in them stays",
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Tagging]:
    """Check the options of ``tag`` and return what answers for one file, and writes its sidecar if asked to.

    Raises:
        InvalidOptionError: A value is refused, or options do not go together.
    """
    chosen = {name: getattr(options, name) for name in ("threshold", "all", "heat_maps", "boxes")}
    tag_options = TagOptions(**chosen)
    if options.format and options.json:
        raise InvalidOptionError(text("--json and --format both choose what is printed. Use one of them."))

    def answer(engine: Engine, path: str) -> Tagging:
        tagging = engine.tag(path, tag_options)
        if options.write_xmp:
            for change in write_sidecar(path, keywords_of(tag for tag in tagging.tags if tag.shown)):
                # Beside the answers, which a program may read.
                print(f"{change.path}: {describe_change(change)}", file=sys.stderr, flush=True)
        return tagging

    return answer


def prints_export(options: argparse.Namespace) -> bool:
    """Tell whether standard output belongs to an export."""
    return bool(options.format)


def finish(options: argparse.Namespace, engine: Engine, results: Sequence[tuple[str, Tagging]]) -> None:
    """Print the tags of all files in another form, if asked to."""
    if not options.format:
        return
    pictures = [TaggedPicture(Path(path).as_posix(), tagging.image, tagging.tags) for path, tagging in results]
    sys.stdout.write(FORMATS[options.format](pictures))


def describe_change(change: SidecarChange) -> str:
    """Return what became of a sidecar in a few words."""
    added = f"{change.added} keyword{'' if change.added == 1 else 's'}"
    if change.is_new:
        return f"written with {added}" + (f" and the {change.kept} that the picture has." if change.kept else ".")
    if not change.added:
        return f"had all of them; its {change.kept} stay."
    return f"{added} added to the {change.kept} that were there."


def describe(result: Tagging) -> str:
    """Return the tags by group, one group a line, each tag with its score."""
    # What lies below the floor is there only if it was asked for.
    everything = any(tag.score < FLOOR for tag in result.tags)
    listed = [tag for tag in result.tags if tag.shown or everything]
    grouped = ((group, [tag for tag in listed if tag.group == group]) for group in result.groups)
    lines = [f"    {group}: " + ", ".join(_describe_tag(tag) for tag in tags) for group, tags in grouped if tags]
    if facts := _describe_photo(result.photo):
        lines.append(f"    Photo: {facts}")
    first = ", ".join(tag.name for tag in listed[:5]) or "no tag is sure enough"
    return "\n".join([first, *lines])


def _print_texts(format: str) -> Callable[[Sequence[TaggedPicture]], str]:
    return lambda pictures: "".join(f"{TEXTS[format](picture.tags)}\n" for picture in pictures)


def _print_table(pictures: Sequence[TaggedPicture]) -> str:
    (content,) = table.write(pictures).values()
    # The mark is for spreadsheets that open a file; a pipe has no use for it, and a terminal ends lines its own way.
    return content.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")


def _print_rekognition(pictures: Sequence[TaggedPicture]) -> str:
    answers = ({"path": picture.name, "result": rekognition.document(picture)} for picture in pictures)
    return "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)


FORMATS: dict[str, Callable[[Sequence[TaggedPicture]], str]] = {
    **{format: _print_texts(format) for format in TEXTS},
    "csv": _print_table,
    "rekognition": _print_rekognition,
}
"""What ``--format`` prints."""


def _describe_tag(tag: Tag) -> str:
    return tag.name if tag.source in ("colour", "photo") else f"{tag.name} {percent(tag.score)}"


def _describe_photo(photo: Photo) -> str:
    facts = [
        photo.taken and photo.taken.replace("T", " "),
        photo.camera,
        photo.lens,
        "has a location" if photo.has_location else None,
    ]
    return ", ".join(fact for fact in facts if fact)


COMMAND = PictureCommand(add_arguments, prepare, describe, finish, prints_export)
