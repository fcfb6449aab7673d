"""Measure which lines the unit tests run, in Python and in JavaScript, and print percentages by folder.

python -m tests.coverage_report [PYTEST ARGUMENTS]

Python is measured by coverage.py, in the tests and in the commands that they start. JavaScript is measured by V8 in
each Node process that the tests start: this is the logic that Node can run. What runs in a browser alone is not
counted, although the end-to-end tests run it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "coverage"
JAVASCRIPT = ("common", "page", "worker")
"""Folders of web/ with code that ships."""

COMMENT = re.compile(r"//|/?\*")
"""How a line begins that is a comment."""

Counts = dict[str, tuple[int, int]]
"""Lines that ran and all lines, by folder."""


def code_lines(source: str) -> list[int]:
    """Return where each line of JavaScript starts that is neither blank nor a comment, as offsets of its first word."""
    starts, offset = [], 0
    for line in source.splitlines(keepends=True):
        text = line.strip()
        if text and not COMMENT.match(text):
            starts.append(offset + len(line) - len(line.lstrip()))
        offset += len(line)
    return starts


def lines_run(source: str, functions: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the starts of the code lines that ran in one process.

    Args:
        source: Text of a script.
        functions: V8's coverage: for each function, ranges of offsets and how often they ran. Outer ranges come
            before the inner ones that correct them.
    """
    has_run = bytearray(len(source))
    for function in functions:
        for part in function["ranges"]:
            start, end = part["startOffset"], part["endOffset"]
            has_run[start:end] = bytes([part["count"] > 0]) * (end - start)
    return {start for start in code_lines(source) if has_run[start]}


def javascript(results: Iterable[Path], root: Path = ROOT / "web", folders: Sequence[str] = JAVASCRIPT) -> Counts:
    """Count lines of JavaScript by folder.

    Args:
        results: Files that Node wrote into ``NODE_V8_COVERAGE``.
        root: The folder that has ``folders``.
        folders: Folders to count; a file that no test loads counts as not run.
    """
    sources = {path: path.read_text(encoding="utf-8") for folder in folders for path in (root / folder).rglob("*.js")}
    run: dict[Path, set[int]] = defaultdict(set)
    for result in results:
        for script in json.loads(result.read_text(encoding="utf-8"))["result"]:
            path = Path(unquote(urlsplit(script["url"]).path))
            if path in sources:
                # A process runs parts of a file; what any of them ran counts.
                run[path] |= lines_run(sources[path], script["functions"])
    return by_folder({path: (len(run[path]), len(code_lines(source))) for path, source in sources.items()}, root)


def python(report: Mapping[str, Any]) -> Counts:
    """Count lines of Python by folder, from the JSON that coverage.py writes."""
    files = report["files"].items()
    lines = {Path(name): (one["summary"]["covered_lines"], one["summary"]["num_statements"]) for name, one in files}
    return by_folder(lines, Path())


def by_folder(lines: Mapping[Path, tuple[int, int]], root: Path) -> Counts:
    """Add up the lines of the files of each folder."""
    sums: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for path, (run, total) in lines.items():
        folder = path.relative_to(root).parent.as_posix()
        sums[folder] = (sums[folder][0] + run, sums[folder][1] + total)
    return dict(sums)


def table(title: str, counts: Counts) -> list[str]:
    """Return the lines of a table, folders in order and the sum last."""
    run, total = (sum(count[index] for count in counts.values()) for index in (0, 1))
    rows = [*((folder, *counts[folder]) for folder in sorted(counts)), ("all", run, total)]
    width = max(len(name) for name, *_ in rows)
    body = [f"  {name:{width}}  {run:6,} of {total:6,}  {run / max(1, total):4.0%}" for name, run, total in rows]
    return [f"{title}: lines that the tests ran", *body]


def main(arguments: Sequence[str]) -> int:
    """Run the unit tests, print both tables, return pytest's exit status."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    coverage = (sys.executable, "-m", "coverage")
    environment = {**os.environ, "NODE_V8_COVERAGE": str(FOLDER / "javascript")}
    command = [*coverage, "run", "-m", "pytest", "tests", "--ignore=tests/e2e", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=True)
    subprocess.run([*coverage, "json", "--quiet", "-o", FOLDER / "python.json"], cwd=ROOT, check=True)
    report = json.loads((FOLDER / "python.json").read_text(encoding="utf-8"))
    print(*table("\nPython", python(report)), sep="\n")
    print(*table("\nJavaScript", javascript((FOLDER / "javascript").glob("*.json"))), sep="\n", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
