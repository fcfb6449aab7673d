"""Measure how fast pictures are taken into a library, and how much memory that takes.

python -m tests.bench.library_index [--pictures N] [--megapixels M] [--jobs N …] [--detect]

Makes pictures by varying the sample photographs, indexes them by the command line with each number of processes, and
again, when all of them are known. Prints JSON. Memory is the peak of what all processes together have for themselves,
read ten times a second.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pictures import SAMPLE_NAMES, sample


def make_pictures(folder: Path, count: int, megapixels: float) -> None:
    """Write JPEGs of about this size: parts of photographs, turned, in other light, none like another."""
    rng = np.random.default_rng(0)
    originals = [Image.open(io.BytesIO(sample(name))).convert("RGB") for name in SAMPLE_NAMES]
    for number in range(count):
        image = originals[number % len(originals)]
        kept = rng.uniform(0.6, 0.95)
        width, height = round(image.width * kept), round(image.height * kept)
        left, top = rng.integers(0, image.width - width), rng.integers(0, image.height - height)
        part = image.crop((left, top, left + width, top + height))
        scale = (megapixels * 1e6 / (width * height)) ** 0.5
        part = part.resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
        part = ImageEnhance.Brightness(part).enhance(rng.uniform(0.7, 1.3))
        if number % 2:
            part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        target = folder / f"{number % 10}" / f"IMG_{number:05}.jpg"
        target.parent.mkdir(exist_ok=True)
        part.save(target, "JPEG", quality=88)


class MemoryWatch(threading.Thread):
    """Reads how much memory a process and its children have for themselves.

    Attributes:
        peak_bytes: The most that they had together.
        largest_bytes: The most that one of them had.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.peak_bytes = self.largest_bytes = 0

    def run(self) -> None:
        """Read until `end`."""
        while not self._ended.wait(0.1):
            sizes = [_unshared(pid) for pid in _family(self._pid)]
            self.peak_bytes = max(self.peak_bytes, sum(sizes))
            self.largest_bytes = max(self.largest_bytes, *sizes, 0)

    def end(self) -> None:
        """Stop reading."""
        self._ended.set()
        self.join()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _unshared(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


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
