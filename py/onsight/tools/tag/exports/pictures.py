"""Tagged pictures, and names for their sidecars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.core.results import ImageInfo
from onsight.metadata.xmp import Keywords
from onsight.tools.tag.keywords import chosen, keywords_of
from onsight.tools.tag.results import Tag


@dataclass(frozen=True, slots=True)
class TaggedPicture:
    """A picture's name and its tags.

    Attributes:
        name: Path of the picture for the reader of the export, with ``/``.
        image: The picture.
        tags: Its tags, the most important first.
        begun: The XMP document to add the tags to, as `begin_sidecar` returns it; empty for a new document.
        level: Which tags are written, one of `onsight.tools.tag.keywords.LEVELS`.
        alt_text: The sentence to write with them; empty for none.
    """

    name: str
    image: ImageInfo
    tags: tuple[Tag, ...]
    begun: bytes = b""
    level: str = "main"
    alt_text: str = ""

    @property
    def chosen(self) -> tuple[Tag, ...]:
        """The tags that are written."""
        return chosen(self.tags, self.level)

    @property
    def keywords(self) -> Keywords:
        """The keywords that are written."""
        return keywords_of(self.tags, self.level, self.alt_text)


def inside(name: str) -> PurePosixPath:
    """Return a picture's path, changed so that it stays below the folder it is joined to."""
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]
    if steps and steps[0].endswith(":"):  # a drive
        del steps[0]
    return PurePosixPath(*steps) if steps else PurePosixPath("picture")


class SidecarNames:
    """Gives each picture's sidecar a name that no other has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, picture: str) -> str:
        """Return ``<picture>.<ext>.xmp`` for the path of a picture, in the picture's folder."""
        path = inside(picture)
        name, number = f"{path}.xmp", 1
        while name.casefold() in self._taken:  # many file systems ignore case
            number += 1
            name = f"{path.with_stem(f'{path.stem}-{number}')}.xmp"
        self._taken.add(name.casefold())
        return name
