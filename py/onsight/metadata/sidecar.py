"""The sidecars of a picture: ``IMG_1.JPG.xmp`` (darktable's and digiKam's name) and ``IMG_1.xmp`` (Adobe's name).

Existing sidecars are extended, both if there are two, so that they agree. If there is none, ``IMG_1.JPG.xmp`` is
created and starts with the metadata in the picture's file. A file ``IMG_1.xmp`` that several finished pictures share
without saying whose it is, is left alone; a new ``IMG_1.JPG.xmp`` starts with its content.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from pathlib import Path

from onsight.core.texts import text
from onsight.errors import InvalidSidecarError, UnwritableFileError
from onsight.files.companions import Companion, Companions
from onsight.files.suffixes import RAW, suffix_of
from onsight.files.writing import replace
from onsight.image.xmp import DC, PHOTOSHOP, properties
from onsight.metadata.beginning import begin_sidecar, with_texts
from onsight.metadata.reading import read_sidecar, read_stated
from onsight.metadata.stated import NOTHING, Stated
from onsight.metadata.xmp import Keywords, merge

SIDECAR = ".xmp"
_ALIKE = {".jpeg": ".jpg", ".jpe": ".jpg", ".tiff": ".tif"}
"""The suffix that a sidecar adds to its picture's name."""


@dataclass(frozen=True, slots=True)
class SidecarChange:
    """The result of updating a sidecar.

    Attributes:
        path: Path of the sidecar.
        added: Number of new keywords, counted in ``dc:subject``.
        kept: Number of keywords that it had before, or that a new one has from the picture's file.
        is_new: Whether it was created.
    """

    path: Path
    added: int
    kept: int
    is_new: bool


def sidecar_path(picture: str | os.PathLike[str]) -> Path:
    """Return the path of a new sidecar for a picture: ``cat.jpg.xmp`` for ``cat.jpg``."""
    return Path(f"{os.fspath(picture)}{SIDECAR}")


def spelling_of(companion: Companion) -> str:
    """Return what a sidecar is named after: the picture's ``"name"`` or ``"stem"``; ``""`` if it is not its sidecar.

    darktable numbers additional sidecars, which are other versions of the picture; they are not extended.
    """
    is_sidecar = companion.kind == "sidecar" and companion.tail.lower() == SIDECAR
    return companion.after if is_sidecar else ""


def is_anothers(document: bytes, picture: str) -> bool:
    """Return whether a sidecar that is named after a stem declares that it belongs to another picture.

    Args:
        document: The sidecar.
        picture: Name of the picture.
    """
    named, own = (_ALIKE.get(suffix, suffix) for suffix in (_named_extension(document), suffix_of(picture)))
    # What it says about a raw file also applies to the finished picture next to it.
    return named not in ("", own, *RAW)


def is_shared(document: bytes, companion: Companion) -> bool:
    """Return whether a sidecar that is named after a stem may also belong to another finished picture."""
    finished = [name for name in companion.sharers if suffix_of(name) not in RAW]
    return bool(finished) and not _named_extension(document)


@dataclass(frozen=True, slots=True)
class MergedSidecar:
    """A sidecar with keywords added.

    Attributes:
        name: Its name.
        before: Its old content; None if it did not exist.
        after: Its new content.
        kept: Number of keywords that it had before, or that a new one has from the picture's file, in ``dc:subject``.
    """

    name: str
    before: bytes | None
    after: bytes
    kept: int


def write_sidecar(
    picture: str | os.PathLike[str], keywords: Keywords, said: Stated = NOTHING
) -> tuple[SidecarChange, ...]:
    """Write keywords into a picture's sidecars; existing content stays, and existing keywords are not repeated.

    Each file is replaced atomically, and none is replaced if one of them is broken.

    Args:
        picture: The picture's own path.
        keywords: Keywords that the sidecars should have.
        said: Other metadata for a new sidecar, where the file has none.

    Returns:
        The results, at least one.

    Raises:
        InvalidSidecarError: An existing sidecar is broken; nothing is changed.
        UnwritableFileError: A sidecar, or the picture, cannot be read, or a sidecar cannot be written.
    """
    path = Path(os.path.abspath(picture))
    try:
        names = os.listdir(path.parent)
    except FileNotFoundError:
        names = []
    except OSError as error:
        raise UnwritableFileError(
            text(
                "{parent} cannot be read ({strerror}), so nothing was written.",
                parent=path.parent,
                strerror=error.strerror,
            )
        ) from error

    def read(name: str) -> bytes:
        return _read(path.parent / name)

    try:
        merged = merge_sidecars(path.name, names, read, keywords, said)
    except InvalidSidecarError as error:
        raise InvalidSidecarError(
            text(
                "{value} was left as it is. {message}", value=path.parent / error.detail["name"], message=error.message
            )
        ) from error
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
    """Return a picture's sidecars with keywords added, at least one.

    Args:
        picture: The picture's name.
        names: Names of the files in its folder.
        read: Returns the bytes of a file in that folder: the picture or a sidecar.
        keywords: Keywords that the sidecars should have.
        said: Other metadata for a new sidecar, where the file has none.

    Raises:
        InvalidSidecarError: A sidecar is broken; ``detail`` has its ``name``.
    """
    listed = set(names)
    if keywords.alt_text and picture in listed and read_stated(read(picture)).description:
        # A sidecar with a description would hide that of the file.
        keywords = replace_fields(keywords, alt_text="")
    found, shared, empty = [], None, None
    for companion in Companions({*listed, picture}).of(picture):
        if not spelling_of(companion):
            continue
        content = read(companion.name)
        if not content:  # left by a program that was interrupted before it wrote
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
        raise UnwritableFileError(
            text("{path} could not be read ({strerror}), so nothing was written.", path=path, strerror=error.strerror)
        ) from error
