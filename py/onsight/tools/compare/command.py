"""Comparison on the command line: its options, and how its answer is shown to a person."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from onsight.cli.command import Command
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.results import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``compare``."""
    parser.add_argument(
        "--threshold", type=float, help="score from which on a tag is shown, 0 to 1 (default: each tag's own)"
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="LABEL",
        help="a label that may not be given; the others share what it had (may be repeated)",
    )
    parser.add_argument("--heat-maps", action="store_true", help="tell with --json where each tag applies")


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Comparison]:
    """Check the options of ``compare`` and return what answers for one file.

    Raises:
        InvalidOptionError: A value is refused.
    """
    compare_options = _options(options)
    return lambda engine, path: engine.compare(path, compare_options)


def check(options: argparse.Namespace, engine: Engine) -> None:
    """Refuse labels that do not exist, before the first file is opened.

    Raises:
        InvalidOptionError: A label that is to be left out does not exist.
    """
    engine.check(_options(options))


def _options(options: argparse.Namespace) -> CompareOptions:
    return CompareOptions(threshold=options.threshold, heat_maps=options.heat_maps, without=tuple(options.without))


def describe(result: Comparison) -> str:
    """Return label and tags, each with what its numbers add up to, and the difference in words."""
    label = result.classification
    tags = ", ".join(f"{tag.name} {percent(tag.score)}" for tag in result.tagging.tags if tag.shown)
    lines = [
        f"{label.label} · {percent(label.score)}" if label.certain else label.label,
        "  Classification: one box",
        f"    {result.sum_of_shares}",
        "  Tagging: everything",
        *([f"    {tags}"] if tags else []),
        f"    {result.sum_of_tags}",
    ]
    for point in result.points:
        lines += [f"  {point.aspect}", f"    one label: {point.classification}", f"    many tags: {point.tagging}"]
    if result.notes:
        lines += ["  In this picture", *(f"    {note}" for note in result.notes)]
    return "\n".join(lines)


COMMAND = Command("hold the one label of each picture against its tags", add_arguments, prepare, describe, check=check)
