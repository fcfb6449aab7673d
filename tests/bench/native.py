"""Plain CPython with onnxruntime and Pillow, in processes of its own: the same Python package as in the page."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.memory import unshared

ROOT = Path(__file__).resolve().parents[2]


class NativeEngine:
    """A process that looks at pictures one after the other, asked line by line.

    Attributes:
        threads: That its networks run on.
        pid: Of the process.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        command = [sys.executable, "-m", "tests.bench.native", str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.pid = self._process.pid

    def __enter__(self) -> NativeEngine:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()  # closes its input, at which it ends

    def ask(self, method: str, paths: Sequence[Path]) -> dict[str, Any]:
        """Return ``ms`` by stage and ``labels`` of the last of some pictures, and the process's peak memory."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([method, [str(path) for path in paths]]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The native process ended.")
        found: dict[str, Any] = json.loads(answer)
        return found


def measure_start(method: str, picture: Path, threads: int) -> float:
    """Return the milliseconds from starting a process to its first result."""
    started = time.perf_counter()
    with NativeEngine(threads) as engine:
        engine.ask(method, [picture])
        return (time.perf_counter() - started) * 1000


class NativePool:
    """Some processes that label pictures together and share the cores; their networks are loaded."""

    def __init__(self, processes: int, cores: int, pictures: Sequence[Path]) -> None:
        self._engines = [NativeEngine(max(1, cores // processes)) for _ in range(processes)]
        for engine in self._engines:
            engine.ask("classify", pictures[:2])

    def __enter__(self) -> NativePool:
        return self

    def __exit__(self, *error: object) -> None:
        for engine in self._engines:
            engine.close()

    def label_all(self, paths: Sequence[Path]) -> float:
        """Return the seconds that labels for some pictures take."""
        count = len(self._engines)
        shares = [share for number in range(count) if (share := paths[number::count])]
        started = time.perf_counter()
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda engine, share: engine.ask("classify", share), self._engines, shares))
        return time.perf_counter() - started

    def workers(self) -> int:
        """Return how many processes there are."""
        return len(self._engines)

    def memory_bytes(self) -> int:
        """Return the memory that the processes have for themselves."""
        return sum(sum(unshared(engine.pid)) for engine in self._engines)


def main() -> None:
    """Answer lines of ``[method, paths]`` until there is no more input."""
    from onsight.core.results import to_json
    from onsight.engine import Engine
    from tests.bench.figures import labels_of

    engine = Engine(threads=int(sys.argv[1]))
    for line in sys.stdin:
        method, paths = json.loads(line)
        for path in paths:
            timings: dict[str, float] = {}
            started = time.perf_counter()
            result = getattr(engine, method)(path, on_timings=timings.update)
            timings["total"] = (time.perf_counter() - started) * 1000
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        print(json.dumps({"ms": timings, "labels": labels_of(to_json(result)), "peak_bytes": peak}), flush=True)


if __name__ == "__main__":
    main()
