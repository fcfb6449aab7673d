"""Camera metadata: the equipment, the time, and whether there is a location.

The location itself is never read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from onsight.errors import ImageError
from onsight.image.blocks import EXIF_HEADER, exif_blocks
from onsight.image.guard import guarded
from onsight.metadata.dates import choose
from onsight.metadata.reading import read_stated

MAX_TEXT = 80
"""Maximum length of names; longer ones are not real."""

_MAKE, _MODEL = 0x010F, 0x0110
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_LENS_MODEL = 0xA434
_F_NUMBER, _EXPOSURE_TIME, _ISO, _FOCAL_LENGTH = 0x829D, 0x829A, 0x8827, 0x920A
_GPS_LATITUDE, _GPS_LONGITUDE = 2, 4


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """Camera metadata; fields are None if missing or unreadable.

    Attributes:
        taken: When the picture was taken, in the form of `onsight.metadata.stated.DateCandidate`.
        taken_source: Source of that date, one of `onsight.metadata.dates.SOURCES`.
        camera: Maker and model.
        lens: Name of the lens.
        focal_length_mm: Focal length in millimetres.
        aperture: The f-number.
        exposure_s: Exposure time in seconds.
        iso: Sensitivity.
        has_location: Whether the file contains the location.
    """

    taken: str | None = None
    taken_source: str | None = None
    camera: str | None = None
    lens: str | None = None
    focal_length_mm: float | None = None
    aperture: float | None = None
    exposure_s: float | None = None
    iso: int | None = None
    has_location: bool = False


def read_camera_facts(data: bytes) -> CameraFacts:
    """Read the camera metadata; damaged metadata counts as missing.

    Args:
        data: The bytes of a file, in any format.
    """
    facts = CameraFacts()
    for block in exif_blocks(data):
        # Pillow's parser raises nearly anything on damaged metadata, and warns about the rest.
        with suppress(ImageError), guarded(data, "EXIF"):
            facts = _facts(block)
            break
    taken = choose(read_stated(data).dates)
    return replace(facts, taken=taken.value, taken_source=taken.source) if taken else facts


def _facts(block: bytes) -> CameraFacts:
    exif = Image.Exif()
    exif.load(EXIF_HEADER + block)
    camera, place = exif.get_ifd(_EXIF_IFD), exif.get_ifd(_GPS_IFD)
    maker, model = _text(exif.get(_MAKE)), _text(exif.get(_MODEL))
    if maker and model and not model.casefold().startswith(maker.casefold().split()[0]):
        model = f"{maker} {model}"
    iso = _number(camera, _ISO)
    return CameraFacts(
        camera=model or maker,
        lens=_text(camera.get(_LENS_MODEL)),
        focal_length_mm=_number(camera, _FOCAL_LENGTH),
        aperture=_number(camera, _F_NUMBER),
        exposure_s=_number(camera, _EXPOSURE_TIME),
        iso=round(iso) if iso else None,
        has_location=bool(place.get(_GPS_LATITUDE) and place.get(_GPS_LONGITUDE)),
    )


def _text(value: Any) -> str | None:
    """Return a text that can be displayed, or None."""
    if not isinstance(value, str):
        return None
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in value)
    return " ".join(shown.split())[:MAX_TEXT].strip() or None


def _number(values: Mapping[int, Any], tag: int) -> float | None:
    value = values.get(tag)
    if isinstance(value, tuple):  # several sensitivities: the first is the camera's
        value = value[0] if value else None
    try:
        number = float(value)  # type: ignore[arg-type]  # anything but a number raises
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return round(number, 6) if 0 < number < 1e9 else None
