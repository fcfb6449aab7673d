"""Pictures in ZIP archives, be they files of a computer or of a page."""

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

from onsight.errors import OnsightError, UnreadableFileError
from onsight.files.companions import Companions
from onsight.files.suffixes import is_tried
from onsight.library.zip_names import extra_fields, member_names

MAX_BYTES = 1 << 30
"""Size of a file, in bytes, that is read at most."""

OPEN_AT_ONCE = 4
"""Archives that a process keeps open."""

_TIMESTAMP, _NTFS, _OLD_UNIX = 0x5455, 0x000A, 0x5855
_NTFS_EPOCH_S = 11_644_473_600
"""Seconds from 1601, from which Windows counts, to 1970."""


class Archive:
    """An open ZIP archive."""

    def __init__(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Open it.

        Args:
            file: Its path, or a binary file that can be sought in.

        Raises:
            UnreadableFileError: It is not a ZIP archive, or damaged.
        """
        try:
            self._file = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
            raise UnreadableFileError(
                f"The archive cannot be opened ({error}). It is damaged, was not copied whole, or is no ZIP archive."
            ) from error
        self._companions: dict[str, Companions] = {}

    @cached_property
    def members(self) -> dict[str, zipfile.ZipInfo]:
        """Its files by path: relative, with ``/``, leading nowhere else."""
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
        """Return what belongs to what in one of its folders."""
        if folder not in self._companions:
            self._companions[folder] = Companions(self.names_in(folder))
        return self._companions[folder]

    def pictures(self) -> Iterator[str | None]:
        """Yield the paths of its pictures in order, and None for every file whose name is not a picture's.

        Hidden files and archives are passed over.
        """
        for path in self._shown():
            if not _is_archive(path):
                yield path if is_tried(PurePosixPath(path).name) else None

    def archives(self) -> Iterator[str]:
        """Yield the paths of the archives in it."""
        return filter(_is_archive, self._shown())

    def others(self) -> Iterator[str]:
        """Yield the paths of its files that are neither pictures nor archives by their names, in order.

        Hidden files are passed over.
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
            UnreadableFileError: It is not there, too large, locked or damaged.
        """
        try:
            # Libraries of before know files by names that were taken for cp437.
            member = self.members.get(path) or self._file.getinfo(path)
            if member.file_size > MAX_BYTES:
                raise too_large()
            with self._file.open(member) as stream:
                return stream.read(MAX_BYTES)
        except KeyError as error:
            raise UnreadableFileError("The archive no longer has this file.") from error
        except RuntimeError as error:  # a password is wanted
            raise UnreadableFileError("The archive is locked with a password. Unpack it first.") from error
        except Exception as error:  # zipfile lets through whatever its decompressors raise
            if isinstance(error, OnsightError):
                raise
            raise UnreadableFileError(f"The file cannot be unpacked from its archive ({error}).") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class OpenArchives:
    """The archives of this computer that are open: each is opened once, and again only if it has changed."""

    def __init__(self, limit: int = OPEN_AT_ONCE) -> None:
        """Begin with none.

        Args:
            limit: How many are open at a time.
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
            raise UnreadableFileError(f"The archive cannot be opened ({error.strerror}).") from error
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
    """Return when a member was last written, in nanoseconds since 1970.

    The moment comes from a field that has it in UTC, if there is one. Else it is what a clock on the wall showed where
    the archive was made, and is taken for the time of this place. Archives may hold any date; an impossible one is 0.
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
    """Return what is said of a file of more than `MAX_BYTES`."""
    return UnreadableFileError(f"The file is larger than {MAX_BYTES >> 30} GB.")
