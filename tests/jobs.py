"""Runs commands side by side, and ends all of them when one of them hangs or the user interrupts.

Commands of one lane run one after another; lanes run at the same time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

GRACE_S = 10
"""Seconds that a process has to clean up before it is killed."""

TIMED_OUT = 124
"""Exit status of a job that ran past its limit, as of ``timeout`` in a shell."""


@dataclass(frozen=True)
class Job:
    """A command to run.

    Attributes:
        name: Name in messages.
        command: The program and its arguments.
        limit_s: Seconds after which the job is ended.
    """

    name: str
    command: Sequence[str]
    limit_s: float


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        name: Name of the job.
        status: Exit status; `TIMED_OUT` if the job ran past its limit.
        seconds: Time it took.
        output: What it wrote to stdout and stderr; empty if it wrote to the terminal.
    """

    name: str
    status: int
    seconds: float
    output: str


class Runner:
    """Runs lanes of jobs. A runner is used once."""

    def __init__(self, report: Callable[[Outcome], None], *, captures: bool = True) -> None:
        """Remember where outcomes go.

        Args:
            report: Called with each outcome as soon as it is known, by one thread at a time.
            captures: Keep what jobs write for ``report``; otherwise they write to this process's stdout.
        """
        self._report = report
        self._captures = captures
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._is_stopped = False

    def run(self, lanes: Sequence[Sequence[Job]], *, tick: Callable[[], None] = lambda: None) -> list[Outcome]:
        """Run all jobs and return their outcomes in the order in which they ended.

        Args:
            lanes: Jobs of a lane run one after another, lanes side by side.
            tick: Called about every second while jobs run.

        Raises:
            KeyboardInterrupt: The user interrupted; all jobs have been ended.
        """
        outcomes: list[Outcome] = []
        threads = [threading.Thread(target=self._run_lane, args=(lane, outcomes), daemon=True) for lane in lanes]
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                for thread in threads:
                    thread.join(1 / len(threads))
                tick()
        finally:  # also after an error in tick()
            self.stop()
            for thread in threads:
                thread.join()
        return outcomes

    @property
    def running(self) -> list[str]:
        """Names of the jobs that are running."""
        with self._lock:
            return list(self._running)

    def stop(self) -> None:
        """Start no further job and end those that are running."""
        with self._lock:
            self._is_stopped = True
            running = list(self._running.values())
        for process in running:
            end(process)

    def _run_lane(self, lane: Sequence[Job], outcomes: list[Outcome]) -> None:
        for job in lane:
            outcome = self._run_job(job)
            with self._lock:
                if self._is_stopped or outcome is None:
                    return
                outcomes.append(outcome)
                self._report(outcome)

    def _run_job(self, job: Job) -> Outcome | None:
        started = time.monotonic()
        with tempfile.TemporaryFile() as written:
            with self._lock:
                if self._is_stopped:
                    return None
                process = subprocess.Popen(
                    job.command,
                    stdin=subprocess.DEVNULL if self._captures else None,
                    stdout=written if self._captures else None,
                    stderr=subprocess.STDOUT if self._captures else None,
                    start_new_session=True,  # so that its children can be ended with it
                )
                self._running[job.name] = process
            try:
                status = process.wait(job.limit_s)
            except subprocess.TimeoutExpired:
                status = TIMED_OUT
            end(process)  # and whatever it has left running
            with self._lock:
                del self._running[job.name]
            written.seek(0)
            output = written.read().decode(errors="replace")
        return Outcome(job.name, status, time.monotonic() - started, output)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: ask first, then kill."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and, where there are process groups, to its children."""
    with suppress(ProcessLookupError, PermissionError):  # it has ended
        if os.name == "posix":
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
