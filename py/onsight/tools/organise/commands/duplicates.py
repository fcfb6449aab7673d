"""``onsight duplicates``: pictures that are the same, all but the same, or alike, and which of them to keep."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from onsight.cli.command import LibraryCommand
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError
from onsight.library import duplicates, near, search, store
from onsight.library.database import Library
from onsight.tools.organise.commands.shared import add_library, counted, open_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``duplicates``."""
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("exact", "near", "similar"),
        default="near",
        help="same file; same picture in another size or format, turned or mirrored; similar picture (default near)",
    )
    add_library(parser)
    parser.add_argument("--query", default="", help="among which pictures (default: all)")
    parser.add_argument("--like", metavar="FILE", help="the pictures that are most like this one of the library")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many with --like (default 20)")
    parser.add_argument(
        "--distance",
        type=int,
        default=near.MAX_DISTANCE,
        help=f"bits of 64 that near ones may differ in (default {near.MAX_DISTANCE})",
    )
    parser.add_argument(
        "--similarity",
        type=float,
        default=duplicates.MIN_SIMILARITY,
        help=f"cosine that similar ones must reach (default {duplicates.MIN_SIMILARITY})",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(options: argparse.Namespace) -> int:
    """List groups; the status is 1 if there are none."""
    with open_library(options) as library:
        images = search.find(library, options.query) if options.query else None
        if options.like:
            return _print_like(library, images, options)
        match options.kind:
            case "exact":
                groups = duplicates.exact(library, images)
            case "near":
                groups = duplicates.near(library, images, max_distance=options.distance)
            case _:
                groups = duplicates.similar(library, images, min_similarity=options.similarity)
        for group in groups:
            paths = [hit.path for hit in search.describe(library, group.images)]
            if options.json:
                found = {"keep": paths[0], "reason": group.reason, "others": paths[1:], "turns": group.turns[1:]}
                print(json.dumps(found, ensure_ascii=False))
            else:
                print(f"keep {displayable(paths[0])}{_in_brackets(group.reason)}")
                for path, turn in zip(paths[1:], group.turns[1:], strict=True):
                    print(f"     {displayable(path)}{_in_brackets(turn)}")
        if not options.json:
            further = sum(len(group.images) - 1 for group in groups)
            print(f"{counted(len(groups), 'group')}, {counted(further, 'picture')} besides those to keep")
    return 0 if groups else 1


def _in_brackets(text: str) -> str:
    return f"  ({text})" if text else ""


def _print_like(library: Library, images: list[int] | None, options: argparse.Namespace) -> int:
    path = Path(options.like).absolute()
    known = store.find(library, path.parent.as_posix(), path.name)
    if known is None:
        raise InvalidOptionError(f"The library has no picture {path}. Index it first.")
    alike = duplicates.similar_to(library, known.image, limit=options.limit, images=images)
    paths = [hit.path for hit in search.describe(library, [one.image for one in alike])]
    for one, found in zip(alike, paths, strict=True):
        if options.json:
            print(json.dumps({"path": found, "similarity": one.similarity}, ensure_ascii=False))
        else:
            print(f"{one.similarity:.2f}  {displayable(found)}")
    return 0 if alike else 1


COMMAND = LibraryCommand(add_arguments, run)
