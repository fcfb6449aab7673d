"""Classify on the command line: its options, and how its result is printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from onsight.cli.command import PictureCommand
from onsight.core.texts import text
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``classify``."""
    defaults = ClassifyOptions()
    parser.add_argument(
        "--top-k",
        type=int,
        default=defaults.top_k,
        help=text("maximum number of candidates (default: {default})", default=defaults.top_k),
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=defaults.threshold,
        help=text("probability that a label must reach, above 0 and at most 1 (default: each label's own threshold)"),
    )


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Classification]:
    """Check the options of ``classify`` and return a function that classifies one file.

    Raises:
        InvalidOptionError: A value is not valid.
    """
    classify_options = ClassifyOptions(top_k=options.top_k, threshold=options.threshold)
    return lambda engine, path: engine.classify(path, classify_options)


def describe(result: Classification) -> str:
    """Return the label, category and path in one line, and the candidates in a second."""
    head = f"{result.label} · {percent(result.score)}" if result.certain else result.label
    path = " › ".join(result.path)
    candidates = ", ".join(f"{c.label} {percent(c.score)}" for c in result.candidates)
    first = "  ".join(part for part in (head, f"[{result.category}]", path if len(result.path) > 1 else "") if part)
    return f"{first}\n    {candidates}" if candidates else first


COMMAND = PictureCommand(add_arguments, prepare, describe)
