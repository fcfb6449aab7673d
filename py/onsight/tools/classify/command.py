"""Classify on the command line: its options, and how its result is printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from onsight.cli.command import PictureCommand
from onsight.cli.options import add_options, chosen
from onsight.core.wording import percent
from onsight.engine import Engine
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``classify``."""
    add_options(parser, ClassifyOptions)


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Classification]:
    """Check the options of ``classify`` and return a function that classifies one file.

    Raises:
        InvalidOptionError: A value is not valid.
    """
    classify_options = chosen(ClassifyOptions, options)
    return lambda engine, path: engine.classify(path, classify_options)


def describe(result: Classification) -> str:
    """Return the label, category and path in one line, and the candidates in a second."""
    head = f"{result.label} · {percent(result.score)}" if result.certain else result.label
    path = " › ".join(result.path)
    candidates = ", ".join(f"{c.label} {percent(c.score)}" for c in result.candidates)
    first = "  ".join(part for part in (head, f"[{result.category}]", path if len(result.path) > 1 else "") if part)
    return f"{first}\n    {candidates}" if candidates else first


COMMAND = PictureCommand(add_arguments, prepare, describe)
