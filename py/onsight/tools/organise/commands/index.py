"""``onsight index DIR…``: take pictures into a library."""

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
from onsight.core.wording import displayable
from onsight.library import store
from onsight.library.database import Library
from onsight.library.files import Walk, is_there
from onsight.library.import_session import Outcome
from onsight.library.records import Source
from onsight.library.roots import add_own_root
from onsight.tools.organise.commands.indexing import Report, default_jobs, index
from onsight.tools.organise.commands.shared import add_library, counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``index``."""
    parser.add_argument("paths", nargs="+", metavar="DIR", help="a folder, a ZIP archive or a picture")
    add_library(parser)
    add_engine(parser)
    parser.add_argument("--retry", action="store_true", help="try files again that could not be opened before")
    parser.add_argument(
        "--forget-missing", action="store_true", help="forget pictures below DIR that are no longer there"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how pictures are looked at."""
    jobs = default_jobs()
    parser.add_argument("--jobs", type=int, default=jobs, metavar="N", help=f"how many processes look (default {jobs})")
    parser.add_argument("--detect", action="store_true", help="look for objects too, which takes twice as long")
    parser.add_argument("--models", type=Path, help="folder of the converted models (default: the build's cache)")


def run(options: argparse.Namespace) -> int:
    """Index; the status is 1 if a file could not be opened."""
    check_integer("--jobs", options.jobs, 1, 256)
    with Library.open(options.library) as library:
        report = index_paths(library, options.paths, options)
        if options.forget_missing:
            gone = _missing(library, options.paths)
            store.remove(library, gone)
            print(f"{counted(len(gone), 'picture')} forgotten.", file=sys.stderr)
    return 1 if report.failed else 0


def index_paths(library: Library, paths: list[str], options: argparse.Namespace) -> Report:
    """Index folders and show how far it is; list what could not be opened."""
    started = time.monotonic()
    walk = Walk(paths)
    files = list(walk)
    for path in paths:
        if os.path.isdir(path) or path.lower().endswith(".zip"):
            add_own_root(library, Path(os.path.abspath(path)).as_posix())
    missing = store.count_missing(library)
    damaged = 0
    with _progress(len(files), shown=not options.quiet) as bar:

        def tell(outcome: Outcome) -> None:
            nonlocal damaged
            bar.update()
            damaged += outcome.kind == "seen" and outcome.message is not None
            if outcome.message:
                path = displayable(f"{outcome.source.folder}/{outcome.source.name}")
                bar.write(f"{path}: {outcome.message}")

        if not options.quiet:
            for path, owner in walk.raws:
                bar.write(f"{displayable(path)}: camera raw, not opened; it belongs to {displayable(owner)}.")
        report = index(
            library,
            files,
            models=options.models,
            detect=options.detect,
            jobs=min(options.jobs, max(1, len(files))),
            retry=options.retry,
            on_outcome=tell,
        )
    if not options.quiet:
        print(describe(report, walk, time.monotonic() - started), file=sys.stderr)
        if (more := store.count_missing(library) - missing) > 0:
            print(
                f"{counted(more, 'picture is', 'pictures are')} missing now, as other files are where theirs were. "
                "Nothing that is known of them is lost; search for is:missing.",
                file=sys.stderr,
            )
        if damaged:
            print(
                f"{counted(damaged, 'picture is', 'pictures are')} damaged, but could be opened. "
                "Search for is:damaged.",
                file=sys.stderr,
            )
    return report


def describe(report: Report, walk: Walk, seconds: float) -> str:
    """Return in a line what came of a run."""
    counts = report.counts
    parts = [f"{counted(counts['seen'], 'picture')} looked at in {seconds:.0f} s"]
    if counts["seen"] and seconds:
        parts[0] += f" ({counts['seen'] / seconds:.1f} a second)"
    parts += [
        f"{counts[kind]:,} {words}"
        for kind, words in (("unchanged", "unchanged"), ("moved", "moved"), ("copied", "copies of others"))
        if counts[kind]
    ]
    if counts["failed"]:
        parts.append(f"{counts['failed']:,} could not be opened")
    if walk.raws:
        parts.append(f"{counted(len(walk.raws), 'raw file')} of pictures not opened")
    if walk.others:
        parts.append(f"{counted(walk.others, 'other file')} passed over")
    return ", ".join(parts) + "."


class _NoBar:
    """Stands in for a progress bar where nobody watches one."""

    def update(self) -> None:
        """Do nothing."""

    def write(self, line: str) -> None:
        """Print a line for the person."""
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Any]:
    """Show a bar with rate and time left, if tqdm is installed and a person watches."""
    if shown and sys.stderr.isatty():
        try:
            from tqdm import tqdm
        except ImportError:
            print("For a progress bar install tqdm: pip install 'onsight[progress]'", file=sys.stderr)
        else:
            with tqdm(total=total, unit=" pictures", file=sys.stderr, dynamic_ncols=True, smoothing=0.05) as bar:
                yield bar
            return
    yield _NoBar()


def _missing(library: Library, paths: list[str]) -> list[int]:
    """Return the ids of the pictures below some paths whose files are gone."""
    roots = [Path(path).absolute().as_posix() for path in paths]
    rows = library.connection.execute("SELECT id, folder, name, size, mtime_ns FROM image")
    return [
        row["id"]
        for row in rows
        if any(f"{row['folder']}/{row['name']}/".startswith(f"{root}/") for root in roots)
        and not is_there(Source(row["folder"], row["name"], row["size"], row["mtime_ns"]))
    ]


COMMAND = LibraryCommand(add_arguments, run)
