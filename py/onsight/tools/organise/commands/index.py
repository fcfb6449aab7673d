"""``onsight index DIR…``: add pictures to a library."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onsight.cli.command import LibraryCommand
from onsight.core.checks import check_integer
from onsight.core.texts import plural, text
from onsight.core.wording import displayable
from onsight.library import store
from onsight.library.database import Library
from onsight.library.files import Walk, is_there
from onsight.library.import_session import Outcome
from onsight.library.records import Source
from onsight.library.roots import add_own_root
from onsight.tools.organise.commands.indexing import Report, default_jobs, index
from onsight.tools.organise.commands.shared import add_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``index``."""
    parser.add_argument("paths", nargs="+", metavar="DIR", help=text("a folder, a ZIP archive or a picture"))
    add_library(parser)
    add_engine(parser)
    parser.add_argument("--retry", action="store_true", help=text("retry files that could not be opened before"))
    parser.add_argument(
        "--forget-missing",
        action="store_true",
        help=text("remove pictures from the library whose files in DIR no longer exist"),
    )
    parser.add_argument("--quiet", action="store_true", help=text("show no progress"))


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the options for analysing pictures."""
    jobs = default_jobs()
    parser.add_argument(
        "--jobs", type=int, default=jobs, metavar="N", help=text("number of processes (default: {jobs})", jobs=jobs)
    )
    parser.add_argument("--detect", action="store_true", help=text("also detect objects, which takes twice as long"))
    parser.add_argument("--models", type=Path, help=text("folder of the converted models (default: the build’s cache)"))


def run(options: argparse.Namespace) -> int:
    """Index files; the exit status is 1 if a file could not be opened."""
    check_integer("--jobs", options.jobs, 1, 256)
    with Library.open(options.library) as library:
        report = index_paths(library, options.paths, options)
        if options.forget_missing:
            gone = _missing(library, options.paths)
            store.remove(library, gone)
            print(plural(len(gone), "{count} picture removed.", "{count} pictures removed."), file=sys.stderr)
    return 1 if report.failed else 0


def index_paths(library: Library, paths: list[str], options: argparse.Namespace) -> Report:
    """Index folders, show the progress, and report files that could not be opened."""
    started = time.monotonic()
    walk = Walk(paths)
    files = list(walk)
    for path in paths:
        if os.path.isdir(path) or path.lower().endswith(".zip"):
            add_own_root(library, Path(os.path.abspath(path)).as_posix())
    missing = store.count_missing(library)
    damaged = 0
    with _progress(len(files), shown=not options.quiet) as bar:

        def report_outcome(outcome: Outcome) -> None:
            nonlocal damaged
            bar.update()
            damaged += outcome.kind == "seen" and outcome.message is not None
            if outcome.message:
                path = displayable(f"{outcome.source.folder}/{outcome.source.name}")
                bar.write(f"{path}: {outcome.message}")

        if not options.quiet:
            for path, owner in walk.raws:
                bar.write(
                    text(
                        "{path}: not opened, because it is the camera raw file of {picture}.",
                        path=displayable(path),
                        picture=displayable(owner),
                    )
                )
        report = index(
            library,
            files,
            models=options.models,
            detect=options.detect,
            jobs=min(options.jobs, max(1, len(files))),
            retry=options.retry,
            on_outcome=report_outcome,
        )
    if not options.quiet:
        print(describe(report, walk, time.monotonic() - started), file=sys.stderr)
        if (more := store.count_missing(library) - missing) > 0:
            print(
                plural(
                    more,
                    "{count} picture is missing now, because another file has replaced it. Its tags are kept; search "
                    "for is:missing.",
                    "{count} pictures are missing now, because other files have replaced them. Their tags are kept; "
                    "search for is:missing.",
                ),
                file=sys.stderr,
            )
        if damaged:
            print(
                plural(
                    damaged,
                    "{count} picture is damaged, but could be opened. Search for is:damaged.",
                    "{count} pictures are damaged, but could be opened. Search for is:damaged.",
                ),
                file=sys.stderr,
            )
    return report


def describe(report: Report, walk: Walk, seconds: float) -> str:
    """Summarise a run in one line."""
    counts = report.counts
    parts = [
        plural(
            counts["seen"],
            "{count} picture analysed in {seconds:.0f} s",
            "{count} pictures analysed in {seconds:.0f} s",
            seconds=seconds,
        )
    ]
    if counts["seen"] and seconds:
        parts[0] += text(" ({rate:.1f} per second)", rate=counts["seen"] / seconds)
    if counts["unchanged"]:
        parts.append(text("{count:,} unchanged", count=counts["unchanged"]))
    if counts["moved"]:
        parts.append(text("{count:,} moved", count=counts["moved"]))
    if counts["copied"]:
        parts.append(plural(counts["copied"], "{count} copy of another", "{count} copies of others"))
    if counts["failed"]:
        parts.append(text("{count:,} could not be opened", count=counts["failed"]))
    if walk.raws:
        parts.append(plural(len(walk.raws), "{count} raw file not opened", "{count} raw files not opened"))
    if walk.others:
        parts.append(plural(walk.others, "{count} other file skipped", "{count} other files skipped"))
    return ", ".join(parts) + "."


class _NoBar:
    """Replaces the progress bar if none is shown."""

    def update(self) -> None:
        """Do nothing."""

    def write(self, line: str) -> None:
        """Print a line."""
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Any]:
    """Show a progress bar with rate and time left, in a terminal and if tqdm is installed."""
    if shown and sys.stderr.isatty():
        try:
            from tqdm import tqdm
        except ImportError:
            print(
                text("For a progress bar, install tqdm: {command}", command="pip install 'onsight[progress]'"),
                file=sys.stderr,
            )
        else:
            with tqdm(total=total, unit=" pictures", file=sys.stderr, dynamic_ncols=True, smoothing=0.05) as bar:
                yield bar
            return
    yield _NoBar()


def _missing(library: Library, paths: list[str]) -> list[int]:
    """Return the ids of the pictures in these paths whose files no longer exist."""
    roots = [Path(path).absolute().as_posix() for path in paths]
    rows = library.connection.execute("SELECT id, folder, name, size, mtime_ns FROM image")
    return [
        row["id"]
        for row in rows
        if any(f"{row['folder']}/{row['name']}/".startswith(f"{root}/") for root in roots)
        and not is_there(Source(row["folder"], row["name"], row["size"], row["mtime_ns"]))
    ]


COMMAND = LibraryCommand(add_arguments, run)
