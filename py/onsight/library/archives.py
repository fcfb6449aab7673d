"""Read pictures in ZIP archives, from the disk or from a page."""

from __future__ import annotations

import os
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from onsight.core.texts import text
from onsight.errors import OnsightError, UnreadableFileError
from onsight.files.companions import Companions
from onsight.files.suffixes import is_tried
from onsight.library.zip_names import extra_fields, member_names

MAX_BYTES = 1 << 30
"""Maximum size of a file, in bytes."""

OPEN_AT_ONCE = 4
"""Maximum number of archives that a process keeps open."""

_TIMESTAMP, _NTFS, _OLD_UNIX = 0x5455, 0x000A, 0x5855
_NTFS_EPOCH_S = 11_644_473_600
"""Seconds from 1601, from which Windows counts, to 1970."""


class Archive:
    """An open ZIP archive."""

    def __init__(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Open an archive.

        Args:
            file: Its path, or a seekable binary file.

        Raises:
            UnreadableFileError: It is damaged, or not a ZIP archive.
        """
        try:
            self._file = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
            raise UnreadableFileError(
                text(
                    "The archive cannot be opened ({reason}). It is damaged, incomplete, or not a ZIP archive.",
                    reason=error,
                )
            ) from error
        self._companions: dict[str, Companions] = {}

    @cached_property
    def members(self) -> dict[str, zipfile.ZipInfo]:
        """Its files by relative path, with ``/``; no path leads out of the archive."""
        return member_names(self._file.infolist())

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self.members:
            folder, _, name = path.rpartition("/")
            names.setdefault(folder, []).append(name)
        return names

    def names_in(self, folder: str) -> list[str]:
        """Return the names of the files in one of its folders; the outermost is ``""``."""
        return self._names.get(folder, [])

    def companions_in(self, folder: str) -> Companions:
        """Return the companion files in one of its folders."""
        if folder not in self._companions:
            self._companions[folder] = Companions(self.names_in(folder))
        return self._companions[folder]

    def pictures(self) -> Iterator[str | None]:
        """Yield the path of each picture, sorted, and None for each other file.

        Whether a file is a picture depends on its name. Hidden files and archives are skipped.
        """
        for path in self._shown():
            if not _is_archive(path):
                yield path if is_tried(PurePosixPath(path).name) else None

    def archives(self) -> Iterator[str]:
        """Yield the paths of the archives in it."""
        return filter(_is_archive, self._shown())

    def others(self) -> Iterator[str]:
        """Yield the paths of the files that are neither pictures nor archives by name, sorted.

        Hidden files are skipped.
        """
        for path in self._shown():
            if not _is_archive(path) and not is_tried(PurePosixPath(path).name):
                yield path

    def _shown(self) -> Iterator[str]:
        for path in sorted(self.members):
            if not any(part.startswith((".", "__MACOSX")) for part in path.split("/")):
                yield path

    def read(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            UnreadableFileError: It does not exist, is too large, encrypted or damaged.
        """
        try:
            # Older versions of Onsight decoded the names as cp437, and libraries still have them.
            member = self.members.get(path) or self._file.getinfo(path)
            if member.file_size > MAX_BYTES:
                raise too_large()
            with self._file.open(member) as stream:
                return stream.read(MAX_BYTES)
        except KeyError as error:
            raise UnreadableFileError(text("The archive no longer contains this file.")) from error
        except RuntimeError as error:  # it needs a password
            raise UnreadableFileError(text("The archive is protected by a password. Unpack it first.")) from error
        except Exception as error:  # zipfile passes on any exception of its decompressors
            if isinstance(error, OnsightError):
                raise
            raise UnreadableFileError(
                text("The file cannot be unpacked from its archive ({reason}).", reason=error)
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class OpenArchives:
    """A cache of open archives; an archive is reopened only if it has changed."""

    def __init__(self, limit: int = OPEN_AT_ONCE) -> None:
        """Create an empty cache.

        Args:
            limit: Maximum number of open archives.
        """
        self._limit = limit
        self._open: OrderedDict[Path, tuple[tuple[int, int, int], Archive]] = OrderedDict()

    def at(self, path: Path) -> Archive:
        """Return an archive.

        Raises:
            UnreadableFileError: It is not a ZIP archive, or damaged.
        """
        try:
            facts = path.stat()
        except OSError as error:
            raise UnreadableFileError(
                text("The archive cannot be opened ({reason}).", reason=error.strerror)
            ) from error
        state = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
        known = self._open.pop(path, None)
        if known and known[0] != state:
            known[1].close()
            known = None
        self._open[path] = known or (state, Archive(path))
        while len(self._open) > self._limit:
            self._open.popitem(last=False)[1][1].close()
        return self._open[path][1]


def written_ns(member: zipfile.ZipInfo) -> int:
    """Return when a member was last written, in nanoseconds since 1970; 0 for an impossible date.

    Uses an extra field in UTC if there is one. The standard field is in local time, and is read in this computer's
    time zone.
    """
    fields = extra_fields(member)
    stamp, old, ntfs = fields.get(_TIMESTAMP, b""), fields.get(_OLD_UNIX, b""), fields.get(_NTFS, b"")
    if len(stamp) >= 5 and stamp[0] & 1:
        return int(struct.unpack_from("<i", stamp, 1)[0]) * 10**9
    if len(ntfs) >= 16 and struct.unpack_from("<HH", ntfs, 4) == (1, 24):
        return int(struct.unpack_from("<Q", ntfs, 8)[0]) * 100 - _NTFS_EPOCH_S * 10**9
    if len(old) >= 8:
        return int(struct.unpack_from("<i", old, 4)[0]) * 10**9
    try:
        return int(datetime(*member.date_time).timestamp()) * 10**9
    except (ValueError, OverflowError, OSError):
        return 0


def _is_archive(path: str) -> bool:
    return path.lower().endswith(".zip")


def too_large() -> UnreadableFileError:
    """Return the error for a file of more than `MAX_BYTES`."""
    return UnreadableFileError(text("The file is larger than {size} GB.", size=MAX_BYTES >> 30))
