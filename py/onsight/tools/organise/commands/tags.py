"""``onsight tags add TAG… --to QUERY`` and the like: a person's own tags over many pictures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from onsight.cli.command import LibraryCommand
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError
from onsight.library import edits, search
from onsight.library.database import Library
from onsight.library.edits import Edit
from onsight.tools.organise.commands.shared import add_library, counted, open_library

_CHANGES = {
    "add": "give pictures tags",
    "remove": "take tags from pictures: a person's own go, the machine's are rejected",
    "rename": "put one tag in the place of another",
    "accept": "make the machine's tag a person's own",
    "reject": "say that the machine's tag does not hold",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tags``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help in _CHANGES.items():
        action = actions.add_parser(name, help=help, description=help.capitalize() + ".")
        if name == "rename":
            action.add_argument("old", help="the tag that goes")
            action.add_argument("new", help="the tag that comes")
        else:
            action.add_argument("tags", nargs="+", metavar="TAG", help="a tag")
        action.add_argument(
            "--query",
            required=name in ("add", "remove"),
            default="",
            help="which pictures" + ("" if name in ("add", "remove") else " (default: all)"),
        )
        add_library(action)
    for name, help in (
        ("undo", "take back the latest change"),
        ("redo", "do again what was taken back last"),
        ("history", "list the latest changes"),
    ):
        add_library(actions.add_parser(name, help=help, description=help.capitalize() + "."))


def run(options: argparse.Namespace) -> int:
    """Change tags; the status is 1 if nothing changed."""
    with open_library(options) as library:
        if options.action == "history":
            for edit in edits.history(library):
                print(f"{edit.made}  {_describe(edit)}")
            return 0
        if options.action in ("undo", "redo"):
            turned = edits.undo(library) if options.action == "undo" else edits.redo(library)
            print(_describe(turned) if turned else f"There is nothing to {options.action}.")
            return 0 if turned else 1
        changes = _change(library, options)
    for edit in changes:
        print(_describe(edit))
    return 0 if any(edit.images for edit in changes) else 1


def _change(library: Library, options: argparse.Namespace) -> Sequence[Edit]:
    images = search.find(library, options.query)
    match options.action:
        case "add":
            return [edits.add_tags(library, images, options.tags)]
        case "remove":
            return [edits.remove_tags(library, images, options.tags)]
        case "rename":
            return [edits.rename_tag(library, images, options.old, options.new)]
        case "accept":
            return [edits.accept(library, images, tag) for tag in options.tags]
        case "reject":
            return [edits.reject(library, images, tag) for tag in options.tags]
    raise InvalidOptionError(f"There is no action {options.action}.")


def _describe(edit: Edit) -> str:
    undone = " (undone)" if edit.undone else ""
    return f"{displayable(edit.action)}: {counted(edit.images, 'picture')} changed{undone}"


COMMAND = LibraryCommand(add_arguments, run)
