"""The sidecar of a picture: the file ``<name>.<ext>.xmp`` beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from onsight.errors import InvalidSidecarError, UnwritableFileError
from onsight.files.writing import replace
from onsight.metadata.xmp import Keywords, build, merge, read


@dataclass(frozen=True, slots=True)
class SidecarChange:
    """What became of a sidecar.

    Attributes:
        path: Where it lies.
        added: How many keywords it did not have before, counted by ``dc:subject``.
        kept: How many it had.
        is_new: Whether there was none.
    """

    path: Path
    added: int
    kept: int
    is_new: bool


def sidecar_path(picture: str | os.PathLike[str]) -> Path:
    """Return where the sidecar of a picture lies: ``cat.jpg.xmp`` for ``cat.jpg``."""
    return Path(f"{os.fspath(picture)}.xmp")


def write_sidecar(picture: str | os.PathLike[str], keywords: Keywords) -> SidecarChange:
    """Write keywords into the sidecar of a picture; what is in it stays, and what it has already is not repeated.

    The file is replaced as a whole or not at all.

    Args:
        picture: The picture's own path.
        keywords: What the sidecar shall have.

    Raises:
        InvalidSidecarError: The sidecar that is there is broken; it is left as it is.
        UnwritableFileError: The sidecar cannot be read or written.
    """
    path = sidecar_path(picture)
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise UnwritableFileError(f"{path} could not be read ({error.strerror}), so nothing was written.") from error
    try:
        after = build(keywords) if before is None else merge(before, keywords)
        kept = 0 if before is None else len(read(before).subjects)
    except InvalidSidecarError as error:
        raise InvalidSidecarError(f"{path} was left as it is. {error.message}", detail=error.detail) from error
    if after != before:
        replace(path, before, after)
    return SidecarChange(path, len(read(after).subjects) - kept, kept, before is None)
