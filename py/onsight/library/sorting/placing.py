"""Carry out a plan on this computer. Nothing is overwritten, and no incomplete file is ever visible."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path

from onsight.core.texts import text
from onsight.errors import LibraryError, OnsightError, UnreadableFileError, UnwritableFileError
from onsight.files.writing import link, make_folder, new_file, taken, unwritable
from onsight.library import store
from onsight.library.database import Library
from onsight.library.files import read_picture, source_of
from onsight.library.records import Source
from onsight.library.sorting.plan import CompanionMove, Move, Plan
from onsight.library.sorting.targets import Existing

Failure = tuple[Move, OnsightError]


def existing_in(folder: Path) -> Existing:
    """Return the function with which `make_plan` reads the target folders below a folder."""

    def look(target: str, sizes: Collection[int]) -> dict[str, str]:
        found = {}
        with suppress(OSError), os.scandir(folder / target) as entries:
            for entry in entries:
                found[entry.name] = ""
                with suppress(OSError):
                    if entry.is_file() and entry.stat().st_size in sizes:
                        found[entry.name] = _hash_of(Path(entry.path))
        return found

    return look


def carry_out(
    plan: Plan,
    to: Path,
    *,
    move: bool = False,
    library: Library | None = None,
    on_done: Callable[[Move], None] = lambda move: None,
) -> list[Failure]:
    """Copy or move pictures and their companion files to the targets of a plan.

    Args:
        plan: The plan.
        to: The folder that contains the targets; created if it does not exist.
        move: Whether to move the pictures. Those in archives can only be copied.
        library: The library that records the new paths of moved pictures.
        on_done: Called for each picture that has reached its target.

    Returns:
        The pictures that failed, each with its error. A failure does not stop the others.

    Raises:
        LibraryError: The library could not be written.
    """
    failures: list[Failure] = []
    for one in plan.moves:
        try:
            # The library is updated before the original is deleted, so it always points to a file that exists.
            place(one, to, move=move, before_leaving=partial(_tell, library, one, to) if library else None)
        except LibraryError:
            raise  # every other picture would fail as well
        except OnsightError as error:
            failures.append((one, error))
            continue
        on_done(one)
    return failures


def _tell(library: Library, one: Move, to: Path) -> None:
    """Record in the library that a picture has moved."""
    target = to.absolute() / one.target
    facts = target.stat()
    moved = Source(target.parent.as_posix(), target.name, facts.st_size, facts.st_mtime_ns)
    known = store.find(library, moved.folder, moved.name) if one.is_there else None
    if known and known.image != one.image:
        store.merge(library, one.image, known.image)
    else:
        store.touch(library, one.image, moved)


def place(one: Move, to: Path, *, move: bool, before_leaving: Callable[[], None] | None = None) -> None:
    """Copy or move one picture and its companion files: all of them, or nothing.

    The picture is written first and its original deleted last, so the next run completes an interrupted move.

    Args:
        one: The picture.
        to: The folder that contains its target.
        move: Whether to delete the originals.
        before_leaving: Called when all targets are complete, before the first original is deleted.

    Raises:
        UnreadableFileError: The picture cannot be read, or must not be moved.
        UnwritableFileError: A target already exists, or cannot be written.
    """
    source, target = Path(one.source.folder) / one.source.name, to / one.target
    made: list[Path] = []
    is_leaving = False
    try:
        _check_folder(target, to)
        is_same = source.exists() and target.exists() and source.samefile(target)
        # An interrupted move leaves two links to one file. But where case is ignored, "A" and "a" are one link.
        if is_same and (not move or str(source.absolute()).casefold() == str(target.absolute()).casefold()):
            return
        if move and not source.is_file():
            raise UnreadableFileError(text("A picture in an archive can be copied, but not moved."))
        if not one.is_there and not is_same:
            _copy(one.source, target, linked=move)
            made.append(target)
        # An original is deleted only if its target is complete.
        if move and _hash_of(target) != one.hash:
            raise UnreadableFileError(
                text("The picture has changed since it was indexed, so it was not moved. Index it again.")
            )
        for companion in one.companions:
            _place_companion(one, companion, to, made, linked=move)
        if move:
            is_leaving = True
            if before_leaving:
                before_leaving()
            for companion in one.companions:
                if not any((source.parent / sharer).exists() for sharer in companion.sharers):
                    (source.parent / companion.name).unlink(missing_ok=True)
            source.unlink()
    except BaseException as error:
        if not is_leaving:  # the originals still exist
            for path in made:
                path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise taken(target) from error
        if isinstance(error, OSError):
            raise unwritable(target, error) from error
        raise


def _place_companion(one: Move, companion: CompanionMove, to: Path, made: list[Path], *, linked: bool) -> None:
    """Copy or link a companion file unless its target already exists; append a new target to ``made``."""
    target = to / companion.target
    source = Path(one.source.folder) / companion.name
    if linked and not source.exists():  # an interrupted move has moved it already
        return
    _check_folder(target, to)
    if os.path.lexists(target):
        if not _is_copy(one, companion, target):
            raise UnwritableFileError(
                text(
                    "{name} cannot be taken along with the picture, because another file {target} exists. "
                    "Neither was moved or copied.",
                    name=companion.name,
                    target=target,
                )
            )
        return
    _copy(source_of(one.source.folder, companion.name), target, linked=linked)
    made.append(target)


def _is_copy(one: Move, companion: CompanionMove, target: Path) -> bool:
    source = source_of(one.source.folder, companion.name)
    if not target.is_file() or source.size != target.stat().st_size:
        return False
    path = Path(source.folder) / source.name
    if path.is_file():
        return path.samefile(target) or _hash_of(path) == _hash_of(target)
    return read_picture(source) == target.read_bytes()


def _check_folder(target: Path, to: Path) -> None:
    make_folder(target.parent)
    if not target.parent.resolve().is_relative_to(to.resolve()):
        raise UnreadableFileError(
            text("The folder {folder} is a link that leads out of the target folder.", folder=target.parent)
        )


def _copy(known: Source, target: Path, *, linked: bool) -> None:
    """Create a copy of a file at a free path; with ``linked`` (for a move), a hard link if possible."""
    source = Path(known.folder) / known.name
    if linked and not source.is_symlink():
        with suppress(OSError):  # the target is on another disk, or on a file system without hard links
            link(source, target)
            return
    with new_file(target) as temporary:
        if source.is_file():
            shutil.copyfile(source, temporary)
            shutil.copystat(source, temporary)
        else:
            temporary.write_bytes(read_picture(known))
            os.utime(temporary, ns=(known.mtime_ns, known.mtime_ns))


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
