"""The command line: ``onsight COMMAND …``, or ``python -m onsight COMMAND …``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path

from onsight import __version__
from onsight.cli.command import Command, LibraryCommand, PictureCommand
from onsight.cli.streams import prepare_streams
from onsight.core.results import to_json
from onsight.core.texts import text
from onsight.core.wording import displayable
from onsight.errors import InvalidOptionError, InvalidQueryError, ModelError, OnsightError
from onsight.files.wildcards import expand, is_pattern
from onsight.tools import TOOLS

_TOOLS = {command: tool for tool in TOOLS for command in tool.commands}
"""The tool of each command, by command."""


def load_command(name: str) -> Command:
    """Import a command's module, and return the command."""
    command: Command = import_module(_TOOLS[name].command_module(name)).COMMAND
    return command


def make_parser(arguments: Collection[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Args:
        arguments: The arguments that were typed. Only the commands among them are imported and get their options, so
            that ``onsight --help`` is fast; None for all commands.
    """
    parser = argparse.ArgumentParser(
        prog="onsight", description=text("Image tools that run on this computer. They never send a picture anywhere.")
    )
    parser.add_argument("--version", action="version", version=f"onsight {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, tool in _TOOLS.items():
        help = tool.commands[name]()
        sub = commands.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
        if arguments is not None and name not in arguments:
            continue
        command = load_command(name)
        if isinstance(command, PictureCommand):
            sub.add_argument("files", nargs="+", metavar="FILE", help=text("a picture"))
            sub.add_argument(
                "--json", action="store_true", help=text("print one JSON object per line, one for each file")
            )
            sub.add_argument(
                "--models", type=Path, help=text("folder of the converted models (default: the build's cache)")
            )
        command.add_arguments(sub)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 if every file succeeded, 1 if a file failed, 2 if the command could not run. By the convention of shells, 130
        if the user interrupted it, and 141 if the program that reads the output stopped.
    """
    try:
        status = run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Python flushes the stream again at exit, which must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        message = text("The results could not be written: {reason}. Check the disk.", reason=error.strerror)
        print(f"onsight: {message}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return status


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; return the exit status as `main` does."""
    prepare_streams(for_programs=False)
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser(arguments)
    options = parser.parse_args(arguments)
    prepare_streams(for_programs=is_for_programs(options))
    if "paths" in options:
        options.paths = expand(options.paths, folders=True)
        for path in options.paths:
            if is_pattern(path) and not os.path.lexists(path):
                parser.error(
                    text(
                        "Nothing matches the pattern {pattern}. Check the pattern and the folder.",
                        pattern=displayable(path),
                    )
                )
    if "files" in options:
        options.files = expand(options.files)
    command = load_command(options.command)
    if isinstance(command, LibraryCommand):
        return run_on_library(command, parser, options)
    return run_on_pictures(command, parser, options)


def run_on_pictures(command: PictureCommand, parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Run a command for each file; return the exit status as `main` does."""
    from onsight.engine import Engine

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


def point_at(error: InvalidQueryError) -> str:
    """Return an error's message with the query below it, and the wrong part underlined with carets."""
    query, position, length = (error.detail[name] for name in ("query", "position", "length"))
    shown, before = displayable(query), len(displayable(query[:position]))
    marked = max(1, len(displayable(query[position : position + length])))
    return f"{error.message}\n  {shown}\n  {' ' * before}{'^' * marked}"


def is_for_programs(options: argparse.Namespace) -> bool:
    """Return whether the output is in a format for programs."""
    given = vars(options)
    prints_export = given.get("format") and not given.get("out") and options.command != "enhance"
    return bool(given.get("json") or given.get("null") or prints_export)


def run_on_library(command: LibraryCommand, parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Run a command that works on a library; return the exit status as `main` does."""
    try:
        return command.run(options)
    except InvalidOptionError as error:
        parser.error(error.message)
    except InvalidQueryError as error:
        print(f"onsight: {point_at(error)}", file=sys.stderr)
    except OnsightError as error:
        print(f"onsight: {error.message}", file=sys.stderr)
    return 2
