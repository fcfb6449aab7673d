"""Run every test: unit tests, the same suite in Pyodide under Node, and end to end in a real Chromium.

python -m tests.run [SUITE …] [-- PYTEST ARGUMENTS]     SUITE: unit, pyodide, e2e; all by default

Several suites run side by side; the output of each is printed whole when it ends, and what failed is listed last. A
suite that is run alone prints as it goes.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Sequence

from tests import chromium
from tests.jobs import TIMED_OUT, Job, Outcome, Runner

PYTEST = (sys.executable, "-m", "pytest")

HANGING_TEST = ("-o", "faulthandler_timeout=600")
"""Has pytest print where a test hangs, long before its suite is ended."""

BROWSERS = min(4, max(2, os.cpu_count() or 2))
"""How many browsers run end-to-end tests at a time. Each wants a core and a gigabyte."""

SUITES: dict[str, Sequence[str]] = {
    "e2e": (*PYTEST, "tests/e2e", *HANGING_TEST, "-n", str(BROWSERS), "--dist", "loadfile", "--no-loadscope-reorder"),
    "unit": (*PYTEST, "tests", "--ignore=tests/e2e", *HANGING_TEST),
    "pyodide": (sys.executable, "-m", "tests.pyodide.suite"),
}
"""The command of each suite."""

LANES = (("e2e",), ("unit", "pyodide"))
"""Suites of a lane run one after another, lanes side by side. One process more than there are cores keeps all cores
busy while a page waits."""

LIMIT_S = 40 * 60
"""A suite that takes longer than this hangs."""

STILL_RUNNING_S = 300
"""Every so many seconds the runner says which suites are running."""

SUMMARY = re.compile(r"^(?:=+ )?(?P<counts>\d+ [a-z]+\b.*) in [\d.]+s\b.*$", re.MULTILINE)
"""The line with which pytest ends."""

FAILURE = re.compile(r"^(?:FAILED|ERROR) .*$", re.MULTILINE)
"""A line of pytest's summary about a test that failed."""


def suite_jobs(names: Sequence[str], arguments: Sequence[str]) -> list[list[Job]]:
    """Return the lanes of the named suites."""
    lanes = ([Job(name, [*SUITES[name], *arguments], LIMIT_S) for name in lane if name in names] for lane in LANES)
    return [lane for lane in lanes if lane]


def closing_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the lines that say how all suites ended, those about failures last."""
    lines, failures = [], []
    for outcome in outcomes:
        counts = SUMMARY.findall(outcome.output)
        lines.append(f"{outcome.name}: {counts[-1] if counts else _how_it_ended(outcome)} in {outcome.seconds:.0f} s")
        failures += [f"{outcome.name}: {line}" for line in FAILURE.findall(outcome.output)]
        if outcome.status == TIMED_OUT:
            failures.append(
                f"{outcome.name}: ended after {outcome.seconds / 60:.0f} minutes because it seemed to hang. Its output "
                "above shows the last test that ran; pytest prints where a test is after ten minutes."
            )
    failed = [outcome.name for outcome in outcomes if outcome.status != 0]
    if failed:
        return [*lines, *failures, f"FAILED: {', '.join(failed)}"]
    return [*lines, "All tests passed."]


def _how_it_ended(outcome: Outcome) -> str:
    if outcome.status == TIMED_OUT:
        return "ended"
    return "passed" if outcome.status == 0 else f"failed with exit status {outcome.status}"


def run_lanes(lanes: Sequence[Sequence[Job]]) -> int:
    """Run jobs and print their output and how they ended; return the exit status."""
    started = said = time.monotonic()
    is_alone = sum(map(len, lanes)) == 1

    def report(outcome: Outcome) -> None:
        if not is_alone:
            print(f"\n══ {outcome.name} tests, {outcome.seconds:.0f} s\n{outcome.output}", flush=True)

    def tick() -> None:
        nonlocal said
        if not is_alone and time.monotonic() > said + STILL_RUNNING_S:
            said = time.monotonic()
            print(f"After {(said - started) / 60:.0f} min these run: {', '.join(runner.running)}.", flush=True)

    runner = Runner(report, captures=not is_alone)
    names = [job.name for lane in lanes for job in lane]
    print(f"Running the {', '.join(names)} tests.", flush=True)
    outcomes = runner.run(lanes, tick=tick)
    print("\n══ How it ended", *closing_lines(outcomes), sep="\n", flush=True)
    return 1 if any(outcome.status for outcome in outcomes) else 0


def _interrupt_once(*_: object) -> None:
    """Interrupt the run; further signals must not stop it from ending its suites."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Run the suites that are named, or all; return 0 if all of them passed."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    names, rest = arguments[:cut] or list(SUITES), arguments[cut + 1 :]
    if unknown := [name for name in names if name not in SUITES]:
        print(f"No suite named {', '.join(unknown)}; there are {', '.join(sorted(SUITES))}.", file=sys.stderr)
        return 2
    missing = ""
    if "e2e" in names:
        try:
            print(f"Chromium: {chromium.require()}", flush=True)
        except chromium.ChromiumMissingError as error:
            missing = str(error)
            names = [name for name in names if name != "e2e"]
    # Without this a terminated runner would leave its suites running.
    signal.signal(signal.SIGTERM, _interrupt_once)
    signal.signal(signal.SIGINT, _interrupt_once)
    try:
        status = run_lanes(suite_jobs(names, rest)) if names else 0
    except KeyboardInterrupt:
        print("\nInterrupted: all suites have been ended.", file=sys.stderr)
        return 130
    if missing:
        print(f"FAILED: e2e. {missing}", flush=True)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
