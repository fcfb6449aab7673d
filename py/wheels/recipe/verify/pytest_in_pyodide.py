"""Run pytest in this process and print the result as one line of JSON. Runs in Pyodide, see suites.py."""

from __future__ import annotations

import argparse
import collections
import importlib
import json
import os
import site
import sys
import zipfile

import pytest


class Tally:
    """A pytest plug-in that counts outcomes and records failures."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.failures: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test's call, and its set-up or tear-down if that did not pass."""
        if report.when != "call" and report.outcome == "passed":
            return
        outcome: str = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if outcome == "skipped" else "xpassed"
        self.counts[outcome] += 1
        if outcome == "failed":
            self.failures[report.nodeid] = str(report.longrepr)[-400:]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a module that could not be imported."""
        if report.failed:
            self.counts["not collected"] += 1
            self.failures[report.nodeid] = str(report.longrepr)[-400:]


def main() -> None:
    """Add files to site-packages if requested, change to a folder, run pytest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--overlay", help="a zip archive to unpack into site-packages first")
    parser.add_argument("--directory", default="/tmp", help="where to run")
    options, arguments = parser.parse_known_args()
    if options.overlay:
        with zipfile.ZipFile(options.overlay) as archive:
            archive.extractall(site.getsitepackages()[0])
        importlib.invalidate_caches()
    os.chdir(options.directory)
    sys.path.insert(0, options.directory)
    tally = Tally()
    pytest.main(
        [*arguments, "-q", "--tb=short", "--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"], [tally]
    )
    print("\n" + json.dumps({"counts": tally.counts, "failures": tally.failures}))


if __name__ == "__main__":
    main()
