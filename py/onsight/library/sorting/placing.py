"""Carries a plan out on this computer. Nothing is ever overwritten, and no half file is ever seen."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from onsight.errors import OnsightError, UnreadableFileError
from onsight.files.writing import link, make_folder, new_file, taken, unwritable
from onsight.library import store
from onsight.library.database import Library
from onsight.library.files import read_picture
from onsight.library.records import Source
from onsight.library.sorting.plan import Move, Plan

SIDECAR = ".xmp"
"""What a file about a picture adds to the picture's name; it goes where the picture goes."""

Failure = tuple[Move, OnsightError]


def existing_in(folder: Path) -> Callable[[str, str], bool | None]:
    """Return what `make_plan` asks about a folder."""

    def look(target: str, hash: str) -> bool | None:
        path = folder / target
        if not os.path.lexists(path):
            return False if os.path.lexists(f"{path}{SIDECAR}") else None
        if not path.is_file():
            return False
        with suppress(OSError):
            return _hash_of(path) == hash
        return False

    return look


def carry_out(
    plan: Plan,
    to: Path,
    *,
    move: bool = False,
    library: Library | None = None,
    on_done: Callable[[Move], None] = lambda move: None,
) -> list[Failure]:
    """Copy or move pictures, each with its sidecar, to where a plan says.

    Args:
        plan: The plan.
        to: The folder that its targets are in; made if it is not there.
        move: Whether the pictures leave their place; those in archives cannot.
        library: Told the new places of what moved.
        on_done: Told each picture that is where it belongs.

    Returns:
        What could not be placed, and why; the rest goes on.
    """
    failures: list[Failure] = []
    for one in plan.moves:
        try:
            place(one, to, move=move)
        except OnsightError as error:
            failures.append((one, error))
            continue
        if move and library:
            target = to.absolute() / one.target
            facts = target.stat()
            moved = Source(target.parent.as_posix(), target.name, facts.st_size, facts.st_mtime_ns)
            known = store.find(library, moved.folder, moved.name) if one.is_there else None
            if known:
                store.merge(library, one.image, known.image)
            else:
                store.touch(library, one.image, moved)
        on_done(one)
    return failures


def place(one: Move, to: Path, *, move: bool) -> None:
    """Copy or move one picture.

    Raises:
        UnreadableFileError: It cannot be read, or must not be moved.
        UnwritableFileError: There is something at its target, or it cannot be written.
    """
    source, target = Path(one.source.folder) / one.source.name, to / one.target
    try:
        make_folder(target.parent)
        if not target.parent.resolve().is_relative_to(to.resolve()):
            raise UnreadableFileError(f"The folder {target.parent} is a link to somewhere else.")
        is_same = source.exists() and target.exists() and source.samefile(target)
        # A second name for the file is left of a move that broke off; but where case does not matter, "A" is "a".
        if is_same and (not move or str(source.absolute()).casefold() == str(target.absolute()).casefold()):
            return
        if move and not source.is_file():
            raise UnreadableFileError("A picture in an archive can be copied and not moved.")
        if not one.is_there and not is_same:
            _copy(one.source, source, target, linked=move)
        sidecar = Path(f"{source}{SIDECAR}")
        has_sidecar = sidecar.is_file()
        if has_sidecar and not os.path.lexists(f"{target}{SIDECAR}"):
            _copy(None, sidecar, Path(f"{target}{SIDECAR}"), linked=move)
        if move:
            # Only what lies at its target, whole, leaves its place.
            if _hash_of(target) != one.hash:
                raise UnreadableFileError("The picture has changed since it was indexed; it was copied and not moved.")
            source.unlink()
            if has_sidecar:
                sidecar.unlink()
    except FileExistsError as error:
        raise taken(target) from error
    except OSError as error:
        raise unwritable(target, error) from error


def _copy(known: Source | None, source: Path, target: Path, *, linked: bool) -> None:
    """Put a file at a place where nothing is; a further name for it is enough where it is to be moved."""
    if linked and not source.is_symlink():
        with suppress(OSError):  # on another disk, or none that knows links
            link(source, target)
            return
    with new_file(target) as temporary:
        if source.is_file():
            shutil.copyfile(source, temporary)
            shutil.copystat(source, temporary)
        elif known:
            temporary.write_bytes(read_picture(known))
            os.utime(temporary, ns=(known.mtime_ns, known.mtime_ns))
        else:
            raise UnreadableFileError(f"{source} is gone.")


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
