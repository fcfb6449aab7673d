"""Run NumPy's and Pillow's own test suites in Pyodide, against the slimmed wheels. Runs inside the chroot.

The files that slimming has removed are added back, except f2py: they include NumPy's tests, and modules that a page
cannot use but Pillow's tests import. Pillow's tests come from its source distribution. Each group of test files has its
own process, so that a crash does not affect the others.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import re
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SITE_PACKAGES = "/lib/python3.14/site-packages"
FILES_PER_GROUP = 6
TIMEOUT_S = 1800


@dataclass(frozen=True)
class Group:
    """Some test files and how to run them.

    Attributes:
        name: For the log.
        arguments: For pytest_in_pyodide.py.
    """

    name: str
    arguments: tuple[str, ...]


def write_overlay(build: Path) -> list[str]:
    """Write ``verify/overlay.zip`` and return the names in it.

    Args:
        build: The work folder.
    """
    names = []
    with zipfile.ZipFile(build / "verify" / "overlay.zip", "w") as overlay:
        for full in sorted((build / "full").glob("*.whl")):
            with zipfile.ZipFile(full) as source, zipfile.ZipFile(build / "slim" / full.name) as kept:
                present = set(kept.namelist())
                for name in source.namelist():
                    if name.startswith("numpy/f2py/"):
                        continue
                    # pytest recognises a package by its __init__.py; all other modules stay compiled.
                    if not {name, f"{name}c"} & present or name.endswith("/__init__.py"):
                        overlay.writestr(name, source.read(name))
                        names.append(name)
    return names


def groups(build: Path) -> dict[str, list[Group]]:
    """Return the groups to run, by suite.

    Args:
        build: The work folder.
    """
    overlay = ("--overlay", str(build / "verify" / "overlay.zip"))
    names = write_overlay(build)
    # typing and _pyinstaller are tests of tools outside the runtime.
    tests = [
        f"{SITE_PACKAGES}/{name}"
        for name in names
        if re.fullmatch(r"numpy/(?!typing/|_pyinstaller/).*/test_\w+\.py", name)
    ]
    pillow = build / "verify" / "pillow"
    pillow_tests = [str(path.relative_to(pillow)) for path in pillow.glob("Tests/test_*.py")]
    in_packages = (*overlay, "-m", "not slow", f"--rootdir={SITE_PACKAGES}")
    in_source = (*overlay, "--directory", str(pillow), "-c", "/dev/null", f"--rootdir={pillow}")
    return {
        "numpy": _grouped("numpy", in_packages, sorted(tests), FILES_PER_GROUP),
        "pillow": _grouped("pillow", in_source, sorted(pillow_tests), 3 * FILES_PER_GROUP),
    }


def _grouped(name: str, common: tuple[str, ...], files: list[str], size: int) -> list[Group]:
    return [Group(f"{name} {start}", (*common, *files[start : start + size])) for start in range(0, len(files), size)]


def run(group: Group, pyodide: Path, wheels: list[Path]) -> dict[str, Any]:
    """Run one group; a process that crashes or hangs counts as one failure."""
    command = ["node", "--max-old-space-size=4000", str(HERE / "run.mjs"), str(pyodide), ",".join(map(str, wheels))]
    command += [str(HERE / "pytest_in_pyodide.py"), *group.arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        tail = done.stdout[-2000:] + done.stderr[-2000:] if isinstance(error, ValueError | IndexError) else ""
        result = {"counts": {"died": 1}, "failures": {group.name: f"{type(error).__name__} {group.arguments}\n{tail}"}}
    print(group.name, result["counts"], *result["failures"], sep="\n    ", flush=True)
    return result


def main() -> None:
    """Run both suites; print the totals, and write everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pyodide", type=Path, help="the unpacked npm package")
    parser.add_argument("build", type=Path, help="folder with full/, slim/ and verify/")
    parser.add_argument("--only", choices=["numpy", "pillow"], help="one of the two")
    options = parser.parse_args()
    suites = groups(options.build)
    wheels = sorted([*(options.build / "slim").glob("*.whl"), *(options.build / "verify/pytest").glob("*.whl")])
    report = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for suite in [options.only] if options.only else list(suites):
            results = list(pool.map(lambda group: run(group, options.pyodide, wheels), suites[suite]))
            counts: collections.Counter[str] = collections.Counter()
            for result in results:
                counts.update(result["counts"])
            failures = {name: text for result in results for name, text in result["failures"].items()}
            report[suite] = {"counts": counts, "failures": failures}
            print(suite, dict(counts))
    (options.build / "verify/suites.json").write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
