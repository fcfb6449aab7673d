"""Names of pictures, and of the files about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.results import Detection


@dataclass(frozen=True, slots=True)
class Named:
    """What was found in a picture, and the picture's name.

    Attributes:
        name: Path of the picture as whoever reads the export shall find it, with ``/``.
        detection: What was found.
    """

    name: str
    detection: Detection


def stems(pictures: Sequence[Named]) -> list[str]:
    """Return for each picture a file name without folder and suffix, all different from one another."""
    taken: set[str] = set()
    result = []
    for picture in pictures:
        stem = PurePosixPath(picture.name).stem or "picture"
        unique, number = stem, 1
        # Lower case: most people's file systems take Cat.txt and cat.txt for the same.
        while unique.lower() in taken:
            number += 1
            unique = f"{stem}-{number}"
        taken.add(unique.lower())
        result.append(unique)
    return result
