"""Run every test: unit tests, the same suite in Pyodide under Node, and end to end in a real Chromium.

python -m tests.run [SUITE …] [-- PYTEST ARGUMENTS]     SUITE: unit, pyodide, e2e; all by default
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

from tests import chromium
from tests.pyodide import suite as pyodide_suite

PYTEST = (sys.executable, "-m", "pytest")


def run_unit(arguments: Sequence[str]) -> int:
    """Run the unit tests in this Python."""
    return subprocess.run([*PYTEST, "tests", "--ignore=tests/e2e", *arguments], check=False).returncode


def run_pyodide(arguments: Sequence[str]) -> int:
    """Run the unit tests in Pyodide under Node."""
    return pyodide_suite.run(arguments)


def run_e2e(arguments: Sequence[str]) -> int:
    """Run the end-to-end tests in Chromium."""
    print(f"Chromium: {chromium.require()}", flush=True)
    return subprocess.run([*PYTEST, "tests/e2e", *arguments], check=False).returncode


SUITES: dict[str, Callable[[Sequence[str]], int]] = {"unit": run_unit, "pyodide": run_pyodide, "e2e": run_e2e}


def main(arguments: Sequence[str]) -> int:
    """Run the suites that are named, or all; return 0 if all of them passed."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    names, rest = arguments[:cut], arguments[cut + 1 :]
    if unknown := [name for name in names if name not in SUITES]:
        print(f"No suite named {', '.join(unknown)}; there are {', '.join(SUITES)}.", file=sys.stderr)
        return 2
    failed = []
    for name in names or SUITES:
        print(f"\n══ {name} tests", flush=True)
        try:
            status = SUITES[name](rest)
        except chromium.ChromiumMissingError as error:
            print(error, file=sys.stderr)
            status = 2
        if status != 0:
            failed.append(name)
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
