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


class Stems:
    """Makes file names from those of pictures: without folder and suffix, and never the same twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """Return the name for a picture; one that is taken gets a number."""
        stem = PurePosixPath(name.replace("\\", "/")).stem or "picture"
        unique, number = stem, 1
        # Lower case: most people's file systems take Cat.txt and cat.txt for the same.
        while unique.lower() in self._taken:
            number += 1
            unique = f"{stem}-{number}"
        self._taken.add(unique.lower())
        return unique


def stems(pictures: Sequence[Named]) -> list[str]:
    """Return for each picture a file name without folder and suffix, all different from one another."""
    names = Stems()
    return [names.unique(picture.name) for picture in pictures]
