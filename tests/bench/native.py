"""Plain CPython with onnxruntime and Pillow, in processes of its own: the same Python package as in the page."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
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


def measure_throughput(paths: Sequence[Path], processes: int, cores: int) -> dict[str, Any]:
    """Return pictures a second that some processes label together, which share the cores.

    Loading the networks is not counted.
    """
    with ExitStack() as stack, ThreadPoolExecutor(processes) as pool:
        engines = [stack.enter_context(NativeEngine(max(1, cores // processes))) for _ in range(processes)]
        for engine in engines:
            engine.ask("classify", paths[:2])
        started = time.perf_counter()
        shares = [paths[number::processes] for number in range(processes)]
        list(pool.map(lambda engine, share: engine.ask("classify", share), engines, shares))
        seconds = time.perf_counter() - started
        memory = sum(sum(unshared(engine.pid)) for engine in engines)
    return {"pictures_per_second": round(len(paths) / seconds, 2), "memory_bytes": memory}


def main() -> None:
    """Answer lines of ``[method, paths]`` until there is no more input."""
    from onsight.native import Engine
    from onsight.results import to_json
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
