"""Command-line options that come from the declaration of a method's options: name, type, default, range and help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, TypeVar

from onsight.core.options import Option, declared_options, options_from

T = TypeVar("T")


def add_options(parser: argparse._ActionsContainer, kind: type[Any]) -> None:
    """Add a command-line option for every option of an options class."""
    for name in declared_options(kind):
        add_option(parser, kind, name)


def add_option(
    parser: argparse._ActionsContainer,
    kind: type[Any],
    name: str,
    *,
    type: Callable[[str], Any] | None = None,
    metavar: str | None = None,
) -> None:
    """Add a command-line option: ``--top-k`` for ``top_k``.

    Args:
        parser: A parser, or a group of one.
        kind: The options class that declares it.
        name: Its name there.
        type: Turns what was typed into a value, if the declared type cannot.
        metavar: What the help calls the value.
    """
    option = declared_options(kind)[name]
    flag, help = f"--{name.replace('_', '-')}", help_of(option)
    if option.kind is bool:
        # What holds by default is switched off by "--no-…".
        action = argparse.BooleanOptionalAction if option.default else "store_true"
        parser.add_argument(flag, action=action, default=option.default, help=help)
    elif option.kind == tuple[str, ...]:
        metavar = metavar or option.declaration.item.upper()
        parser.add_argument(flag, action="append", default=[], metavar=metavar, help=help)
    else:
        # An empty choice is what holds if the option is not given.
        choices = [one for one in option.declaration.choices or () if one != ""] or None
        parse = type or option.kind
        parser.add_argument(flag, type=parse, default=option.default, choices=choices, metavar=metavar, help=help)


def help_of(option: Option) -> str:
    """Return the help of an option: what it means, its range and its default."""
    facts = [option.limits if option.declaration.choices is None else ""]
    facts.append(f"default: {option.default_text}" if option.default_text and option.kind is not bool else "")
    facts.append("can be given several times" if option.kind == tuple[str, ...] else "")
    doc = option.declaration.doc.removesuffix(".")
    doc = doc if doc[1:2].isupper() else doc[:1].lower() + doc[1:]
    known = "; ".join(fact for fact in facts if fact)
    # argparse takes a percent sign for a placeholder.
    return (f"{doc} ({known})" if known else doc).replace("%", "%%")


def chosen(kind: type[T], arguments: argparse.Namespace) -> T:
    """Return the options that were chosen on the command line.

    Args:
        kind: The options class. What the command line does not offer takes its default.
        arguments: The parsed arguments.

    Raises:
        InvalidOptionError: A value is refused.
    """
    given = vars(arguments)
    return options_from(kind, {name: given[name] for name in declared_options(kind) if name in given})
