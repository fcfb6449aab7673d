"""The command line: ``python -m onsight classify FILE… [--json]``; ``tag``, ``compare``, ``detect``, ``enhance``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from onsight import __version__
from onsight.cli.command import Command
from onsight.cli.streams import prepare_streams
from onsight.core.results import to_json
from onsight.engine import Engine
from onsight.errors import InvalidOptionError, InvalidQueryError, ModelError, OnsightError
from onsight.files.wildcards import expand, is_pattern
from onsight.tools.classify import command as classify
from onsight.tools.compare import command as compare
from onsight.tools.detect import command as detect
from onsight.tools.enhance import command as enhance
from onsight.tools.organise.commands import LIBRARY_COMMANDS
from onsight.tools.organise.commands.shared import displayable, point_at
from onsight.tools.tag import command as tag

COMMANDS: Mapping[str, Command] = {
    "classify": classify.COMMAND,
    "tag": tag.COMMAND,
    "compare": compare.COMMAND,
    "detect": detect.COMMAND,
    "enhance": enhance.COMMAND,
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
