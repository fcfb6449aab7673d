"""``onsight duplicates``: list copies and similar pictures, and which of them to keep."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from onsight.cli.command import LibraryCommand
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError
from onsight.library import duplicates, near, search, store
from onsight.library.database import Library
from onsight.tools.organise.commands.shared import add_library, open_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``duplicates``."""
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("exact", "near", "similar"),
        default="near",
        help=text(
            "exact: identical files; near: the same picture in another size or format, turned or mirrored; similar: "
            "similar pictures (default: near)"
        ),
    )
    add_library(parser)
    parser.add_argument("--query", default="", help=text("compare only the pictures that this query finds"))
    parser.add_argument(
        "--like", metavar="FILE", help=text("list the pictures most similar to this one, which must be in the library")
    )
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help=text("number of pictures for --like (default: 20)")
    )
    parser.add_argument(
        "--distance",
        type=int,
        default=near.MAX_DISTANCE,
        help=text("for near: maximum number of different bits out of 64 (default: {bits})", bits=near.MAX_DISTANCE),
    )
    parser.add_argument(
        "--similarity",
        type=float,
        default=duplicates.MIN_SIMILARITY,
        help=text("for similar: minimum cosine similarity (default: {cosine})", cosine=duplicates.MIN_SIMILARITY),
    )
    parser.add_argument("--json", action="store_true", help=text("print one JSON object per line"))


def run(options: argparse.Namespace) -> int:
    """List groups of duplicates; the exit status is 1 if there are none."""
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
                print(text("keep {path}", path=displayable(paths[0])) + _in_brackets(group.reason))
                for path, turn in zip(paths[1:], group.turns[1:], strict=True):
                    print(f"     {displayable(path)}{_in_brackets(turn)}")
        if not options.json:
            further = sum(len(group.images) - 1 for group in groups)
            kept = plural(len(groups), "{count} group", "{count} groups")
            others = plural(further, "{count} picture not marked to keep", "{count} pictures not marked to keep")
            print(f"{kept}, {others}")
    return 0 if groups else 1


def _in_brackets(note: str) -> str:
    return f"  ({note})" if note else ""


def _print_like(library: Library, images: list[int] | None, options: argparse.Namespace) -> int:
    path = Path(options.like).absolute()
    known = store.find(library, path.parent.as_posix(), path.name)
    if known is None:
        raise InvalidOptionError(text("The library has no picture {path}. Index it first.", path=path))
    alike = duplicates.similar_to(library, known.image, limit=options.limit, images=images)
    paths = [hit.path for hit in search.describe(library, [one.image for one in alike])]
    for one, found in zip(alike, paths, strict=True):
        if options.json:
            print(json.dumps({"path": found, "similarity": one.similarity}, ensure_ascii=False))
        else:
            print(f"{one.similarity:.2f}  {displayable(found)}")
    return 0 if alike else 1


COMMAND = LibraryCommand(add_arguments, run)
