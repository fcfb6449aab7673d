"""``onsight tags add TAG… --query QUERY`` and others: change the user's own tags of many pictures at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from onsight.cli.command import LibraryCommand
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError
from onsight.library import edits, search
from onsight.library.database import Library
from onsight.library.edits import Edit
from onsight.tools.organise.commands.shared import add_library, open_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tags``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help in (
        ("add", text("add tags to pictures")),
        ("remove", text("remove tags from pictures: delete your own, reject those from Onsight")),
        ("rename", text("replace one tag with another")),
        ("accept", text("make tags from Onsight your own")),
        ("reject", text("reject tags from Onsight that are wrong")),
    ):
        action = actions.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
        if name == "rename":
            action.add_argument("old", help=text("the tag to replace"))
            action.add_argument("new", help=text("the new tag"))
        else:
            action.add_argument("tags", nargs="+", metavar="TAG", help=text("a tag"))
        needs_query = name in ("add", "remove")
        which = text("the pictures to change") if needs_query else text("the pictures to change (default: all)")
        action.add_argument("--query", required=needs_query, default="", help=which)
        add_library(action)
    for name, help in (
        ("undo", text("undo the latest change")),
        ("redo", text("redo the change that was undone last")),
        ("history", text("list the latest changes")),
    ):
        add_library(actions.add_parser(name, help=help, description=help[:1].upper() + help[1:] + "."))


def run(options: argparse.Namespace) -> int:
    """Change tags; the exit status is 1 if nothing changed."""
    with open_library(options) as library:
        if options.action == "history":
            for edit in edits.history(library):
                print(f"{edit.made}  {_describe(edit)}")
            return 0
        if options.action == "undo":
            return _print_edit(edits.undo(library), text("There is nothing to undo."))
        if options.action == "redo":
            return _print_edit(edits.redo(library), text("There is nothing to redo."))
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
    raise InvalidOptionError(text("There is no action {name}.", name=options.action))


def _print_edit(edit: Edit | None, otherwise: str) -> int:
    print(_describe(edit) if edit else otherwise)
    return 0 if edit else 1


def _describe(edit: Edit) -> str:
    action = displayable(edit.action)
    if edit.undone:
        return plural(
            edit.images,
            "{action}: {count} picture changed (undone)",
            "{action}: {count} pictures changed (undone)",
            action=action,
        )
    return plural(edit.images, "{action}: {count} picture changed", "{action}: {count} pictures changed", action=action)


COMMAND = LibraryCommand(add_arguments, run)
