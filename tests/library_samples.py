"""Libraries for tests: pictures that never were, and what was seen in them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from onsight.core.results import Box, ImageInfo
from onsight.image import decode, encode_preview
from onsight.library import store
from onsight.library.database import Library
from onsight.library.records import PictureRecord, Source
from onsight.metadata.stated import NOTHING, DateCandidate, Stated
from onsight.tools.classify.results import Candidate, Classification
from onsight.tools.detect.results import Detection
from onsight.tools.organise.task import THUMBNAIL_QUALITY, THUMBNAIL_SIDE
from onsight.tools.tag.results import Colour, Photo, Tag, Tagging
from tests.pictures import sample

MODELS = {"efficientnet-lite2": "1"}


def source(path: str, size: int = 1000, mtime_ns: int = 1_600_000_000_000_000_000) -> Source:
    folder, _, name = path.rpartition("/")
    return Source(folder, name, size, mtime_ns)


def tag(name: str, score: float = 0.9, *, shown: bool = True, group: str = "Objects", origin: str = "scene") -> Tag:
    return Tag(name.lower(), name, group, score, 0.5, shown, (), origin, (), None)


def look(
    label: str = "Cat",
    *,
    score: float = 0.9,
    certain: bool = True,
    category: str = "Pets",
    tags: Iterable[str | Tag] = (),
    colours: Mapping[str, float] | None = None,
    boxes: Iterable[Box] | None = None,
    size: tuple[int, int] = (400, 300),
    format: str = "JPEG",
    content: str = "",
    perceptual_hash: int | None = 0,
    embedding: Iterable[float] = (1.0, 0.0),
    models: Mapping[str, str] | None = None,
    thumbnail: bytes = b"thumbnail",
    stated: Stated = NOTHING,
    **photo: Any,
) -> PictureRecord:
    """A look in which everything is as told; ``size`` is (width, height)."""
    image = ImageInfo(*size, format)
    facts: dict[str, Any] = {
        "orientation": "horizontal",
        "megapixels": size[0] * size[1] / 1e6,
        "lightness": 0.5,
        "contrast": 0.2,
        "sharpness": 0.6,
        "has_location": False,
        "taken_source": None,
        **dict.fromkeys(("taken", "camera", "lens", "focal_length_mm", "aperture", "exposure_s", "iso")),
        **photo,
    }
    if facts["taken"] and not stated.dates:
        stated = replace(stated, dates=(DateCandidate(facts["taken"], facts["taken_source"] or "exif"),))
    vector = np.asarray(tuple(embedding), np.float32)
    return PictureRecord(
        hash=hashlib.sha256((content or repr((label, tuple(tags), size))).encode()).hexdigest(),
        classification=Classification(
            label, score, certain, category, (label,) if certain else (), (Candidate(label, score),), None, image, "m"
        ),
        tagging=Tagging(
            tags=tuple(one if isinstance(one, Tag) else tag(one) for one in tags),
            colours=tuple(Colour(id, id.capitalize(), "#808080", share) for id, share in (colours or {}).items()),
            photo=Photo(**facts),
            groups=("Objects",),
            image=image,
            model="m",
        ),
        detection=None if boxes is None else Detection(tuple(boxes), image, "d"),
        thumbnail=thumbnail,
        perceptual_hash=perceptual_hash,
        embedding=(vector / np.linalg.norm(vector)).astype(np.float16),
        models=models or MODELS,
        stated=stated,
    )


def filled(pictures: Mapping[str, PictureRecord]) -> Library:
    """A library in memory of these pictures, by path."""
    library = Library.open(":memory:")
    run = store.begin_run(library, MODELS)
    for path, seen in pictures.items():
        store.record(library, source(path), seen, run)
    return library


def dump(library: Library) -> list[str]:
    """Everything that a library holds, as text."""
    return list(library.connection.iterdump())


def picture(name: str) -> Image.Image:
    """A small sample."""
    with Image.open(io.BytesIO(sample(name))) as image:
        small = image.convert("RGB")
    small.thumbnail((300, 300))
    return small


def data_of(image: Image.Image, quality: int = 90) -> bytes:
    """A picture as a JPEG."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()


def look_at(data: bytes, *, embedding: tuple[float, ...] = (1.0, 0.0), **facts: Any) -> PictureRecord:
    """What is seen in a file, with its own thumbnail and hash."""
    thumbnail = encode_preview(decode(data), THUMBNAIL_SIDE, THUMBNAIL_QUALITY)
    seen = look(thumbnail=thumbnail, embedding=embedding, **facts)
    return replace(seen, hash=hashlib.sha256(data).hexdigest())
