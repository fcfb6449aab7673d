"""``onsight sort DIR --by category --to OUT``: sort pictures into folders; only a plan without --copy or --move."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from onsight.cli.command import LibraryCommand
from onsight.core.checks import check_integer
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError, OnsightError
from onsight.files.writing import write_new
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.files import Walk, names_beside, read_picture, source_of
from onsight.library.sorting import GROUPINGS, Move, Pattern, Plan, Rule, make_plan
from onsight.library.sorting.patterns import pattern_help
from onsight.library.sorting.placing import carry_out, existing_in
from onsight.library.sorting.zipping import zip_plan
from onsight.tools.organise.commands.index import add_engine, index_paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``sort``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    fields = "\n".join(f"  {'{' + name + '}':12}{help}" for name, help in pattern_help().items())
    parser.epilog = text("Fields for the pattern of --name:") + f"\n{fields}"
    parser.add_argument("paths", nargs="+", metavar="DIR", help=text("a folder, a ZIP archive or a picture"))
    parser.add_argument(
        "--by",
        default=None,
        metavar="WHAT",
        help=text(
            "how to group the pictures: {groupings} or rule; for nested folders give several with commas, outermost "
            "first (default: category, or rule if there are rules)",
            groupings=", ".join(GROUPINGS),
        ),
    )
    parser.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="NAME=QUERY",
        help=text(
            "a folder and the pictures that belong in it, as in 'Pets=dog OR cat'; can be repeated; @NAME uses a saved "
            "search"
        ),
    )
    parser.add_argument("--query", default="", help=text("sort only the pictures that this query finds"))
    parser.add_argument(
        "--name", default=Pattern().text, metavar="PATTERN", help=text("pattern for file names (default: {{name}})")
    )
    parser.add_argument("--to", type=Path, metavar="OUT", help=text("the folder to sort into"))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help=text("print where each picture would go (default)"))
    how.add_argument("--copy", action="store_true", help=text("copy the pictures"))
    how.add_argument("--move", action="store_true", help=text("move the pictures"))
    how.add_argument("--zip", type=Path, metavar="FILE", help=text("write the pictures to a new ZIP archive"))
    parser.add_argument(
        "--library", type=Path, metavar="FILE", help=text("index the pictures in this library (default: none)")
    )
    add_engine(parser)
    parser.add_argument("--quiet", action="store_true", help=text("show no progress"))


def run(options: argparse.Namespace) -> int:
    """Sort pictures; the exit status is 1 if a picture could not be opened or placed."""
    check_integer("--jobs", options.jobs, 1, 256)
    pattern = Pattern(options.name)
    if not options.to and not options.zip:
        raise InvalidOptionError(text("Say where to sort to, with --to OUT or --zip FILE."))
    options.retry = False
    with Library.open(options.library or ":memory:") as library:
        rules = [_rule(library, rule) for rule in options.rule]
        by = [name.strip() for name in (options.by or ("rule" if rules else "category")).split(",")]
        make_plan(library, [], by, rules=rules, pattern=pattern)  # reports invalid options before the long work
        report = index_paths(library, options.paths, options)
        existing = existing_in(options.to) if options.to and not options.zip else lambda folder, sizes: {}
        images = _among(library, options)
        plan = make_plan(library, images, by, rules=rules, pattern=pattern, existing=existing, beside=names_beside)
        failures = _carry_out(library, plan, options)
    for move, error in failures:
        print(f"{displayable(_path(move))}: {error.message}", file=sys.stderr)
    return 1 if failures or report.failed else 0


def _carry_out(library: Library, plan: Plan, options: argparse.Namespace) -> list[tuple[Move, OnsightError]]:
    failures: list[tuple[Move, OnsightError]] = []
    if options.zip:
        failures = _zip(plan, options.zip)
    elif options.copy or options.move:
        known = library if options.library else None
        failures = carry_out(plan, options.to, move=options.move, library=known)
    else:
        _print_plan(plan, options.to)
    for left in plan.left:
        path = displayable(f"{left.folder}/{left.name}")
        print(text("{path} stays: {reason}.", path=path, reason=displayable(left.reason)), file=sys.stderr)
    for folder, count in plan.folders.items():
        print(f"{displayable(folder)}: {count:,}", file=sys.stderr)
    print(_summary(len(plan.moves) - len(failures), options), file=sys.stderr)
    return failures


def _print_plan(plan: Plan, to: Path) -> None:
    for move in plan.moves:
        moved = {"path": displayable(_path(move)), "target": displayable(str(to / move.target))}
        if move.is_there:
            print(text("{path} → {target}  (already exists)", **moved))
        else:
            print(text("{path} → {target}", **moved))
        for companion in move.companions:
            path = displayable(f"{move.source.folder}/{companion.name}")
            print(text("    with {path} → {target}", path=path, target=displayable(str(to / companion.target))))


def _summary(count: int, options: argparse.Namespace) -> str:
    if options.zip:
        file = displayable(str(options.zip))
        return plural(count, "{count} picture packed into {file}.", "{count} pictures packed into {file}.", file=file)
    if options.move:
        return plural(count, "{count} picture moved.", "{count} pictures moved.")
    if options.copy:
        return plural(count, "{count} picture copied.", "{count} pictures copied.")
    return plural(
        count,
        "{count} picture to sort. Nothing was written; use --copy or --move to sort it.",
        "{count} pictures to sort. Nothing was written; use --copy or --move to sort them.",
    )


def _zip(plan: Plan, path: Path) -> list[tuple[Move, OnsightError]]:
    failures: list[tuple[Move, OnsightError]] = []
    write_new(path, zip_plan(plan, read_picture, source_of, lambda move, error: failures.append((move, error))))
    return failures


def _among(library: Library, options: argparse.Namespace) -> list[int]:
    """Return the ids of the pictures in the given folders that the query finds, oldest first."""
    found = (store.find(library, file.source.folder, file.source.name) for file in Walk(options.paths))
    named = {known.image for known in found if known}
    return [image for image in reversed(search.find(library, options.query)) if image in named]


def _rule(library: Library, rule: str) -> Rule:
    if rule.startswith("@"):
        for saved in search.saved_searches(library):
            if saved.name.casefold() == rule[1:].casefold():
                return Rule(saved.name, saved.query)
        raise InvalidOptionError(text("The library has no saved search “{name}”.", name=rule[1:]))
    name, equals, query = rule.partition("=")
    if not equals or not query.strip():
        raise InvalidOptionError(text("A rule must be NAME=QUERY, not “{rule}”.", rule=rule))
    return Rule(name.strip(), query)


def _path(move: Move) -> str:
    return f"{move.source.folder}/{move.source.name}"


COMMAND = LibraryCommand(add_arguments, run)
