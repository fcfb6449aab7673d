"""``onsight export --format …``: export a library for other programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from onsight.cli.command import LibraryCommand
from onsight.cli.options import add_option
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError, OnsightError, UnreadableFileError, UnwritableFileError
from onsight.files.writing import Content, write_all, write_new
from onsight.library import description, search, stated, store
from onsight.library.database import Library
from onsight.library.exports import FORMATS, SINGLE_FILE_FORMATS, ExportFile, export
from onsight.library.exports.boxes import image_files
from onsight.library.exports.paths import PATHS
from onsight.library.files import is_its_own, read_own
from onsight.library.ordering import ORDERS
from onsight.library.records import Source
from onsight.library.search import Hit
from onsight.library.sorting import Pattern, make_plan
from onsight.library.sorting.placing import existing_in
from onsight.library.sorting.targets import Existing
from onsight.metadata.embed import embed
from onsight.metadata.sidecar import write_sidecar
from onsight.metadata.xmp import Keywords
from onsight.tools.detect.exports import IMAGE_FOLDERS
from onsight.tools.organise.commands.shared import add_library, open_library
from onsight.tools.organise.options import ExportLibraryOptions
from onsight.tools.tag.keywords import keywords_of

_BESIDE = "sidecars"
_COPIES = "keywords"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    parser.add_argument(
        "--format",
        required=True,
        choices=(*FORMATS, _BESIDE, _COPIES),
        help=text(
            "file format; sidecars adds the tags to the .xmp files next to the pictures, keywords writes copies of "
            "JPEG, PNG and WebP files that contain the tags"
        ),
    )
    add_library(parser)
    parser.add_argument("--query", default="", help=text("export only the pictures that this query finds"))
    parser.add_argument("--order", choices=ORDERS, default="name", help=text("order of the pictures (default: name)"))
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=text("folder for the files; without it, a single file is printed")
    )
    parser.add_argument(
        "--images",
        choices=("copy", "none"),
        default="copy",
        help=text(
            "for yolo and voc: copy the pictures into the data set, so that it is complete (default), or leave them out"
        ),
    )
    add_option(parser, ExportLibraryOptions, "keywords")
    add_option(parser, ExportLibraryOptions, "alt_text")
    parser.add_argument(
        "--paths",
        dest="naming",
        choices=PATHS,
        default="relative",
        help=text(
            "how csv, tags-csv, json, coco, labelstudio and html name the pictures: relative to the indexed folder, "
            "with its name in front if there are several (default), or by their absolute paths"
        ),
    )


def run(options: argparse.Namespace) -> int:
    """Export; the exit status is 1 if a picture could not be written, or none was found."""
    if not options.out and options.format not in (*SINGLE_FILE_FORMATS, _BESIDE):
        raise InvalidOptionError(
            text("{format} writes several files. Name a folder for them with --out DIR.", format=options.format)
        )
    with open_library(options) as library:
        images = search.find(library, options.query, options.order)
        keywords = _keywords_of(library, options)
        if options.format == _BESIDE:
            return _each(library, images, _write_beside(library, keywords))
        if options.format == _COPIES:
            return _write_copies(library, images, options.out, keywords)
        files = export(
            library,
            images,
            options.format,
            options.naming,
            keywords=options.keywords,
            alt_text=options.alt_text,
        )
        if not options.out:  # the first file is the export; the others only support it
            for chunk in next(files).chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return 0 if images else 1
        return _write_files(library, images, files, options)


def _write_files(library: Library, images: list[int], files: Iterator[ExportFile], options: argparse.Namespace) -> int:
    """Write the files of an export, and the pictures of a data set."""
    contents: Iterator[tuple[str, Content]] = ((file.name, file.chunks) for file in files)
    copies: dict[str, Hit] = {}
    failed: list[str] = []
    if options.format in IMAGE_FOLDERS and options.images == "copy":
        listed = image_files(library, images, options.format)
        hits = search.describe(library, [id for _, id in listed])
        copies = {name: hit for (name, _), hit in zip(listed, hits, strict=True)}
        contents = chain(contents, _copies(library, copies, failed))
    for path in write_all(options.out, contents):
        if path.relative_to(options.out).as_posix() not in copies:
            print(text("{path} written.", path=displayable(str(path))), file=sys.stderr)
    if copies:
        print(plural(len(copies) - len(failed), "{count} picture copied.", "{count} pictures copied."), file=sys.stderr)
    return 0 if images and not failed else 1


def _copies(library: Library, copies: Mapping[str, Hit], failed: list[str]) -> Iterator[tuple[str, Content]]:
    """Yield pictures with their names in a data set; unreadable ones are appended to ``failed`` and left out."""
    for name, hit in copies.items():
        try:
            known = store.find(library, hit.folder, hit.name)
            if not known:
                raise _missing()
            yield name, read_own(known.source, known.hash)
        except OnsightError as error:
            failed.append(name)
            message = text(
                "{path}: {message} It is not in the data set.", path=displayable(hit.path), message=error.message
            )
            print(message, file=sys.stderr)


def _missing() -> UnreadableFileError:
    return UnreadableFileError(text("The picture is missing, because another file has replaced it."))


def _each(library: Library, images: list[int], write: Callable[[Hit], None]) -> int:
    """Call a function for each picture. Report failures, and continue with the next picture."""
    failed = 0
    for hit in search.describe(library, images):
        try:
            write(hit)
        except OnsightError as error:
            failed += 1
            print(f"{displayable(hit.path)}: {error.message}", file=sys.stderr)
    print(plural(len(images) - failed, "{count} picture written.", "{count} pictures written."), file=sys.stderr)
    return 1 if failed or not images else 0


def _write_beside(library: Library, keywords_of: Callable[[int], Keywords]) -> Callable[[Hit], None]:
    def write(hit: Hit) -> None:
        if not Path(hit.path).is_file():
            raise UnwritableFileError(
                text("The picture does not exist or is in an archive, so no sidecar was written.")
            )
        known = None if hit.missing else store.find(library, hit.folder, hit.name)
        if not known or not is_its_own(known.source, known.hash):
            raise UnwritableFileError(
                text(
                    "The picture has changed, or another file has replaced it, so no sidecar was written. "
                    "Index its folder again."
                )
            )
        keywords = keywords_of(hit.image)
        write_sidecar(hit.path, keywords, stated.of_picture(library, hit.image))
        stated.note_written(library, hit.image, keywords.subjects)

    return write


def _write_copies(library: Library, images: list[int], out: Path, keywords_of: Callable[[int], Keywords]) -> int:
    plan = make_plan(library, images, (), pattern=Pattern(), existing=_other_files(existing_in(out)))
    moves = {move.image: move for move in plan.moves}

    def write(hit: Hit) -> None:
        move = moves.get(hit.image)
        if not move:
            raise _missing()
        source: Source = move.source
        data = embed(read_own(source, move.hash), keywords_of(hit.image))
        write_new(out / move.target, data, mtime_ns=source.mtime_ns)

    return _each(library, images, write)


def _keywords_of(library: Library, options: argparse.Namespace) -> Callable[[int], Keywords]:
    """Return a function that returns the keywords of a picture."""

    def of_picture(image: int) -> Keywords:
        sentence = description.describe(library, image) if options.alt_text else ""
        return keywords_of(store.tags_of(library, image), options.keywords, sentence)

    return of_picture


def _other_files(existing: Existing) -> Existing:
    """Treat every existing file as different: a picture without the tags is not a copy of one with them."""
    return lambda folder, sizes: existing(folder, ())


COMMAND = LibraryCommand(add_arguments, run)
