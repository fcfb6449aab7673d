"""The sidecars of a picture: ``IMG_1.JPG.xmp`` (as darktable and digiKam call it) and ``IMG_1.xmp`` (as Adobe does).

Those that are there are added to, both if there are both, so that none says less than another. Where there is none,
``IMG_1.JPG.xmp`` is made; it begins with what the picture's file says already. A file ``IMG_1.xmp`` that several
finished pictures share, and that does not say whose it is, is left alone: a new ``IMG_1.JPG.xmp`` begins with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from onsight.errors import InvalidSidecarError, UnwritableFileError
from onsight.files.companions import Companion, Companions
from onsight.files.suffixes import RAW, suffix_of
from onsight.files.writing import replace
from onsight.image.xmp import DC, PHOTOSHOP, properties
from onsight.metadata.beginning import begin_sidecar, with_texts
from onsight.metadata.reading import read_sidecar
from onsight.metadata.stated import NOTHING, Stated
from onsight.metadata.xmp import Keywords, merge

SIDECAR = ".xmp"
_ALIKE = {".jpeg": ".jpg", ".jpe": ".jpg", ".tiff": ".tif"}
"""What a sidecar adds to the name of its picture."""


@dataclass(frozen=True, slots=True)
class SidecarChange:
    """What became of a sidecar.

    Attributes:
        path: Where it lies.
        added: How many keywords it did not have before, counted by ``dc:subject``.
        kept: How many it had, or a new one has from the picture's file.
        is_new: Whether there was none.
    """

    path: Path
    added: int
    kept: int
    is_new: bool


def sidecar_path(picture: str | os.PathLike[str]) -> Path:
    """Return where a new sidecar of a picture lies: ``cat.jpg.xmp`` for ``cat.jpg``."""
    return Path(f"{os.fspath(picture)}{SIDECAR}")


def spelling_of(companion: Companion) -> str:
    """Return what a sidecar is named after: the picture's ``"name"`` or its ``"stem"``; ``""`` if it is none.

    darktable numbers further sidecars, which are other versions of the picture; they are not added to.
    """
    is_sidecar = companion.kind == "sidecar" and companion.tail.lower() == SIDECAR
    return companion.after if is_sidecar else ""


def is_anothers(document: bytes, picture: str) -> bool:
    """Say whether a sidecar that is named after a stem says itself that it is another picture's.

    Args:
        document: The sidecar.
        picture: Name of the picture.
    """
    named, own = (_ALIKE.get(suffix, suffix) for suffix in (_named_extension(document), suffix_of(picture)))
    # What is said of a raw file holds for the finished picture beside it, too.
    return named not in ("", own, *RAW)


def is_shared(document: bytes, companion: Companion) -> bool:
    """Say whether a sidecar that is named after a stem may be that of another finished picture as well."""
    finished = [name for name in companion.sharers if suffix_of(name) not in RAW]
    return bool(finished) and not _named_extension(document)


@dataclass(frozen=True, slots=True)
class MergedSidecar:
    """A sidecar with keywords added.

    Attributes:
        name: Its name.
        before: What it held; None if there was none.
        after: What it shall hold.
        kept: How many keywords it had, or a new one has from the picture's file, counted by ``dc:subject``.
    """

    name: str
    before: bytes | None
    after: bytes
    kept: int


def write_sidecar(
    picture: str | os.PathLike[str], keywords: Keywords, said: Stated = NOTHING
) -> tuple[SidecarChange, ...]:
    """Write keywords into the sidecars of a picture; what is in them stays, and what they have is not repeated.

    Each file is replaced as a whole or not at all, and none if one of them is broken.

    Args:
        picture: The picture's own path.
        keywords: What the sidecars shall have.
        said: What else a new one shall say about the picture, where the file says nothing.

    Returns:
        What became of each, at least of one.

    Raises:
        InvalidSidecarError: A sidecar that is there is broken; all are left as they are.
        UnwritableFileError: A sidecar, or the picture, cannot be read, or a sidecar cannot be written.
    """
    path = Path(os.path.abspath(picture))
    try:
        names = os.listdir(path.parent)
    except FileNotFoundError:
        names = []
    except OSError as error:
        raise UnwritableFileError(
            f"{path.parent} cannot be read ({error.strerror}), so nothing was written."
        ) from error

    def read(name: str) -> bytes:
        return _read(path.parent / name)

    try:
        merged = merge_sidecars(path.name, names, read, keywords, said)
    except InvalidSidecarError as error:
        raise InvalidSidecarError(f"{path.parent / error.detail['name']} was left as it is. {error.message}") from error
    changes = []
    for one in merged:
        target = path.parent / one.name
        if one.after != one.before:
            replace(target, one.before, one.after)
        changes.append(SidecarChange(target, _subjects(one.after) - one.kept, one.kept, one.before is None))
    return tuple(changes)


def merge_sidecars(
    picture: str, names: Iterable[str], read: Callable[[str], bytes], keywords: Keywords, said: Stated = NOTHING
) -> list[MergedSidecar]:
    """Return the sidecars of a picture with keywords added, at least one.

    Args:
        picture: The picture's name.
        names: Names of the files in its folder.
        read: Returns the bytes of a file in that folder, the picture or a sidecar.
        keywords: What the sidecars shall have.
        said: What else a new one shall say about the picture, where the file says nothing.

    Raises:
        InvalidSidecarError: A sidecar is broken; ``detail`` has its ``name``.
    """
    listed = set(names)
    found, shared, empty = [], None, None
    for companion in Companions({*listed, picture}).of(picture):
        if not spelling_of(companion):
            continue
        content = read(companion.name)
        if not content:  # left by a program that was ended before it wrote
            empty = companion.name if companion.after == "name" else empty
        elif companion.after == "stem" and is_shared(content, companion):
            shared = companion.name, content
        elif companion.after == "name" or not is_anothers(content, picture):
            merged = MergedSidecar(
                companion.name, content, _merged(companion.name, content, keywords), _subjects(content)
            )
            found.append((companion.after, merged))
    if found:
        return [merged for _, merged in sorted(found, key=lambda one: one[0])]
    name, before = (empty, b"") if empty else (f"{picture}{SIDECAR}", None)
    if shared:
        return [MergedSidecar(name, before, _merged(*shared, keywords), _subjects(shared[1]))]
    begun = begin_sidecar(read(picture) if picture in listed else b"")
    begun = with_texts(begun, said, read_sidecar(begun))
    return [MergedSidecar(name, before, _merged(name, begun, keywords), _subjects(begun))]


def _merged(name: str, before: bytes, keywords: Keywords) -> bytes:
    try:
        return merge(before, keywords)
    except InvalidSidecarError as error:
        raise InvalidSidecarError(error.message, detail={"name": name}) from error


def _subjects(document: bytes) -> int:
    return len(properties(document).get((DC, "subject"), ()))


def _named_extension(document: bytes) -> str:
    named = properties(document).get((PHOTOSHOP, "SidecarForExtension"), ())
    return f".{named[0].lower().removeprefix('.')}" if named else ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnwritableFileError(f"{path} could not be read ({error.strerror}), so nothing was written.") from error
