"""Measure how fast pictures are taken into a library, and how much memory that takes.

python -m tests.bench.library_index [--pictures N] [--megapixels M] [--jobs N …] [--detect]

Makes pictures by varying the sample photographs, indexes them by the command line with each number of processes, and
again, when all of them are known. Prints JSON. Memory is the peak of what all processes together have for themselves,
read ten times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.memory import MemoryWatch
from tests.bench.samples import make_pictures


def index(folder: Path, library: Path, jobs: int, *, detect: bool) -> dict[str, Any]:
    """Index a folder by the command line and return the figures."""
    count = sum(1 for _ in folder.rglob("*.jpg"))
    command = [sys.executable, "-m", "onsight", "index", str(folder), "--library", str(library), "--quiet"]
    started = time.perf_counter()
    with subprocess.Popen([*command, "--jobs", str(jobs), *(["--detect"] if detect else [])]) as process:
        watch = MemoryWatch(process.pid)
        watch.start()
        status = process.wait()
        watch.end()
    seconds = time.perf_counter() - started
    return {
        "status": status,
        "seconds": round(seconds, 1),
        "pictures_per_second": round(count / seconds, 2),
        "peak_memory_mb": round(watch.peak_bytes / 1e6),
    }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--detect", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {
        "pictures": options.pictures,
        "megapixels": options.megapixels,
        "detect": options.detect,
        "cores": os.cpu_count(),
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pictures"
        folder.mkdir()
        make_pictures(folder, options.pictures, options.megapixels)
        figures["pictures_mb"] = round(sum(path.stat().st_size for path in folder.rglob("*.jpg")) / 1e6)
        for jobs in options.jobs:
            library = Path(temporary) / f"{jobs}.sqlite"
            figures[f"{jobs} processes"] = index(folder, library, jobs, detect=options.detect)
        figures["again"] = index(folder, library, options.jobs[-1], detect=options.detect)
        figures["library_mb"] = round(library.stat().st_size / 1e6, 1)
        figures["load"] = [round(value, 1) for value in os.getloadavg()]
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
