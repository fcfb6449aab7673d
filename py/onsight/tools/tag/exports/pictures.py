"""Names of pictures, and of the files about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.core.results import ImageInfo
from onsight.tools.tag.results import Tag


@dataclass(frozen=True, slots=True)
class TaggedPicture:
    """The tags of a picture, and the picture's name.

    Attributes:
        name: Path of the picture as whoever reads the export shall find it, with ``/``.
        image: The picture.
        tags: Its tags, those that matter most first.
        begun: The XMP document to which a sidecar adds the tags, as `begin_sidecar` returns it; empty for a new one.
    """

    name: str
    image: ImageInfo
    tags: tuple[Tag, ...]
    begun: bytes = b""

    @property
    def shown(self) -> tuple[Tag, ...]:
        """The tags that are written."""
        return tuple(tag for tag in self.tags if tag.shown)


def inside(name: str) -> PurePosixPath:
    """Return a path that stays below the folder it is put in, whatever the picture's is."""
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]
    if steps and steps[0].endswith(":"):  # a drive
        del steps[0]
    return PurePosixPath(*steps) if steps else PurePosixPath("picture")


class SidecarNames:
    """Names for the sidecars of pictures, none of them twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, picture: str) -> str:
        """Return ``<picture>.<ext>.xmp`` for the path of a picture, in the picture's folder."""
        path = inside(picture)
        name, number = f"{path}.xmp", 1
        while name.casefold() in self._taken:  # many file systems take no notice of case
            number += 1
            name = f"{path.with_stem(f'{path.stem}-{number}')}.xmp"
        self._taken.add(name.casefold())
        return name
