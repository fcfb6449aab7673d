"""Run the unit tests in Pyodide under Node, on the very wheels that the site ships.

python -m tests.pyodide.suite [PYTEST ARGUMENTS]
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PURE_PACKAGES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "hypothesis", "sortedcontainers")
"""What pytest and hypothesis are made of: pure Python, lent from this environment."""

SAMPLES = {"skimage": ("data",), "sklearn": ("datasets", "images")}
"""Where the sample pictures lie in the packages that ship them."""


def package_paths() -> list[str]:
    """Return the files and folders of the pure packages in this environment's site-packages."""
    paths: set[str] = set()
    for name in PURE_PACKAGES:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__"):
                paths.add(str(distribution.locate_file(top)))
    return sorted(paths)


def sample_folders() -> dict[str, str]:
    """Return the folders of sample pictures by the package that ships them."""
    folders = {}
    for package, parts in SAMPLES.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            folders["/".join((package, *parts))] = str(Path(spec.origin).parent.joinpath(*parts))
    return folders


def run(arguments: Sequence[str]) -> int:
    """Run the suite; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(
            json.dumps(
                {
                    "dist": str(ROOT / "dist"),
                    "root": str(ROOT),
                    "packages": package_paths(),
                    "samples": sample_folders(),
                    "arguments": ["-p", "no:cacheprovider", "tests", "--ignore=tests/e2e", *arguments],
                }
            ),
            encoding="utf-8",
        )
        command = ["node", str(Path(__file__).with_name("run.mjs")), str(plan)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
