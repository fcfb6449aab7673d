"""Tag on the command line: its options, how its result is printed, and the sidecars that it writes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from onsight.cli.command import PictureCommand
from onsight.cli.options import add_option, add_options, chosen
from onsight.core.texts import plural, text
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.metadata.sidecar import SidecarChange, write_sidecar
from onsight.tools.tag.exports import TEXTS, rekognition, table
from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.keywords import keywords_of
from onsight.tools.tag.options import ExportTagsOptions, TagOptions
from onsight.tools.tag.results import Photo, Tag, Tagging
from onsight.tools.tag.selection import FLOOR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tag``."""
    add_options(parser, TagOptions)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help=text("print the tags in another format; rekognition prints one JSON object per line"),
    )
    add_option(parser, ExportTagsOptions, "keywords")
    parser.add_argument(
        "--alt-text",
        action="store_true",
        help=text(
            "with --format csv and --write-xmp: include the description where the picture has none; in XMP also as "
            "alternative text"
        ),
    )
    parser.add_argument(
        "--write-xmp",
        action="store_true",
        help=text(
            "write the tags into the picture's sidecars, or into a new FILE.xmp that starts from the picture's own "
            "metadata; existing content is kept"
        ),
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Tagging]:
    """Check the options of ``tag`` and return a function that tags one file, and may write its sidecar.

    Raises:
        InvalidOptionError: A value is not valid, or options contradict each other.
    """
    tag_options = chosen(TagOptions, options)
    if options.format and options.json:
        raise InvalidOptionError(text("--json and --format both choose what is printed. Use one of them."))

    def answer(engine: Engine, path: str) -> Tagging:
        tagging = engine.tag(path, tag_options)
        if options.write_xmp:
            said = tagging.description if options.alt_text else ""
            for change in write_sidecar(path, keywords_of(tagging.tags, options.keywords, said)):
                # On standard error, because a program may read the results.
                print(f"{change.path}: {describe_change(change)}", file=sys.stderr, flush=True)
        return tagging

    return answer


def prints_export(options: argparse.Namespace) -> bool:
    """Return whether an export is printed on standard output."""
    return bool(options.format)


def finish(options: argparse.Namespace, engine: Engine, results: Sequence[tuple[str, Tagging]]) -> None:
    """Print the tags of all files in another format, if the options ask for one."""
    if not options.format:
        return
    pictures = [
        TaggedPicture(
            Path(path).as_posix(),
            tagging.image,
            tagging.tags,
            level=options.keywords,
            alt_text=tagging.description if options.alt_text else "",
        )
        for path, tagging in results
    ]
    sys.stdout.write(FORMATS[options.format](pictures))


def describe_change(change: SidecarChange) -> str:
    """Return in a few words what was done to a sidecar."""
    if change.is_new and change.kept:
        return plural(
            change.added,
            "written with {count} keyword and the {kept} that the picture has.",
            "written with {count} keywords and the {kept} that the picture has.",
            kept=change.kept,
        )
    if change.is_new:
        return plural(change.added, "written with {count} keyword.", "written with {count} keywords.")
    if not change.added:
        return text("already had all keywords; its {kept} are unchanged.", kept=change.kept)
    return plural(
        change.added,
        "{count} keyword added to the {kept} that were there.",
        "{count} keywords added to the {kept} that were there.",
        kept=change.kept,
    )


def describe(result: Tagging) -> str:
    """Return the tags that are shown, then all that apply with their scores, one line for each group."""
    # Tags below the floor are present only if the options ask for all tags.
    everything = any(tag.score < FLOOR for tag in result.tags)
    listed = [tag for tag in result.tags if tag.level != "unlikely" or everything]
    grouped = ((group, [tag for tag in listed if tag.group == group]) for group in result.groups)
    lines = [f"    {group}: " + ", ".join(_describe_tag(tag) for tag in tags) for group, tags in grouped if tags]
    if facts := _describe_photo(result.photo):
        lines.append("    " + text("Photo: {facts}", facts=facts))
    first = ", ".join(tag.name for tag in result.tags if tag.shown) or text("no tag is certain enough")
    described = ["    " + text("Description: {sentence}", sentence=result.description)] if result.description else []
    return "\n".join([first, *described, *lines])


def _print_texts(format: str) -> Callable[[Sequence[TaggedPicture]], str]:
    return lambda pictures: "".join(f"{TEXTS[format](picture.tags, picture.level)}\n" for picture in pictures)


def _print_table(
    write: Callable[[Sequence[TaggedPicture]], dict[str, str]],
) -> Callable[[Sequence[TaggedPicture]], str]:
    return lambda pictures: _content_of(write(pictures))


def _content_of(files: dict[str, str]) -> str:
    (content,) = files.values()
    # The byte order mark is for spreadsheets that open a file, and a terminal has its own line ends.
    return content.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")


def _print_rekognition(pictures: Sequence[TaggedPicture]) -> str:
    answers = ({"path": picture.name, "result": rekognition.document(picture)} for picture in pictures)
    return "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)


FORMATS: dict[str, Callable[[Sequence[TaggedPicture]], str]] = {
    **{format: _print_texts(format) for format in TEXTS},
    "csv": _print_table(table.write_pictures),
    "tags-csv": _print_table(table.write),
    "rekognition": _print_rekognition,
}
"""Functions that write what ``--format`` prints, by format."""


def _describe_tag(tag: Tag) -> str:
    return tag.name if tag.source in ("colour", "photo") else f"{tag.name} {percent(tag.score)}"


def _describe_photo(photo: Photo) -> str:
    facts = [
        photo.taken and photo.taken.replace("T", " "),
        photo.camera,
        photo.lens,
        text("has a location") if photo.has_location else None,
    ]
    return ", ".join(fact for fact in facts if fact)


COMMAND = PictureCommand(add_arguments, prepare, describe, finish, prints_export)
