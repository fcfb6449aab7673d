"""Carries a plan out as a ZIP that is written while it is made: one picture is in memory at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

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
    find: Callable[[str, str], Source],
    on_failure: Callable[[Move, OnsightError], None] = lambda move, error: None,
) -> Iterator[bytes]:
    """Yield the pictures of a plan, with what belongs to them, as a ZIP in pieces; what cannot be read is left out.

    Args:
        plan: The plan.
        read: Returns a file's bytes.
        find: Returns a file by its folder and name, as its folder lists it.
        on_failure: Told what was left out, and why.
    """
    packed: set[str] = set()

    def files() -> Iterator[tuple[str, int, bytes]]:
        for move in plan.moves:
            try:
                data = read(move.source)
            except OnsightError as error:
                on_failure(move, error)
                continue
            yield move.target, move.source.mtime_ns, data
            for companion in move.companions:
                if companion.target in packed:  # another picture shares it
                    continue
                packed.add(companion.target)
                try:
                    source = find(move.source.folder, companion.name)
                    data = read(source)
                except OnsightError as error:
                    on_failure(move, error)
                else:
                    yield companion.target, source.mtime_ns, data

    return zip_stream(files())


def _zip_time(mtime_ns: int) -> tuple[int, int, int, int, int, int]:
    """Return a moment as a clock on the wall shows it here: ZIP knows no time zones."""
    try:
        moment = datetime.fromtimestamp(mtime_ns // 10**9)
    except (OverflowError, OSError, ValueError):
        return _EPOCH
    return min(max(tuple(moment.timetuple()[:6]), _EPOCH), _END)  # type: ignore[return-value]  # six numbers
