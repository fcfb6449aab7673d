"""Write files atomically; only `replace` changes existing files. All of Onsight's output goes through this module.

Everything is written to a temporary file next to the target. The file gets the target's name only if that name is free:
no file, no link, and on a case-insensitive disk no name that differs only in case.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from onsight.core.texts import text
from onsight.errors import OnsightError, UnwritableFileError
from onsight.files.names import numbered, safe_name

MAX_SYSTEM_BYTES = 255
"""Maximum length of a name in bytes on common file systems."""

Content = bytes | Iterable[bytes]
"""Content of a file: all of it, or pieces in order."""


def write_new(target: Path, content: Content, *, mtime_ns: int | None = None) -> None:
    """Write a new file.

    Args:
        target: Path of the file; its folder is created if needed.
        content: All of its content, or pieces of it.
        mtime_ns: Modification time in nanoseconds since 1970; None for now.

    Raises:
        UnwritableFileError: The target already exists, or cannot be written.
    """
    with _sentences(target):
        make_folder(target.parent)
        with new_file(target) as temporary:
            _fill(temporary, content)
            if mtime_ns is not None:
                os.utime(temporary, ns=(mtime_ns, mtime_ns))


def write_free(target: Path, content: bytes) -> Path:
    """Write a new file, with a number after its name if the name is taken.

    Args:
        target: Path of the file; its name is changed to one that is valid on every system.
        content: All of its content.

    Returns:
        The path of the file: ``cat-2.jpg`` if ``cat.jpg`` existed.

    Raises:
        UnwritableFileError: The file cannot be written.
    """
    safe = target.with_name(safe_name(target.name))
    number, free = 1, safe
    with _sentences(safe):
        make_folder(safe.parent)
        while True:
            try:
                if os.path.lexists(free):
                    raise FileExistsError
                with new_file(free) as temporary:
                    _fill(temporary, content)
            except FileExistsError:
                number += 1
                free = safe.with_stem(f"{safe.stem}-{number}")
            else:
                return free


def write_all(folder: Path, files: Iterable[tuple[str, Content]]) -> list[Path]:
    """Write the files of an export: all of them, or none if one of the names is taken.

    A single file gets a free name instead, as with `write_free`. Existing files with the same content are left alone.

    Args:
        folder: Target folder; created if needed.
        files: Relative name with ``/`` and content of each file; consumed one at a time.

    Returns:
        The paths of the files.

    Raises:
        UnwritableFileError: A name is taken by another file, or a file cannot be written.
    """
    with _sentences(folder):
        was_there = folder.exists()
        make_folder(folder)
        staging = folder / _temporary_name()
        names: list[str] = []
        try:
            for name, content in files:
                staged = staging / str(len(names))
                staging.mkdir(exist_ok=True)
                _fill(staged, content)
                names.append(_fitting(name, names))
            return _publish(folder, staging, names)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            if not was_there:
                with suppress(OSError):  # not empty, because files were written
                    folder.rmdir()


def _publish(folder: Path, staging: Path, names: list[str]) -> list[Path]:
    """Rename staged files to their final names."""
    targets = [folder / name for name in names]
    staged = [staging / str(index) for index in range(len(names))]
    if len(targets) == 1:
        number, free = 1, targets[0]
        while os.path.lexists(free) and not _is_same(free, staged[0]):
            number += 1
            free = targets[0].with_stem(f"{targets[0].stem}-{number}")
        targets = [free]
    is_there = [os.path.lexists(target) for target in targets]
    for target, file, exists in zip(targets, staged, is_there, strict=True):
        if exists and not _is_same(target, file):
            raise taken(target, "nothing was written. Name an empty folder.")
    written: list[Path] = []
    try:
        for target, file, exists in zip(targets, staged, is_there, strict=True):
            if not exists:
                make_folder(target.parent)
                _give_name(file, target)
                written.append(target)
    except BaseException:
        for target in written:
            target.unlink(missing_ok=True)
        raise
    return targets


def replace(target: Path, before: bytes | None, after: bytes) -> None:
    """Replace the content of a file atomically, if it still has its known content.

    Args:
        target: The file; a link stays a link.
        before: The content that was read from it; None if the file does not exist.
        after: The new content.

    Raises:
        UnwritableFileError: The file has changed since, or cannot be written.
    """
    with _sentences(target):
        if before is None:
            with new_file(target) as temporary:
                _fill(temporary, after)
            return
        real = target.resolve()
        temporary = real.with_name(_temporary_name())
        try:
            _fill(temporary, after)
            _sync(temporary)
            shutil.copymode(real, temporary)
            if real.read_bytes() != before:
                raise UnwritableFileError(
                    text("Another program has changed {target} in the meantime. Try again.", target=target)
                )
            os.replace(temporary, real)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield the path of a temporary file, which is renamed to the target at the end.

    Raises:
        FileExistsError: The target already exists.
        OSError: The file cannot be written.
    """
    temporary = target.with_name(_temporary_name())
    try:
        yield temporary
        _sync(temporary)
        _give_name(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def link(source: Path, target: Path) -> None:
    """Create a hard link to a file.

    Raises:
        FileExistsError: The target already exists.
        OSError: The link cannot be created, for example because the file system does not support hard links.
    """
    if not hasattr(os, "link"):
        raise OSError(errno.ENOTSUP, "hard links are not supported here")
    os.link(source, target, follow_symlinks=False)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents if they do not exist.

    Raises:
        UnwritableFileError: The folder cannot be created; the message says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UnwritableFileError(
            text("{folder} cannot be a folder, because a file has that name. Choose another folder.", folder=folder)
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(target: Path, error: OSError) -> UnwritableFileError:
    """Return the error for a file that the system refused to write, with the reason."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "there is no room left for you on this disk",
        errno.EFBIG: "it would be larger than the disk allows",
        errno.EACCES: "you may not write there",
        errno.EPERM: "you may not write there",
        errno.EROFS: "the disk can only be read",
        errno.ENAMETOOLONG: "its name is too long",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return UnwritableFileError(text("{target} could not be written: {reason}.", target=target, reason=reason))


def taken(target: Path, outcome: str = "nothing was overwritten.") -> UnwritableFileError:
    """Return the error for a target that already exists."""
    return UnwritableFileError(text("{target} already exists; {outcome}", target=target, outcome=outcome))


@contextmanager
def _sentences(target: Path) -> Iterator[None]:
    """Convert the system's errors to errors whose messages are sentences."""
    try:
        yield
    except OnsightError:
        raise
    except FileExistsError as error:
        raise taken(target) from error
    except OSError as error:
        raise unwritable(target, error) from error


def _fill(path: Path, content: Content) -> None:
    with path.open("xb") as file:
        for piece in (content,) if isinstance(content, bytes) else content:
            file.write(piece)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _fitting(name: str, others: list[str]) -> str:
    """Return a relative path that stays inside its folder, has no part that is too long, and is not in ``others``."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or len(os.fsencode(part)) > MAX_SYSTEM_BYTES for part in parts):
        parts = [safe_name(part) for part in parts]
        name, number = "/".join(parts), 1
        while name in others:
            number += 1
            name = "/".join([*parts[:-1], numbered(parts[-1], number)])
    return name


def _give_name(temporary: Path, target: Path) -> None:
    """Rename a temporary file to its target, without replacing an existing file.

    Raises:
        FileExistsError: The target already exists.
    """
    try:
        link(temporary, target)
        return
    except FileExistsError:
        raise
    except OSError:  # the disk does not support links
        pass
    if os.name == "nt":
        temporary.rename(target)  # fails if the target exists
        return
    with target.open("xb"):
        pass
    try:
        os.replace(temporary, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _is_same(one: Path, other: Path) -> bool:
    try:
        if not one.is_file() or one.stat().st_size != other.stat().st_size:
            return False
        with one.open("rb") as first, other.open("rb") as second:
            while piece := first.read(1 << 20):
                if piece != second.read(len(piece)):
                    return False
    except OSError:
        return False
    return True


def _temporary_name() -> str:
    return f".onsight-{uuid.uuid4().hex}.part"
