"""Files that an export makes, and the pictures that are in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from onsight.core.results import Box, ImageInfo
from onsight.library import store
from onsight.library.database import Library
from onsight.library.exports.paths import full_path, relative_paths
from onsight.tools.tag.results import Tag

PAGE = 200
"""Pictures that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file.

    Attributes:
        name: Relative, with ``/``.
        chunks: Its content in pieces, in UTF-8.
    """

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Picture:
    """What an export writes of a picture.

    Attributes:
        path: What it is called; see `onsight.library.exports.paths`.
        facts: Its row in the library.
        tags: As a person sees them.
        boxes: Its objects.
        colours: Names of its colours, largest share first.
    """

    path: str
    facts: dict[str, Any]
    tags: tuple[Tag, ...]
    boxes: tuple[Box, ...]
    colours: tuple[dict[str, Any], ...]

    @property
    def image(self) -> ImageInfo:
        """Its size and format."""
        return ImageInfo(self.facts["width"], self.facts["height"], self.facts["format"])


def pictures(library: Library, images: Sequence[int], paths: str = "relative") -> Iterator[Picture]:
    """Yield pictures in the order of their ids; those that the library does not have are left out.

    Args:
        library: The library.
        images: Their ids.
        paths: Of `onsight.library.exports.paths.PATHS`.
    """
    path_of = full_path if paths == "absolute" else relative_paths(library)
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
            )
