"""``onsight search QUERY``: find pictures in a library."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from onsight.cli.command import LibraryCommand
from onsight.core.wording import displayable, percent
from onsight.errors import InvalidOptionError
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.query import FIELDS
from onsight.library.search import Hit
from onsight.tools.organise.commands.shared import add_library, counted, open_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``search``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    width = max(len(field.example) for field in FIELDS.values())
    fields = "\n".join(f"  {field.example:{width}}  {field.help}" for field in FIELDS.values())
    parser.epilog = (
        'A query has words (dog), phrases ("living room"), beginnings (sun*) and conditions, all of which must hold;\n'
        "OR, parentheses, - and NOT join them. A word finds what it names and all that is narrower; names of files\n"
        "and folders, titles, cameras and your own tags are found by parts of words too. A phrase has whole words;\n"
        'camera:="Canon EOS 5D" is exactly this name. Put the query in quotes, so that the shell leaves it alone:\n'
        f"onsight search 'dog -cat width:>4000'\n\n{fields}"
    )
    parser.add_argument("query", nargs="*", metavar="QUERY", help="what to look for (default: everything)")
    add_library(parser)
    parser.add_argument("--order", choices=search.ORDERS, default="date", help="which come first (default date)")
    parser.add_argument("--limit", type=int, metavar="N", help="how many at most")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--long", action="store_true", help="print label and tags too")
    form.add_argument("--json", action="store_true", help="print one JSON object a line")
    form.add_argument("-0", "--null", action="store_true", help="end each path with a zero byte, for xargs -0")
    form.add_argument("--count", action="store_true", help="print how many there are")
    form.add_argument("--facets", action="store_true", help="print what they have in common")
    form.add_argument("--save", metavar="NAME", help="remember the query, for sort --rule and @NAME")
    form.add_argument("--saved", action="store_true", help="print the queries that are remembered")


def query_of(words: list[str]) -> str:
    """Return the query that the shell has cut into words."""
    return " ".join(words)


def run(options: argparse.Namespace) -> int:
    """Search; the status is 1 if nothing was found."""
    if options.limit is not None and options.limit < 1:
        raise InvalidOptionError("--limit must be above 0.")
    query = query_of(options.query)
    with open_library(options) as library:
        if options.saved:
            for saved in search.saved_searches(library):
                print(f"{displayable(saved.name)}: {displayable(saved.query)}")
            return 0
        if options.save:
            search.save_search(library, options.save, query)
            return 0
        if options.facets:
            return _print_facets(library, query)
        images = search.find(library, query, options.order)
        if options.count:
            print(len(images))
            return 0 if images else 1
        for hit in search.describe(library, images[: options.limit]):
            _print_hit(library, hit, options)
    if not images and sys.stderr.isatty():
        print("Nothing found.", file=sys.stderr)
    return 0 if images else 1


def _print_hit(library: Library, hit: Hit, options: argparse.Namespace) -> None:
    if options.json:
        tags = [
            {"name": tag.name, "group": tag.group, "score": tag.score, "source": tag.source}
            for tag in store.tags_of(library, hit.image)
        ]
        print(json.dumps({"path": hit.path, **asdict(hit), "tags": tags}, ensure_ascii=False))
    elif options.null:
        if not hit.missing:  # what xargs runs must not get another picture's file
            sys.stdout.write(f"{hit.path}\0")
    elif options.long:
        names = ", ".join(tag.name for tag in store.tags_of(library, hit.image))
        print(f"{_shown(hit)}: {hit.label} · {percent(hit.score)}  [{hit.category}]")
        if names:
            print(f"    {displayable(names)}")
    else:
        print(_shown(hit))


def _shown(hit: Hit) -> str:
    return displayable(hit.path) + ("  (missing: another file is there)" if hit.missing else "")


def _print_facets(library: Library, query: str) -> int:
    found = search.facets(library, query)
    for kind, values in found.items():
        print(f"{kind.capitalize()}:")
        for value in values:
            print(f"    {displayable(value.name)} × {value.count:,}    {displayable(value.query)}")
    print(counted(len(search.find(library, query)), "picture"))
    return 0 if found else 1


COMMAND = LibraryCommand(add_arguments, run)
