"""What is known of one picture, as dataclasses."""

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
    """A file, as its folder lists it.

    Attributes:
        folder: Where it lies, with ``/``: absolute on a computer, from the chosen folder on in a browser.
        name: Its name.
        size: In bytes.
        mtime_ns: When it was last written, in nanoseconds since 1970.
    """

    folder: str
    name: str
    size: int
    mtime_ns: int

    @property
    def path(self) -> str:
        """Its folder and name together."""
        return f"{self.folder.rstrip('/')}/{self.name}" if self.folder else self.name

    @property
    def place(self) -> str:
        """What its path has in common with others that are one file on some system."""
        return path_key(self.path)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a file was made, as far as its bytes say it.

    Attributes:
        software: What the EXIF data name as the program that wrote it, or None.
        quality: Of a JPEG, the quality of 1 to 100 that its tables are of; None for other formats.
    """

    software: str | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PictureRecord:
    """Everything that was seen in one picture.

    Attributes:
        hash: SHA-256 of the file, in lower-case hexadecimal.
        classification: Its one label.
        tagging: Its tags, colours and facts.
        detection: Its objects, or None if nobody looked for any.
        thumbnail: A small JPEG, upright.
        perceptual_hash: 64 bits that are alike for pictures that look alike; None if the picture is all but empty.
        embedding: Direction of what the network saw, float16 [D] of length 1.
        models: Versions of the models that looked, by id.
        stated: What the file says about itself.
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
