"""Carries a plan out on this computer. Nothing is ever overwritten, and no half file is ever seen."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path

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
    """Return what `make_plan` asks about the folder that is sorted into."""

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
    """Copy or move pictures, each with what belongs to it, to where a plan says.

    Args:
        plan: The plan.
        to: The folder that its targets are in; made if it is not there.
        move: Whether the pictures leave their place; those in archives cannot.
        library: Told the new places of what moved.
        on_done: Told each picture that is where it belongs.

    Returns:
        What could not be placed, and why; the rest goes on.

    Raises:
        LibraryError: The library could not be written.
    """
    failures: list[Failure] = []
    for one in plan.moves:
        try:
            # The library hears of it before the original goes: it always knows a file that is there.
            place(one, to, move=move, before_leaving=partial(_tell, library, one, to) if library else None)
        except LibraryError:
            raise  # the same for every picture
        except OnsightError as error:
            failures.append((one, error))
            continue
        on_done(one)
    return failures


def _tell(library: Library, one: Move, to: Path) -> None:
    """Tell the library that a picture has moved."""
    target = to.absolute() / one.target
    facts = target.stat()
    moved = Source(target.parent.as_posix(), target.name, facts.st_size, facts.st_mtime_ns)
    known = store.find(library, moved.folder, moved.name) if one.is_there else None
    if known and known.image != one.image:
        store.merge(library, one.image, known.image)
    else:
        store.touch(library, one.image, moved)


def place(one: Move, to: Path, *, move: bool, before_leaving: Callable[[], None] | None = None) -> None:
    """Copy or move one picture and what goes along with it: all of it, or nothing.

    The picture arrives first and leaves its place last, so the next move completes one that broke off.

    Args:
        one: The picture.
        to: The folder that its target is in.
        move: Whether it leaves its place.
        before_leaving: Called when everything is at its target, before anything leaves its place.

    Raises:
        UnreadableFileError: It cannot be read, or must not be moved.
        UnwritableFileError: There is something at a target, or it cannot be written.
    """
    source, target = Path(one.source.folder) / one.source.name, to / one.target
    made: list[Path] = []
    is_leaving = False
    try:
        _check_folder(target, to)
        is_same = source.exists() and target.exists() and source.samefile(target)
        # A second name for the file is left of a move that broke off; but where case does not matter, "A" is "a".
        if is_same and (not move or str(source.absolute()).casefold() == str(target.absolute()).casefold()):
            return
        if move and not source.is_file():
            raise UnreadableFileError("A picture in an archive can be copied and not moved.")
        if not one.is_there and not is_same:
            _copy(one.source, target, linked=move)
            made.append(target)
        # Only what is whole at its target leaves its place.
        if move and _hash_of(target) != one.hash:
            raise UnreadableFileError(
                "The picture has changed since it was indexed and stays where it was. Index it again."
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
        if not is_leaving:  # whatever was made here is a second copy
            for path in made:
                path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise taken(target) from error
        if isinstance(error, OSError):
            raise unwritable(target, error) from error
        raise


def _place_companion(one: Move, companion: CompanionMove, to: Path, made: list[Path], *, linked: bool) -> None:
    """Copy a file that goes along with a picture, or link it, unless it is there already; tell ``made`` about it."""
    target = to / companion.target
    source = Path(one.source.folder) / companion.name
    if linked and not source.exists():  # it left with a move that broke off
        return
    _check_folder(target, to)
    if os.path.lexists(target):
        if not _is_copy(one, companion, target):
            raise UnwritableFileError(
                f"{companion.name} cannot go along with it: there is another {target}. Both stay where they were."
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
        raise UnreadableFileError(f"The folder {target.parent} is a link to somewhere else.")


def _copy(known: Source, target: Path, *, linked: bool) -> None:
    """Put a file at a place where nothing is; a further name for it is enough where it is to be moved."""
    source = Path(known.folder) / known.name
    if linked and not source.is_symlink():
        with suppress(OSError):  # on another disk, or none that knows links
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
