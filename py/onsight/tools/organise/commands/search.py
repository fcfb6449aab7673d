"""``onsight search QUERY``: find pictures in a library."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from onsight.cli.command import LibraryCommand
from onsight.core.texts import plural, text
from onsight.core.wording import displayable, percent
from onsight.errors import InvalidOptionError
from onsight.library import search, store
from onsight.library.database import Library
from onsight.library.ordering import ORDERS
from onsight.library.query.fields import field_help
from onsight.library.search import Hit
from onsight.tools.organise.commands.shared import add_library, open_library

MAX_NEAREST = 5
"""How many of the nearest pictures are listed if nothing is found."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``search``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    width = max(map(len, field_help()))
    fields = "\n".join(f"  {example:{width}}  {help}" for example, help in field_help().items())
    explanation = text(
        "Say what the pictures show, in plain words: people eating outside, two dogs, no people.\n"
        "A word finds what it means, everything narrower, and related things, best first; also\n"
        "parts of words in file and folder names, titles, cameras and your own tags.\n"
        'A query can also have phrases ("living room"), beginnings (sun*) and conditions. All\n'
        "must match; use OR, NOT or -, and parentheses to change that. A phrase finds whole\n"
        'words, and camera:="Canon EOS 5D" finds exactly this name. Put the query in quotes for\n'
        "the shell:"
    )
    parser.epilog = f"{explanation}\nonsight search 'dog -cat width:>4000'\n\n{fields}"
    parser.add_argument("query", nargs="*", metavar="QUERY", help=text("what to find (default: everything)"))
    add_library(parser)
    parser.add_argument(
        "--order",
        choices=ORDERS,
        default="relevance",
        help=text("order of the pictures (default: relevance to plain words, then date)"),
    )
    parser.add_argument("--limit", type=int, metavar="N", help=text("maximum number of pictures"))
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--long", action="store_true", help=text("also print labels and tags"))
    form.add_argument("--explain", action="store_true", help=text("say for each plain word why the picture was found"))
    form.add_argument("--json", action="store_true", help=text("print one JSON object per line"))
    form.add_argument("-0", "--null", action="store_true", help=text("end each path with a zero byte, for xargs -0"))
    form.add_argument("--count", action="store_true", help=text("print the number of pictures"))
    form.add_argument("--facets", action="store_true", help=text("print what the pictures have in common"))
    form.add_argument("--save", metavar="NAME", help=text("save the query under this name, for sort --rule and @NAME"))
    form.add_argument("--saved", action="store_true", help=text("print the saved searches"))


def query_of(words: list[str]) -> str:
    """Return the query that the shell has split into words."""
    return " ".join(words)


def run(options: argparse.Namespace) -> int:
    """Search; the exit status is 1 if nothing was found."""
    if options.limit is not None and options.limit < 1:
        raise InvalidOptionError(text("--limit must be at least 1."))
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
            _print_hit(library, hit, options, query)
        if not images and sys.stderr.isatty():
            _advise(library, query)
    return 0 if images else 1


def _advise(library: Library, query: str) -> None:
    """Say which words find nothing, and what else would find something."""
    print(text("Nothing found."), file=sys.stderr)
    if advice := search.advise(library, query):
        for sentence in advice.sentences:
            print(displayable(sentence), file=sys.stderr)
        if advice.spellings:
            names = ", ".join(one.words for one in advice.spellings)
            print(text("Did you mean {name}?", name=names), file=sys.stderr)
        if advice.nearest:
            print(advice.nearest_are, file=sys.stderr)
            for hit in search.describe(library, advice.nearest[:MAX_NEAREST]):
                print(f"    {_shown(hit)}", file=sys.stderr)


def _print_hit(library: Library, hit: Hit, options: argparse.Namespace, query: str) -> None:
    if options.explain:
        print(_shown(hit))
        for sentence in search.explain(library, query, hit.image):
            print(f"    {displayable(sentence)}")
    elif options.json:
        tags = [
            {"name": tag.name, "group": tag.group, "score": tag.score, "source": tag.source}
            for tag in store.tags_of(library, hit.image)
        ]
        print(json.dumps({"path": hit.path, **asdict(hit), "tags": tags}, ensure_ascii=False))
    elif options.null:
        if not hit.missing:  # xargs must not pass the path of another picture's file
            sys.stdout.write(f"{hit.path}\0")
    elif options.long:
        names = ", ".join(tag.name for tag in store.tags_of(library, hit.image))
        print(f"{_shown(hit)}: {hit.label} · {percent(hit.score)}  [{hit.category}]")
        if names:
            print(f"    {displayable(names)}")
    else:
        print(_shown(hit))


def _shown(hit: Hit) -> str:
    path = displayable(hit.path)
    return text("{path}  (missing: replaced by another file)", path=path) if hit.missing else path


def _print_facets(library: Library, query: str) -> int:
    found = search.facets(library, query)
    names = search.facet_names()
    for kind, values in found.items():
        print(f"{names[kind]}:")
        for value in values:
            print(f"    {displayable(value.name)} × {value.count:,}    {displayable(value.query)}")
    print(plural(len(search.find(library, query)), "{count} picture", "{count} pictures"))
    return 0 if found else 1


COMMAND = LibraryCommand(add_arguments, run)
