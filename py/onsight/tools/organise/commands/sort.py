"""``onsight sort DIR --by category --to OUT``: put pictures into folders; without --copy or --move only a plan."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from onsight.cli.command import LibraryCommand
from onsight.core.checks import check_integer
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError, OnsightError
from onsight.files.writing import write_new
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.files import Walk, names_beside, read_picture, source_of
from onsight.library.sorting import GROUPINGS, Move, Pattern, Plan, Rule, make_plan
from onsight.library.sorting.patterns import PATTERN_FIELDS
from onsight.library.sorting.placing import carry_out, existing_in
from onsight.library.sorting.zipping import zip_plan
from onsight.tools.organise.commands.index import add_engine, index_paths
from onsight.tools.organise.commands.shared import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``sort``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    fields = "\n".join(f"  {'{' + name + '}':12}{help}" for name, help in PATTERN_FIELDS.items())
    parser.epilog = f"In the pattern of --name stand:\n{fields}"
    parser.add_argument("paths", nargs="+", metavar="DIR", help="a folder, a ZIP archive or a picture")
    parser.add_argument(
        "--by",
        default=None,
        metavar="WHAT",
        help=f"what makes the folders: {', '.join(GROUPINGS)} or rule; several, the outermost first, with commas "
        "(default category, or rule if there are rules)",
    )
    parser.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="NAME=QUERY",
        help="a folder and what belongs there, as in 'Pets=dog OR cat'; repeat for more; @NAME takes a saved search",
    )
    parser.add_argument("--query", default="", help="only these of the pictures")
    parser.add_argument(
        "--name", default=Pattern().text, metavar="PATTERN", help="how files are named (default {name})"
    )
    parser.add_argument("--to", type=Path, metavar="OUT", help="the folder to sort into")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="print where each picture would go (default)")
    how.add_argument("--copy", action="store_true", help="copy the pictures")
    how.add_argument("--move", action="store_true", help="move the pictures")
    how.add_argument("--zip", type=Path, metavar="FILE", help="write the pictures into a new ZIP archive")
    parser.add_argument("--library", type=Path, metavar="FILE", help="use, and fill, this library (default: none)")
    add_engine(parser)
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace) -> int:
    """Sort; the status is 1 if a picture could not be opened or placed."""
    check_integer("--jobs", options.jobs, 1, 256)
    pattern = Pattern(options.name)
    if not options.to and not options.zip:
        raise InvalidOptionError("--to OUT or --zip FILE must say where to.")
    options.retry = False
    with Library.open(options.library or ":memory:") as library:
        rules = [_rule(library, text) for text in options.rule]
        by = [name.strip() for name in (options.by or ("rule" if rules else "category")).split(",")]
        make_plan(library, [], by, rules=rules, pattern=pattern)  # tells what is wrong before the long work
        report = index_paths(library, options.paths, options)
        existing = existing_in(options.to) if options.to and not options.zip else lambda folder, sizes: {}
        images = _among(library, options)
        plan = make_plan(library, images, by, rules=rules, pattern=pattern, existing=existing, beside=names_beside)
        failures = _carry_out(library, plan, options)
    for move, error in failures:
        print(f"{displayable(_path(move))}: {error.message}", file=sys.stderr)
    return 1 if failures or report.failed else 0


def _carry_out(library: Library, plan: Plan, options: argparse.Namespace) -> list[tuple[Move, OnsightError]]:
    if options.zip:
        failures = _zip(plan, options.zip)
        done = f"packed into {options.zip}"
    elif options.copy or options.move:
        known = library if options.library else None
        failures = carry_out(plan, options.to, move=options.move, library=known)
        done = "moved" if options.move else "copied"
    else:
        for move in plan.moves:
            mark = "  (there already)" if move.is_there else ""
            print(f"{displayable(_path(move))} → {displayable(str(options.to / move.target))}{mark}")
            for companion in move.companions:
                along = f"{move.source.folder}/{companion.name}"
                print(f"    with {displayable(along)} → {displayable(str(options.to / companion.target))}")
        failures, done = [], "to be sorted (nothing was written; --copy or --move does it)"
    for left in plan.left:
        print(f"{displayable(f'{left.folder}/{left.name}')} stays: {left.reason}.", file=sys.stderr)
    for folder, count in plan.folders.items():
        print(f"{displayable(folder)}: {count:,}", file=sys.stderr)
    print(f"{counted(len(plan.moves) - len(failures), 'picture')} {displayable(done)}.", file=sys.stderr)
    return failures


def _zip(plan: Plan, path: Path) -> list[tuple[Move, OnsightError]]:
    failures: list[tuple[Move, OnsightError]] = []
    write_new(path, zip_plan(plan, read_picture, source_of, lambda move, error: failures.append((move, error))))
    return failures


def _among(library: Library, options: argparse.Namespace) -> list[int]:
    """Return the ids of the pictures below the folders that were named, oldest first."""
    found = (store.find(library, file.source.folder, file.source.name) for file in Walk(options.paths))
    named = {known.image for known in found if known}
    return [image for image in reversed(search.find(library, options.query)) if image in named]


def _rule(library: Library, text: str) -> Rule:
    if text.startswith("@"):
        for saved in search.saved_searches(library):
            if saved.name.casefold() == text[1:].casefold():
                return Rule(saved.name, saved.query)
        raise InvalidOptionError(f"The library has no saved search {text[1:]!r}.")
    name, equals, query = text.partition("=")
    if not equals or not query.strip():
        raise InvalidOptionError(f"A rule must be NAME=QUERY, got {text!r}.")
    return Rule(name.strip(), query)


def _path(move: Move) -> str:
    return f"{move.source.folder}/{move.source.name}"


COMMAND = LibraryCommand(add_arguments, run)
