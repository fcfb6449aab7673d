"""What the camera wrote into the file: with what it was taken, when, and whether there is a place.

The place itself is never read out.
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
"""Longer names are cut: no camera has one."""

_MAKE, _MODEL = 0x010F, 0x0110
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_LENS_MODEL = 0xA434
_F_NUMBER, _EXPOSURE_TIME, _ISO, _FOCAL_LENGTH = 0x829D, 0x829A, 0x8827, 0x920A
_GPS_LATITUDE, _GPS_LONGITUDE = 2, 4


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What the camera wrote; None where it wrote nothing that can be read.

    Attributes:
        taken: When it was taken, in the form of `onsight.metadata.stated.DateCandidate`.
        taken_source: Where that comes from, one of `onsight.metadata.dates.SOURCES`.
        camera: Maker and model.
        lens: Its name.
        focal_length_mm: Of the lens, in millimetres.
        aperture: The f-number.
        exposure_s: Exposure time in seconds.
        iso: Sensitivity.
        has_location: Whether the file tells where it was taken.
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
    """Read what the camera wrote; damaged metadata counts as none.

    Args:
        data: The bytes of a file, in any format.
    """
    facts = CameraFacts()
    for block in exif_blocks(data):
        # Pillow's parser raises nearly anything on damaged metadata, and warns of the rest.
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
    """Return a text fit to be shown, or None."""
    if not isinstance(value, str):
        return None
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in value)
    return " ".join(shown.split())[:MAX_TEXT].strip() or None


def _number(values: Mapping[int, Any], tag: int) -> float | None:
    value = values.get(tag)
    if isinstance(value, tuple):  # several sensitivities: the first is the camera's
        value = value[0] if value else None
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return round(number, 6) if 0 < number < 1e9 else None
