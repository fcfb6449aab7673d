"""Write ZIP archives as a stream of pieces. All of Onsight's archives are written here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from onsight.core.results import OutputFile
from onsight.files.names import Stems

ZIP64_FROM = 1 << 31
"""Size in bytes from which a file is stored in ZIP64 format."""

_EPOCH, _END = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
_TEXTS = frozenset({".csv", ".html", ".json", ".txt", ".xml", ".xmp", ".yaml"})
"""Suffixes of files to compress; pictures are compressed already."""


class _Buffer(io.RawIOBase):
    """A sink that cannot seek, so that `zipfile` never changes a piece that was already taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]  # any bytes-like object
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        """Return what has been written since the last call."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def zip_stream(files: Iterable[tuple[str, int, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP in pieces.

    Args:
        files: Name with ``/``, modification time in nanoseconds since 1970, and bytes of each file. Times before 1980
            become the earliest time that ZIP can store, so 0 gives a reproducible archive.
    """
    buffer = _Buffer()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, mtime_ns, data in files:
            entry = zipfile.ZipInfo(name, _zip_time(mtime_ns))
            is_text = PurePosixPath(name).suffix.lower() in _TEXTS
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            entry.file_size = len(data)
            with archive.open(entry, "w", force_zip64=len(data) >= ZIP64_FROM) as member:
                member.write(data)
            yield buffer.take()
    yield buffer.take()


def _zip_time(mtime_ns: int) -> tuple[int, int, int, int, int, int]:
    """Convert a time to local time, because ZIP has no time zones, and to the range that ZIP can store."""
    try:
        moment = datetime.fromtimestamp(mtime_ns // 10**9)
    except (OverflowError, OSError, ValueError):
        return _EPOCH
    return min(max(tuple(moment.timetuple()[:6]), _EPOCH), _END)  # type: ignore[return-value]  # six numbers


MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".xmp": "application/rdf+xml",
    ".yaml": "text/yaml",
}


def pack(name: str, files: Mapping[str, str]) -> OutputFile:
    """Return texts as one file: a single text unchanged, several as a ZIP.

    Args:
        name: Name of the file, without a suffix.
        files: Texts by relative name with ``/``.
    """
    encoded = {path: text.encode("utf-8", "backslashreplace") for path, text in files.items()}
    if len(encoded) == 1:
        ((path, data),) = encoded.items()
        suffix = PurePosixPath(path).suffix
        return OutputFile(data, name + suffix, MEDIA_TYPES[suffix])
    return _zip(name, encoded.items())


def archive(name: str, files: Iterable[OutputFile]) -> OutputFile:
    """Return files as a ZIP; repeated names get a number."""
    stems = Stems()
    return _zip(
        name, ((stems.unique(file.name) + PurePosixPath(file.name).suffix.lower(), file.data) for file in files)
    )


def _zip(name: str, files: Iterable[tuple[str, bytes]]) -> OutputFile:
    data = b"".join(zip_stream((path, 0, data) for path, data in files))
    return OutputFile(data, f"{name}.zip", "application/zip")
