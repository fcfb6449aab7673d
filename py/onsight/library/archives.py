"""Pictures in ZIP archives, be they files of a computer or of a page."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO

from onsight.errors import OnsightError, UnreadableFileError
from onsight.library.answers import ArchiveMember, ArchiveMembers

SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif"),
        *(".jp2", ".j2k", ".jpx", ".ico", ".pbm", ".pgm", ".ppm", ".pnm", ".psd", ".heic", ".heif"),
    }
)
"""Files in a folder or an archive that are taken for pictures; a file that is named itself is always tried."""

MAX_BYTES = 1 << 30
"""Size of a file, in bytes, that is read at most."""


def open_archive(file: str | os.PathLike[str] | BinaryIO) -> zipfile.ZipFile:
    """Open an archive.

    Args:
        file: Its path, or a binary file that can be sought in.

    Raises:
        UnreadableFileError: It is none, or damaged.
    """
    try:
        return zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableFileError(f"The archive cannot be opened ({error}).") from error


def pictures_in(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo | None]:
    """Yield the pictures of an archive by path, and None for every file that is none by its name.

    What is hidden, or would lead out of the archive, is passed over.
    """
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        place = PurePosixPath(member.filename)
        if member.is_dir() or any(part.startswith((".", "__MACOSX")) for part in place.parts):
            continue
        is_picture = not place.is_absolute() and place.suffix.lower() in SUFFIXES
        yield member if is_picture else None


def list_members(archive: zipfile.ZipFile) -> ArchiveMembers:
    """Return the pictures of an archive, for a page."""
    found = list(pictures_in(archive))
    members = tuple(ArchiveMember(one.filename, one.file_size, written_s(one) * 1000) for one in found if one)
    return ArchiveMembers(members, len(found) - len(members))


def read_member(archive: zipfile.ZipFile, path: str) -> bytes:
    """Return the bytes of a file in an archive.

    Raises:
        UnreadableFileError: It is not there, too large, locked or damaged.
    """
    try:
        member = archive.getinfo(path)
        if member.file_size > MAX_BYTES:
            raise too_large()
        with archive.open(member) as stream:
            return stream.read(MAX_BYTES)
    except KeyError as error:
        raise UnreadableFileError("The archive no longer has this file.") from error
    except RuntimeError as error:  # a password is wanted
        raise UnreadableFileError("The archive is locked with a password. Unpack it first.") from error
    except Exception as error:  # zipfile lets through whatever its decompressors raise
        if isinstance(error, OnsightError):
            raise
        raise UnreadableFileError(f"The file cannot be unpacked from its archive ({error}).") from error


def written_s(member: zipfile.ZipInfo) -> int:
    """Return when a member was last written, in seconds since 1970; archives may hold any date, which counts as 0."""
    try:
        return int(datetime(*member.date_time).timestamp())
    except ValueError:
        return 0


def too_large() -> UnreadableFileError:
    """Return what is said of a file of more than `MAX_BYTES`."""
    return UnreadableFileError(f"The file is larger than {MAX_BYTES >> 30} GB.")
