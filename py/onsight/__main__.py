"""The command line: ``python -m onsight classify FILE… [--json]``; ``tag``, ``compare``, ``detect``, ``enhance``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onsight import __version__
from onsight.comparison import command as comparison
from onsight.detection import command as detection
from onsight.enhancement import command as enhancement
from onsight.errors import InvalidOptionError, InvalidQueryError, ModelError, OnsightError
from onsight.files.streams import prepare_streams
from onsight.files.wildcards import expand, is_pattern
from onsight.library.commands import LIBRARY_COMMANDS
from onsight.library.commands.shared import displayable, point_at
from onsight.native import Engine
from onsight.options import ClassifyOptions
from onsight.results import Classification, Detection, Tagging, to_json
from onsight.tagging import command as tagging
from onsight.wording import percent


@dataclass(frozen=True, slots=True)
class Command:
    """One tool on the command line.

    Attributes:
        help: What it does, in a line.
        add_arguments: Adds the tool's own options to its parser.
        prepare: From the parsed options to a function of engine and path that answers for one file.
        describe: Shows a result to a person.
        finish: Is given the results of all files that were answered for, at the end.
        is_quiet: Tells from the parsed options whether results are shown at the end only.
        check: Raises InvalidOptionError for options that only the engine can refuse, before the first file.
    """

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    prepare: Callable[[argparse.Namespace], Callable[[Engine, str], Any]]
    describe: Callable[[Any], str]
    finish: Callable[[argparse.Namespace, Engine, Sequence[tuple[str, Any]]], None] | None = None
    is_quiet: Callable[[argparse.Namespace], bool] = lambda _: False
    check: Callable[[argparse.Namespace, Engine], None] = lambda _options, _engine: None


def add_classify_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``classify``."""
    defaults = ClassifyOptions()
    parser.add_argument(
        "--top-k", type=int, default=defaults.top_k, help=f"how many candidates at most (default {defaults.top_k})"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=defaults.threshold,
        help="probability that a label must reach, above 0 and at most 1 (default: each label's own)",
    )


def prepare_classify(options: argparse.Namespace) -> Callable[[Engine, str], Classification]:
    """Check the options of ``classify`` and return what answers for one file."""
    classify_options = ClassifyOptions(top_k=options.top_k, threshold=options.threshold)
    return lambda engine, path: engine.classify(path, classify_options)


def describe_classification(result: Classification) -> str:
    """Return a classification in two lines for people."""
    head = f"{result.label} · {percent(result.score)}" if result.certain else result.label
    path = " › ".join(result.path)
    candidates = ", ".join(f"{c.label} {percent(c.score)}" for c in result.candidates)
    first = "  ".join(part for part in (head, f"[{result.category}]", path if len(result.path) > 1 else "") if part)
    return f"{first}\n    {candidates}" if candidates else first


def describe_tagging(result: Tagging) -> str:
    """Return the tags by group, one group a line."""
    return tagging.describe(result, percent)


def describe_detection(result: Detection) -> str:
    """Return what was found in a line for each class, and one for each box."""
    counts: dict[str, int] = {}
    for box in result.boxes:
        counts[box.label] = counts.get(box.label, 0) + 1
    head = ", ".join(f"{label} × {count}" if count > 1 else label for label, count in counts.items())
    boxes = (
        f"\n    {box.label} {percent(box.score)}  ({box.x1:.0f}, {box.y1:.0f}) – ({box.x2:.0f}, {box.y2:.0f})"
        for box in result.boxes
    )
    return (head or "Nothing found") + "".join(boxes)


COMMANDS: dict[str, Command] = {
    "classify": Command(
        "give each picture one label",
        add_classify_arguments,
        prepare_classify,
        describe_classification,
    ),
    "tag": Command(
        "tell everything that each picture shows",
        tagging.add_arguments,
        tagging.prepare,
        describe_tagging,
        tagging.finish,
        tagging.prints_export,
    ),
    "compare": Command(
        "hold the one label of each picture against its tags",
        comparison.add_arguments,
        comparison.prepare,
        comparison.describe,
        check=comparison.check,
    ),
    "detect": Command(
        "find the objects in each picture",
        detection.add_arguments,
        detection.prepare,
        describe_detection,
        detection.finish,
        detection.prints_export,
        detection.check,
    ),
    "enhance": Command(
        "make each picture better",
        enhancement.add_arguments,
        enhancement.prepare,
        enhancement.describe,
    ),
}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="onsight", description="Image tools that never send a picture anywhere.")
    parser.add_argument("--version", action="version", version=f"onsight {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.help, description=command.help.capitalize() + ".")
        sub.add_argument("files", nargs="+", metavar="FILE", help="a picture")
        sub.add_argument("--json", action="store_true", help="print one JSON object a line")
        sub.add_argument("--models", type=Path, help="folder of the converted models (default: the build's cache)")
        command.add_arguments(sub)
    for name, library_command in LIBRARY_COMMANDS.items():
        sub = commands.add_parser(name, help=library_command.help, description=library_command.help.capitalize() + ".")
        library_command.add_arguments(sub)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 if every file was answered for, 1 if any failed, 2 if nothing could be done at all; as shells count,
        130 if the person stopped it and 141 if whoever read the answers did.
    """
    try:
        status = run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Python flushes once more as it ends: let it do so into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        print(f"onsight: the answers could not be written: {error.strerror}.", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return status


def run(arguments: Sequence[str] | None) -> int:
    """Answer for each file; return the exit status as `main` does."""
    prepare_streams(for_programs=False)
    parser = make_parser()
    options = parser.parse_args(arguments)
    prepare_streams(for_programs=is_for_programs(options))
    if "paths" in options:
        options.paths = expand(options.paths, folders=True)
        for path in options.paths:
            if is_pattern(path) and not os.path.lexists(path):
                parser.error(f"Nothing matches the pattern {displayable(path)}. Check it and the folder.")
    if "files" in options:
        options.files = expand(options.files)
    if options.command in LIBRARY_COMMANDS:
        return run_on_library(parser, options)
    command = COMMANDS[options.command]
    try:
        answer = command.prepare(options)
    except InvalidOptionError as error:
        parser.error(error.message)
    engine = Engine(models=options.models)
    try:
        command.check(options, engine)
    except OnsightError as error:
        print(f"onsight: {error.message}", file=sys.stderr)
        return 2
    failed, results = False, []
    for path in options.files:
        try:
            result = answer(engine, path)
        except (ModelError, InvalidOptionError) as error:  # the same for every file
            print(f"onsight: {error.message}", file=sys.stderr)
            return 2
        except OnsightError as error:
            failed = True
            if options.json:
                answered = {"path": path, "error": {"code": error.code, "message": error.message}}
                print(json.dumps(answered, ensure_ascii=False), flush=True)
            else:
                print(f"{displayable(path)}: {error.message}", file=sys.stderr)
            continue
        warning = result.image.warning if hasattr(result, "image") else None
        if warning and not options.json:
            print(f"{displayable(path)}: {warning}", file=sys.stderr)
        if command.finish:
            results.append((path, result))
        if command.is_quiet(options):
            continue
        if options.json:
            print(json.dumps({"path": path, "result": to_json(result)}, ensure_ascii=False), flush=True)
        else:
            print(f"{displayable(path)}: {command.describe(result)}", flush=True)
    if command.finish:
        try:
            command.finish(options, engine, results)
        except OnsightError as error:
            print(f"onsight: {error.message}", file=sys.stderr)
            return 2
    return 1 if failed else 0


def is_for_programs(options: argparse.Namespace) -> bool:
    """Return whether what is printed is in a form that programs read."""
    given = vars(options)
    prints_export = given.get("format") and not given.get("out") and options.command != "enhance"
    return bool(given.get("json") or given.get("null") or prints_export)


def run_on_library(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Run a command that works on a library; return the exit status as `main` does."""
    try:
        return LIBRARY_COMMANDS[options.command].run(options)
    except InvalidOptionError as error:
        parser.error(error.message)
    except InvalidQueryError as error:
        print(f"onsight: {point_at(error)}", file=sys.stderr)
    except OnsightError as error:
        print(f"onsight: {error.message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
