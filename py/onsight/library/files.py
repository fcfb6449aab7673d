"""Find and read pictures on this computer, in folders and in ZIP archives; an archive is treated as a folder."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from onsight.core.texts import text
from onsight.errors import OnsightError, UnreadableFileError, UnsupportedFormatError
from onsight.files.companions import Companions
from onsight.files.reading import read_file
from onsight.files.suffixes import RAW, is_tried, suffix_of
from onsight.library.archives import MAX_BYTES, Archive, OpenArchives, too_large, written_ns
from onsight.library.records import Source

archives = OpenArchives()
"""The open archives of this process."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that may be a picture.

    Attributes:
        source: The file.
        error: Why it cannot be read, if that is already known; otherwise None.
    """

    source: Source
    error: OnsightError | None = None


@dataclass(slots=True)
class Walk:
    """Iterates over the pictures in folders, files and archives.

    Attributes:
        paths: The folders, files and archives.
        others: Number of files that were skipped because their names are not those of pictures.
        raws: Paths of raw files that were skipped because a finished picture is next to them, with that picture's name.
    """

    paths: Sequence[str | os.PathLike[str]]
    others: int = 0
    raws: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[PictureFile]:
        """Yield each picture once, sorted by name within a folder."""
        seen: set[tuple[str, str]] = set()
        for path in self.paths:
            # Not Path.resolve: the library keeps the path that the user knows.
            for found in self._walk(Path(os.path.abspath(path))):
                key = (found.source.folder, found.source.name)
                if key not in seen:
                    seen.add(key)
                    yield found

    def _walk(self, path: Path) -> Iterator[PictureFile]:
        if path.is_dir():
            yield from self._folder(path)
        elif path.suffix.lower() == ".zip":
            yield from self._archive(path)
        else:
            yield _file(path)

    def _folder(self, folder: Path) -> Iterator[PictureFile]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            reason = error.strerror or text("unknown reason")
            yield _broken(folder, UnreadableFileError(text("The folder cannot be read ({reason}).", reason=reason)))
            return
        folders = []
        companions = Companions(entry.name for entry in entries)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):  # links could form a loop
                folders.append(Path(entry.path))
            elif suffix_of(entry.name) in RAW and (owners := companions.owners_of(entry.name)):
                self.raws.append((entry.path, owners[0]))
            elif is_tried(entry.name):
                yield _file(Path(entry.path))
            else:
                self.others += 1
        for inner in folders:
            yield from self._folder(inner)

    def _archive(self, path: Path) -> Iterator[PictureFile]:
        try:
            archive = archives.at(path)
            members = list(archive.pictures())
        except UnreadableFileError as error:
            yield _broken(path, error)
            return
        for inner in archive.archives():
            message = text("This archive is inside another archive. Unpack the outer one.")
            yield _broken(path / inner, UnsupportedFormatError(message))
        for member in members:
            if member is None:
                self.others += 1
            elif owner := _owner_of_raw(archive, member):
                self.raws.append((f"{path}/{member}", owner))
            else:
                yield PictureFile(_member(path, archive, member))


def read_picture(source: Source) -> bytes:
    """Return the bytes of a file that `Walk` has found, in a folder or an archive.

    Raises:
        UnreadableFileError: It no longer exists, is too large or damaged, or access is denied.
    """
    path = Path(source.folder) / source.name
    archive = _archive_of(path)
    if archive is None:
        if source.size > MAX_BYTES:
            raise too_large()
        return read_file(path)
    return archives.at(archive).read(path.relative_to(archive).as_posix())


def names_beside(folder: str) -> list[str]:
    """Return the names of all files in a folder, which may be in an archive; none if it cannot be read."""
    path = Path(folder)
    try:
        if archive := _archive_of(path / "_"):
            inside = path.relative_to(archive).as_posix()
            return archives.at(archive).names_in("" if inside == "." else inside)
        with os.scandir(path) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file()]
    except (OSError, OnsightError):
        return []


def source_of(folder: str, name: str) -> Source:
    """Return a file as its folder lists it; the folder may be in an archive.

    Raises:
        UnreadableFileError: The file does not exist.
    """
    path = Path(folder) / name
    try:
        if archive := _archive_of(path):
            return _member(archive, archives.at(archive), path.relative_to(archive).as_posix())
        facts = path.stat()
        return Source(folder, name, facts.st_size, facts.st_mtime_ns)
    except (OSError, KeyError) as error:
        raise UnreadableFileError(text("{path} no longer exists.", path=path)) from error


def _archive_of(path: Path) -> Path | None:
    """Return the archive that a file is in, or None if it is in a folder."""
    return next((parent for parent in path.parents if parent.suffix.lower() == ".zip" and parent.is_file()), None)


def read_own(source: Source, hash: str) -> bytes:
    """Return the bytes of a picture's file if it still is that file.

    Args:
        source: The picture's file.
        hash: SHA-256 of its content.

    Raises:
        UnreadableFileError: It has changed, or another file is in its place; otherwise as for `read_picture`.
    """
    data = read_picture(source)
    if hashlib.sha256(data).hexdigest() != hash:
        raise UnreadableFileError(
            text("The picture has changed, or another file has replaced it. Index its folder again.")
        )
    return data


def is_there(source: Source) -> bool:
    """Return whether a file still exists. If its archive cannot be opened, the answer is yes."""
    if not os.path.isabs(source.folder):  # added in the browser; the location of its folder is unknown
        return False
    path = Path(source.folder) / source.name
    archive = _archive_of(path)
    if archive is None:
        return path.exists()
    try:
        return path.relative_to(archive).as_posix() in archives.at(archive).members
    except UnreadableFileError:
        return True


def is_its_own(source: Source, hash: str) -> bool:
    """Return whether a picture's file is unchanged, by its size and date or else by its content.

    Args:
        source: The picture's file.
        hash: SHA-256 of its content.
    """
    if not is_there(source):
        return False
    try:
        now = source_of(source.folder, source.name)
    except UnreadableFileError:  # an archive that cannot be opened
        return True
    if now.size != source.size:
        return False
    if now.mtime_ns == source.mtime_ns:
        return True
    try:
        return hashlib.sha256(read_picture(source)).hexdigest() == hash
    except OnsightError:
        return False


def is_one_file(one: Source, other: Source) -> bool:
    """Return whether two paths lead to the same file."""
    try:
        return os.path.samefile(Path(one.folder) / one.name, Path(other.folder) / other.name)
    except OSError:
        return False


def _file(path: Path) -> PictureFile:
    try:
        facts = path.stat()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            return _broken(path, UnreadableFileError(text("The file does not exist.")))
        reason = error.strerror or text("unknown reason")
        return _broken(path, UnreadableFileError(text("The file cannot be read ({reason}).", reason=reason)))
    if not stat.S_ISREG(facts.st_mode):  # reading a pipe could block for ever
        return _broken(path, UnsupportedFormatError(text("This is a device or a pipe, not a file.")))
    return _checked(Source(path.parent.as_posix(), path.name, facts.st_size, facts.st_mtime_ns))


def _owner_of_raw(archive: Archive, member: str) -> str | None:
    """Return the finished picture next to a raw file in an archive; None without one, or for other files."""
    folder, _, name = member.rpartition("/")
    if suffix_of(name) not in RAW:
        return None
    owners = archive.companions_in(folder).owners_of(name)
    return owners[0] if owners else None


def _member(path: Path, archive: Archive, member: str) -> Source:
    place, facts = PurePosixPath(member), archive.members[member]
    return Source((path / place.parent).as_posix(), place.name, facts.file_size, written_ns(facts))


def _broken(path: Path, error: OnsightError) -> PictureFile:
    checked = _checked(Source(path.parent.as_posix(), path.name, 0, 0))
    return PictureFile(checked.source, checked.error or error)


def _checked(source: Source) -> PictureFile:
    """Return a file, with an error if its path is not valid UTF-8, which the library cannot store."""
    folder, name = (part.encode("utf-8", "backslashreplace").decode() for part in (source.folder, source.name))
    if (folder, name) == (source.folder, source.name):
        return PictureFile(source)
    error = UnreadableFileError(text("The name of the file or of its folder is not valid UTF-8. Rename it."))
    return PictureFile(Source(folder, name, source.size, source.mtime_ns), error)
