"""Carries a plan out as a ZIP that is written while it is made: one picture is in memory at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from onsight.errors import OnsightError
from onsight.library.records import Source
from onsight.library.sorting.plan import Move, Plan

ZIP64_FROM = 1 << 31
_EPOCH, _END = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)


class _Buffer(io.RawIOBase):
    """Takes what is written; cannot go back, so that nothing that was given away need be changed."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]  # anything with bytes in it
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def zip_stream(files: Iterable[tuple[str, int, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP in pieces.

    Args:
        files: Name with ``/``, time of writing in nanoseconds since 1970, and bytes of each.
    """
    buffer = _Buffer()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # pictures are compressed already
        for name, mtime_ns, data in files:
            entry = zipfile.ZipInfo(name, _zip_time(mtime_ns))
            entry.external_attr = 0o644 << 16
            entry.file_size = len(data)
            with archive.open(entry, "w", force_zip64=len(data) >= ZIP64_FROM) as member:
                member.write(data)
            yield buffer.take()
    yield buffer.take()


def zip_plan(
    plan: Plan,
    read: Callable[[Source], bytes],
    on_failure: Callable[[Move, OnsightError], None] = lambda move, error: None,
) -> Iterator[bytes]:
    """Yield the pictures of a plan as a ZIP in pieces; those that cannot be read are left out.

    Args:
        plan: The plan.
        read: Returns a file's bytes.
        on_failure: Told what was left out, and why.
    """

    def files() -> Iterator[tuple[str, int, bytes]]:
        for move in plan.moves:
            try:
                data = read(move.source)
            except OnsightError as error:
                on_failure(move, error)
                continue
            yield move.target, move.source.mtime_ns, data

    return zip_stream(files())


def _zip_time(mtime_ns: int) -> tuple[int, int, int, int, int, int]:
    try:
        moment = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (OverflowError, OSError, ValueError):
        return _EPOCH
    return min(max(tuple(moment.timetuple()[:6]), _EPOCH), _END)  # type: ignore[return-value]  # six numbers
