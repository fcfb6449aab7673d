"""Names of pictures, and of the files about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.results import ImageInfo, Tag


@dataclass(frozen=True, slots=True)
class TaggedPicture:
    """The tags of a picture, and the picture's name.

    Attributes:
        name: Path of the picture as whoever reads the export shall find it, with ``/``.
        image: The picture.
        tags: Its tags, those that matter most first.
    """

    name: str
    image: ImageInfo
    tags: tuple[Tag, ...]

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
