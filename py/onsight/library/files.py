"""Pictures on this computer: in folders, and in ZIP archives as if these were folders."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from onsight.errors import OnsightError, UnreadableFileError, UnsupportedFormatError
from onsight.files.companions import Companions
from onsight.files.reading import read_file
from onsight.files.suffixes import RAW, is_tried, suffix_of
from onsight.library.archives import MAX_BYTES, Archive, OpenArchives, too_large, written_ns
from onsight.library.records import Source

archives = OpenArchives()
"""Those of this process."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that may be a picture.

    Attributes:
        source: What the library calls it.
        error: Why it cannot be read, if that is known already.
    """

    source: Source
    error: OnsightError | None = None


@dataclass(slots=True)
class Walk:
    """Goes through folders, files and archives.

    Attributes:
        paths: What to go through.
        others: How many files were passed over, as no pictures by their name.
        raws: Raw files beside finished pictures, which are not opened, and names of those pictures.
    """

    paths: Sequence[str | os.PathLike[str]]
    others: int = 0
    raws: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[PictureFile]:
        """Yield each picture once, in the order of names."""
        seen: set[tuple[str, str]] = set()
        for path in self.paths:
            # Not Path.resolve: a picture is called by the name by which a person reaches it.
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
            reason = error.strerror or "unknown reason"
            yield _broken(folder, UnreadableFileError(f"The folder cannot be read ({reason})."))
            return
        folders = []
        companions = Companions(entry.name for entry in entries)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):  # links may lead round in a circle
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
            yield _broken(
                path / inner, UnsupportedFormatError("This is an archive in an archive. Unpack the outer one.")
            )
        for member in members:
            if member is None:
                self.others += 1
            elif owner := _owner_of_raw(archive, member):
                self.raws.append((f"{path}/{member}", owner))
            else:
                yield PictureFile(_member(path, archive, member))


def read_picture(source: Source) -> bytes:
    """Return the bytes of a file that `Walk` has found, be it in an archive.

    Raises:
        UnreadableFileError: It is gone, too large, damaged, or may not be read.
    """
    path = Path(source.folder) / source.name
    archive = _archive_of(path)
    if archive is None:
        if source.size > MAX_BYTES:
            raise too_large()
        return read_file(path)
    return archives.at(archive).read(path.relative_to(archive).as_posix())


def names_beside(folder: str) -> list[str]:
    """Return the names of all files in a folder, be it in an archive; none if it cannot be read."""
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
    """Return a file as its folder lists it, be it in an archive.

    Raises:
        UnreadableFileError: It is gone.
    """
    path = Path(folder) / name
    try:
        if archive := _archive_of(path):
            return _member(archive, archives.at(archive), path.relative_to(archive).as_posix())
        facts = path.stat()
        return Source(folder, name, facts.st_size, facts.st_mtime_ns)
    except (OSError, KeyError) as error:
        raise UnreadableFileError(f"{path} is gone.") from error


def _archive_of(path: Path) -> Path | None:
    """Return the archive that a file is in, or None if it is in a folder."""
    return next((parent for parent in path.parents if parent.suffix.lower() == ".zip" and parent.is_file()), None)


def read_own(source: Source, hash: str) -> bytes:
    """Return the bytes of a picture's file if it still is that file.

    Args:
        source: The picture's file.
        hash: SHA-256 of its content.

    Raises:
        UnreadableFileError: Another file is there, or it has changed; for the rest as for `read_picture`.
    """
    data = read_picture(source)
    if hashlib.sha256(data).hexdigest() != hash:
        raise UnreadableFileError("Another file is where this picture was, or it has changed. Index its folder again.")
    return data


def is_there(source: Source) -> bool:
    """Say whether there is a file where one was; in an archive that cannot be opened, every file counts as there."""
    if not os.path.isabs(source.folder):  # a page's, from a folder on that may be anywhere
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
    """Say whether the file where a picture's was is still that file, by its size and date or else by its content.

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
    """Say whether two paths lead to the same file."""
    try:
        return os.path.samefile(Path(one.folder) / one.name, Path(other.folder) / other.name)
    except OSError:
        return False


def _file(path: Path) -> PictureFile:
    try:
        facts = path.stat()
    except OSError as error:
        reason = "it is gone" if isinstance(error, FileNotFoundError) else error.strerror or "unknown reason"
        return _broken(path, UnreadableFileError(f"The file cannot be read: {reason}."))
    if not stat.S_ISREG(facts.st_mode):  # a pipe would be waited for, without end
        return _broken(path, UnsupportedFormatError("This is no file but a device or a pipe."))
    return _checked(Source(path.parent.as_posix(), path.name, facts.st_size, facts.st_mtime_ns))


def _owner_of_raw(archive: Archive, member: str) -> str | None:
    """Return the picture beside a raw file in an archive; None for what is no raw file or has none."""
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
    """Return a file, with an error if its name is bytes that are no text: the library can hold texts only."""
    folder, name = (text.encode("utf-8", "backslashreplace").decode() for text in (source.folder, source.name))
    if (folder, name) == (source.folder, source.name):
        return PictureFile(source)
    error = UnreadableFileError("The name of the file, or of its folder, is no text in UTF-8. Rename it.")
    return PictureFile(Source(folder, name, source.size, source.mtime_ns), error)
