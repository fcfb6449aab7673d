"""How much memory processes have for themselves, as Linux tells it; elsewhere it is 0."""

from __future__ import annotations

import threading
from pathlib import Path


class MemoryWatch(threading.Thread):
    """Reads how much memory a process and its children have for themselves, ten times a second.

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
        """Read until `end`, and then once more."""
        is_over = False
        while not is_over:
            is_over = self._ended.wait(0.1)
            sizes = unshared(self._pid)
            self.peak_bytes = max(self.peak_bytes, sum(sizes))
            self.largest_bytes = max(self.largest_bytes, *sizes, 0)

    def end(self) -> None:
        """Stop reading."""
        self._ended.set()
        self.join()


def unshared(pid: int) -> list[int]:
    """Return the bytes that a process and each of its descendants have for themselves."""
    return [_unshared(one) for one in _family(pid)]


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
