"""The sidecars of a picture: ``IMG_1.JPG.xmp`` (as darktable and digiKam call it) and ``IMG_1.xmp`` (as Adobe does).

Those that are there are added to, both if there are both, so that none says less than another. Where there is none,
``IMG_1.JPG.xmp`` is made; it begins with what the picture's file says already. A file ``IMG_1.xmp`` that several
finished pictures share, and that does not say whose it is, is left alone: a new ``IMG_1.JPG.xmp`` begins with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from onsight.errors import InvalidSidecarError, UnwritableFileError
from onsight.files.suffixes import RAW, suffix_of
from onsight.files.writing import replace
from onsight.image.xmp import DC, PHOTOSHOP, properties
from onsight.library.companions import Companion, Companions
from onsight.metadata.beginning import begin_sidecar, with_texts
from onsight.metadata.reading import read_sidecar
from onsight.metadata.stated import NOTHING, Stated
from onsight.metadata.xmp import Keywords, build, merge, read

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


def write_sidecar(picture: str | os.PathLike[str], keywords: Keywords) -> tuple[SidecarChange, ...]:
    """Write keywords into the sidecars of a picture; what is in them stays, and what they have is not repeated.

    Each file is replaced as a whole or not at all, and none if one of them is broken.

    Args:
        picture: The picture's own path.
        keywords: What the sidecars shall have.

    Returns:
        What became of each, at least of one.

    Raises:
        InvalidSidecarError: A sidecar that is there is broken; all are left as they are.
        UnwritableFileError: A sidecar, or the picture, cannot be read, or a sidecar cannot be written.
    """
    path = Path(os.path.abspath(picture))
    there, shared = _there(path)
    if not there:
        return (_write_new(path, keywords, shared),)
    merged = [(sidecar, before, _merged(sidecar, before, keywords)) for sidecar, before in there]
    for sidecar, before, after in merged:
        if after != before:
            replace(sidecar, before, after)
    return tuple(_change(sidecar, before, after) for sidecar, before, after in merged)


def new_sidecar(picture: bytes, shared: bytes | None, keywords: Keywords, said: Stated = NOTHING) -> bytes:
    """Return a new sidecar.

    Args:
        picture: The bytes of the picture's file; empty if it cannot be reached.
        shared: A sidecar that is several pictures', with which it begins; None if there is none.
        keywords: What it shall have.
        said: What else is known to be said about the picture.

    Raises:
        InvalidSidecarError: The sidecar with which it would begin is broken.
    """
    document = shared if shared is not None else begin_sidecar(picture)
    return merge(with_texts(document, said, read_sidecar(document)), keywords)


def _there(picture: Path) -> tuple[list[tuple[Path, bytes]], bytes | None]:
    """Return a picture's sidecars with their content, and the content of one that is several pictures'."""
    try:
        names = os.listdir(picture.parent)
    except FileNotFoundError:
        names = []
    except OSError as error:
        raise UnwritableFileError(
            f"{picture.parent} cannot be read ({error.strerror}); nothing was written."
        ) from error
    found: list[tuple[Path, bytes]] = []
    shared = None
    for companion in Companions([*names, picture.name]).of(picture.name):
        if not spelling_of(companion):
            continue
        path = picture.parent / companion.name
        content = _read(path)
        if companion.after == "name":
            found.insert(0, (path, content))
        elif is_shared(content, companion):
            shared = content
        elif not is_anothers(content, picture.name):
            found.append((path, content))
    return found, shared


def _write_new(picture: Path, keywords: Keywords, shared: bytes | None) -> SidecarChange:
    path = sidecar_path(picture)
    try:
        data = b"" if shared is not None else _read(picture)
    except UnwritableFileError:
        if picture.exists():
            raise
        data = b""
    try:
        begun = new_sidecar(data, shared, Keywords((), ()))
        after = merge(begun, keywords)
    except InvalidSidecarError:
        if shared is not None:
            raise
        begun = after = build(keywords)  # what the picture has is broken: there is nothing to begin with
    replace(path, None, after)
    kept = _subjects(begun) if begun != after else 0
    return SidecarChange(path, len(read(after).subjects) - kept, kept, True)


def _merged(path: Path, before: bytes, keywords: Keywords) -> bytes:
    try:
        return merge(before, keywords)
    except InvalidSidecarError as error:
        raise InvalidSidecarError(f"{path} was left as it is. {error.message}", detail=error.detail) from error


def _change(path: Path, before: bytes, after: bytes) -> SidecarChange:
    kept = _subjects(before)
    return SidecarChange(path, _subjects(after) - kept, kept, False)


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
