"""Define the dataclasses for a picture's data, facets and saved searches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.files.names import path_key
from onsight.metadata.stated import NOTHING, Stated
from onsight.tools.classify.results import Classification
from onsight.tools.detect.results import Detection
from onsight.tools.tag.results import Tagging


@dataclass(frozen=True, slots=True)
class Source:
    """A file, as listed in its folder.

    Attributes:
        folder: Path of its folder, with ``/``: absolute on a computer, starting with the chosen folder in a browser.
        name: Name of the file.
        size: Size in bytes.
        mtime_ns: Modification time in nanoseconds since 1970.
    """

    folder: str
    name: str
    size: int
    mtime_ns: int

    @property
    def path(self) -> str:
        """Path of the file: its folder and name joined with ``/``."""
        return f"{self.folder.rstrip('/')}/{self.name}" if self.folder else self.name

    @property
    def place(self) -> str:
        """Key that is equal for paths that are the same file on some system; see `path_key`."""
        return path_key(self.path)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a file was made, as far as its bytes show.

    Attributes:
        software: The program that wrote the file according to its EXIF data, or None.
        quality: JPEG quality estimated from the quantization table, 1 to 100; None for other formats.
    """

    software: str | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PictureRecord:
    """All analysis results for one picture.

    Attributes:
        hash: SHA-256 of the file, in lower-case hexadecimal.
        classification: The picture's label.
        tagging: The picture's tags, colours and facts.
        detection: The detected objects, or None if object detection did not run.
        thumbnail: A small JPEG, upright.
        perceptual_hash: 64 bits that are similar for pictures that look alike; None if the picture is nearly empty.
        embedding: float16 [D] of length 1; see `onsight.library.embedding`.
        models: Versions of the models that analysed the picture, by id.
        stated: Metadata from the file.
        provenance: How the file was made.
    """

    hash: str
    classification: Classification
    tagging: Tagging
    detection: Detection | None
    thumbnail: bytes
    perceptual_hash: int | None
    embedding: NDArray[np.float16]
    models: Mapping[str, str]
    stated: Stated = NOTHING
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Something that pictures have in common.

    Attributes:
        name: For people, such as ``"Blue"``.
        count: How many of the pictures that were found have it.
        query: The condition that finds those, such as ``"colour:blue"``.
    """

    name: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is remembered.

    Attributes:
        name: For people.
        query: What it looks for.
    """

    name: str
    query: str
