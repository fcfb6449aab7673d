"""Compare on the command line: its options, and how its result is printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from onsight.cli.command import PictureCommand
from onsight.cli.options import add_options, chosen
from onsight.core.texts import text
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.results import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``compare``."""
    add_options(parser, CompareOptions)


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Comparison]:
    """Check the options of ``compare`` and return a function that compares one file.

    Raises:
        InvalidOptionError: A value is not valid.
    """
    compare_options = _options(options)
    return lambda engine, path: engine.compare(path, compare_options)


def check(options: argparse.Namespace, engine: Engine) -> None:
    """Check that the labels to rule out exist, before the first file is opened.

    Raises:
        InvalidOptionError: A label to rule out does not exist.
    """
    engine.check(_options(options))


def _options(options: argparse.Namespace) -> CompareOptions:
    return chosen(CompareOptions, options)


def describe(result: Comparison) -> str:
    """Return the label and the tags, what the scores of each add up to, and the differences, as lines of text."""
    label = result.classification
    tags = ", ".join(f"{tag.name} {percent(tag.score)}" for tag in result.tagging.tags if tag.applies)
    lines = [
        f"{label.label} · {percent(label.score)}" if label.certain else label.label,
        "  " + text("Classification: one label"),
        f"    {result.sum_of_shares}",
        "  " + text("Tagging: many tags"),
        *([f"    {tags}"] if tags else []),
        f"    {result.sum_of_tags}",
    ]
    for point in result.points:
        lines += [
            f"  {point.aspect}",
            "    " + text("one label: {sentence}", sentence=point.classification),
            "    " + text("many tags: {sentence}", sentence=point.tagging),
        ]
    if result.notes:
        lines += ["  " + text("About this picture"), *(f"    {note}" for note in result.notes)]
    return "\n".join(lines)


COMMAND = PictureCommand(add_arguments, prepare, describe, check=check)
