"""Define the files of an export, and load the pictures to export."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from onsight.core.results import Box, ImageInfo
from onsight.library import store
from onsight.library.database import Library
from onsight.library.description import describe
from onsight.library.exports.paths import full_path, relative_paths
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.results import Tag

PAGE = 200
"""Number of pictures in memory at a time."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export.

    Attributes:
        name: Relative path, with ``/``.
        chunks: Pieces of the content, in UTF-8.
    """

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose for an export.

    Attributes:
        paths: How pictures are named, one of `onsight.library.exports.paths.PATHS`.
        keywords: Which tags are written, one of `onsight.tools.tag.keywords.LEVELS`.
        alt_text: Whether pictures without a description get a sentence that describes them.
    """

    paths: str = "relative"
    keywords: str = "main"
    alt_text: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """The data of a picture to export.

    Attributes:
        path: Path of the picture in the export; see `onsight.library.exports.paths`.
        facts: Row of the picture in the table ``image``.
        tags: The tags that apply.
        boxes: The detected objects, most probable first.
        colours: ``colour``, ``name``, ``hex`` and ``share`` of each colour, largest share first.
        level: Which tags are written.
        alt_text: The sentence to write with them; empty for none.
    """

    path: str
    facts: dict[str, Any]
    tags: tuple[Tag, ...]
    boxes: tuple[Box, ...]
    colours: tuple[dict[str, Any], ...]
    level: str = "main"
    alt_text: str = ""

    @property
    def tagged(self) -> TaggedPicture:
        """The picture with its tags, as Tag's exports write it."""
        return TaggedPicture(self.path, self.image, self.tags, level=self.level, alt_text=self.alt_text)

    @property
    def image(self) -> ImageInfo:
        """Size and format of the picture."""
        return ImageInfo(self.facts["width"], self.facts["height"], self.facts["format"])


def pictures(library: Library, images: Sequence[int], choice: Choice) -> Iterator[Picture]:
    """Yield pictures in the given order, except those that are not in the library.

    Args:
        library: The library.
        images: Ids of the pictures.
        choice: What the user chose.
    """
    path_of = full_path if choice.paths == "absolute" else relative_paths(library)
    for start in range(0, len(images), PAGE):
        rows = library.connection.execute(
            "SELECT image.* FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value ORDER BY wanted.key",
            (json.dumps(list(images[start : start + PAGE])),),
        ).fetchall()
        for row in rows:
            colours = library.connection.execute(
                "SELECT colour, name, hex, share FROM colour WHERE image = ? ORDER BY share DESC, name", (row["id"],)
            )
            yield Picture(
                path=path_of(row["folder"], row["name"]),
                facts=dict(row),
                tags=store.tags_of(library, row["id"]),
                boxes=store.boxes_of(library, row["id"]),
                colours=tuple(dict(colour) for colour in colours),
                level=choice.keywords,
                alt_text=describe(library, row["id"]) if choice.alt_text else "",
            )
