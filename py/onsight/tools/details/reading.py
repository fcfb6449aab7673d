"""Read all the metadata in a file, in words that a person understands.

Nothing here raises for damaged metadata: what can't be read is left out, or named with its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from onsight.core.texts import text
from onsight.image.blocks import comments, exif_blocks, iptc_records, xmp_packets
from onsight.image.iptc import iptc_datasets
from onsight.image.parts import is_jpeg, jpeg_segments, png_chunks
from onsight.image.png_text import png_texts
from onsight.image.tiff import ASCII, RATIONAL, SHORT, Entry, Tiff, exif_directories
from onsight.image.xmp import properties
from onsight.metadata.reading import clean_text, decode_text, user_comment
from onsight.tools.details.names import (
    MAKER_NOTE,
    PEOPLE,
    PLACE,
    REST,
    SOFTWARE,
    TIME,
    WORDS,
    detail_names,
    iptc_names,
    main_names,
    subjects,
    xmp_names,
)
from onsight.tools.details.results import Detail, DetailGroup, Location

MAX_VALUE = 500
"""Characters of a value that are shown."""

_WINDOWS_TEXTS = frozenset({0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F})
_USER_COMMENT, _EXPOSURE_TIME, _APERTURE, _FOCAL_LENGTH, _FLASH = 0x9286, 0x829A, 0x829D, 0x920A, 0x9209
_THUMBNAIL_BYTES = 0x0202
_SIGNED_RATIONAL = 10
_GPS_ALTITUDE, _GPS_DIRECTION, _GPS_DATE, _GPS_AREA = 6, 17, 29, 28

_FACES = (b"mwg-rs:", b"MPReg:")


class _Found(NamedTuple):
    subject: str
    detail: Detail


def read_details(data: bytes) -> tuple[DetailGroup, ...]:
    """Return what a file says, by subject; the same value under the same name is listed once.

    Args:
        data: The bytes of a file, in any format and any state.
    """
    found = [*_of_exif(data), *_of_xmp(data), *_of_iptc(data), *_of_texts(data), *_of_parts(data)]
    groups = []
    for subject, title in subjects().items():
        details: dict[tuple[str, str], Detail] = {}
        for one in found:
            if one.subject == subject:
                details.setdefault((one.detail.name, one.detail.value), one.detail)
        if details:
            groups.append(DetailGroup(subject, title, tuple(details.values())))
    return tuple(groups)


def read_location(data: bytes) -> Location | None:
    """Return where a picture was taken, from the first EXIF block that says so."""
    for block in exif_blocks(data):
        directories = exif_directories(block)
        if directories is None:
            continue
        tiff, _, _, place = directories
        latitude, longitude = _degrees(tiff, place, 1, "S"), _degrees(tiff, place, 3, "W")
        if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
            return Location(latitude, longitude)
    return None


def _of_exif(data: bytes) -> Iterator[_Found]:
    location = read_location(data)
    if location:
        coordinates = f"{location.latitude:.5f}, {location.longitude:.5f}"
        yield _Found(PLACE, Detail(text("Coordinates"), coordinates, "EXIF", True))
    for block in exif_blocks(data):
        directories = exif_directories(block)
        if directories is None:
            continue
        tiff, main, camera, place = directories
        for names, entries in ((main_names(), main), (detail_names(), {**main, **camera})):
            for tag, name in names.items():
                if tag in entries and (value := _exif_value(tiff, entries[tag])):
                    yield _Found(name.subject, Detail(name.name, value, "EXIF", name.personal))
        yield from _of_place(tiff, place)
        if MAKER_NOTE in camera:
            size = _size(len(camera[MAKER_NOTE].value))
            yield _Found(REST, Detail(text("Maker’s notes"), text("{size}, undocumented", size=size), "EXIF", True))
        thumbnail = _thumbnail_bytes(tiff)
        if thumbnail:
            size = _size(thumbnail)
            seen = text("{size}; it may show the picture as it was before it was edited", size=size)
            yield _Found(REST, Detail(text("Thumbnail"), seen, "EXIF", True))
        return


def _of_place(tiff: Tiff, place: Mapping[int, Entry]) -> Iterator[_Found]:
    if altitude := _rational(tiff, place.get(_GPS_ALTITUDE)):
        below = bool(place.get(5) and place[5].value[:1] == b"\1")
        yield _Found(PLACE, Detail(text("Altitude"), f"{-altitude if below else altitude:.0f} m", "EXIF", True))
    if direction := _rational(tiff, place.get(_GPS_DIRECTION)):
        yield _Found(PLACE, Detail(text("Viewing direction"), f"{direction:.0f}°", "EXIF", True))
    if (area := place.get(_GPS_AREA)) and (name := clean_text(decode_text(area.value[8:]), MAX_VALUE)):
        yield _Found(PLACE, Detail(text("Area"), name, "EXIF", True))
    if (day := place.get(_GPS_DATE)) and (date := clean_text(decode_text(day.value), MAX_VALUE)):
        yield _Found(TIME, Detail(text("Date of the GPS position (UTC)"), date.replace(":", "-"), "EXIF", False))


def _exif_value(tiff: Tiff, entry: Entry) -> str | None:
    if entry.tag in _WINDOWS_TEXTS:
        return clean_text(entry.value.decode("utf-16-le", "replace").split("\0", 1)[0], MAX_VALUE)
    if entry.tag == _USER_COMMENT:
        return clean_text(user_comment(tiff, entry), MAX_VALUE)
    if entry.tag == _FLASH:
        fired = tiff.integer(entry)
        return None if fired is None else text("fired") if fired & 1 else text("did not fire")
    number = _rational(tiff, entry)
    if number is not None:
        return _number_text(entry.tag, number)
    if (integer := tiff.integer(entry)) is not None and entry.type == SHORT:
        return f"ISO {integer}" if entry.tag == 0x8827 else f"{integer}"
    words = clean_text(decode_text(entry.value), MAX_VALUE) if entry.type in (ASCII, 129) else None
    if words and (date := re.fullmatch(r"(\d{4}):(\d\d):(\d\d)( .*)?", words)):
        return f"{date[1]}-{date[2]}-{date[3]}{date[4] or ''}"
    return words


def _number_text(tag: int, number: float) -> str | None:
    if number <= 0:
        return None
    if tag == _EXPOSURE_TIME:
        return f"1/{round(1 / number)} s" if number < 0.25 else f"{number:g} s"
    if tag == _APERTURE:
        return f"f/{number:g}"
    if tag == _FOCAL_LENGTH:
        return f"{number:g} mm"
    return f"{number:g}"


def _rational(tiff: Tiff, entry: Entry | None, index: int = 0) -> float | None:
    if entry is None or entry.type not in (RATIONAL, _SIGNED_RATIONAL) or len(entry.value) < 8 * (index + 1):
        return None
    top, bottom = (tiff.number(entry.value[at : at + 4]) for at in (8 * index, 8 * index + 4))
    return float(Fraction(top, bottom)) if bottom else None


def _degrees(tiff: Tiff, place: Mapping[int, Entry], tag: int, negative: str) -> float | None:
    parts = [_rational(tiff, place.get(tag + 1), index) for index in range(3)]
    if parts[0] is None:
        return None
    degrees = sum((part or 0.0) / float(60**power) for power, part in enumerate(parts))
    reference = place.get(tag)
    is_negative = reference is not None and reference.value[:1].upper() == negative.encode()
    return -degrees if is_negative else degrees


def _thumbnail_bytes(tiff: Tiff) -> int:
    """Return the size of the JPEG in the second directory, or 0."""
    count = tiff.number(tiff.data[tiff.first : tiff.first + 2])
    after = tiff.first + 2 + 12 * count
    second = tiff.directory(tiff.number(tiff.data[after : after + 4])) if not tiff.is_big else {}
    return tiff.integer(second.get(_THUMBNAIL_BYTES)) or 0


def _of_xmp(data: bytes) -> Iterator[_Found]:
    names = xmp_names()
    for packet in xmp_packets(data):
        for name, texts in properties(packet).items():
            known = names.get(name)
            value = clean_text(", ".join(texts), MAX_VALUE)
            if not value:
                continue
            if known:
                yield _Found(known.subject, Detail(known.name, value, "XMP", known.personal))
            else:
                subject, personal = (PLACE, True) if _names_place(name[1]) else (REST, False)
                yield _Found(subject, Detail(name[1], value, "XMP", personal))
        if any(mark in packet for mark in _FACES):
            yield _Found(PEOPLE, Detail(text("Faces"), text("marked in the picture, perhaps with names"), "XMP", True))
        if b"xmpMM:History" in packet:
            yield _Found(
                SOFTWARE, Detail(text("Editing history"), text("a list of programs, steps and times"), "XMP", True)
            )


def _names_place(name: str) -> bool:
    return name.startswith("GPS") or name in ("City", "Country", "State", "Location", "Sublocation")


def _of_iptc(data: bytes) -> Iterator[_Found]:
    names = iptc_names()
    for records in iptc_records(data):
        for record, number, raw in iptc_datasets(records):
            name = names.get(number) if record == 2 else None
            if name and (value := clean_text(decode_text(raw), MAX_VALUE)):
                yield _Found(name.subject, Detail(name.name, value, "IPTC", name.personal))


def _of_texts(data: bytes) -> Iterator[_Found]:
    for one in png_texts(data):
        if value := clean_text(one.text, MAX_VALUE):
            yield _Found(WORDS, Detail(one.keyword, value, "PNG text", True))
    for comment in comments(data):
        if value := clean_text(decode_text(comment), MAX_VALUE):
            yield _Found(WORDS, Detail(text("Comment"), value, "File", True))


def _of_parts(data: bytes) -> Iterator[_Found]:
    """Yield what is beside the picture in its file: signed histories, further pictures, a video."""
    kinds: Iterable[bytes] = (part.kind for part in png_chunks(data)) if data[:8] == b"\x89PNG\r\n\x1a\n" else ()
    segments = list(jpeg_segments(data)) if is_jpeg(data) else []
    bodies = [data[part.body : part.body + 40] for part in segments if part.kind[0] in (0xE2, 0xEB)]
    if b"caBX" in kinds or any(b"jumb" in body for body in bodies):
        yield _Found(
            SOFTWARE, Detail(text("Content credentials (C2PA)"), text("a signed history of the picture"), "File", True)
        )
    if any(body.startswith(b"MPF\0") for body in bodies):
        yield _Found(REST, Detail(text("Other pictures"), text("such as a preview or a depth map"), "File", True))
    if is_jpeg(data) and (end := data.rfind(b"\xff\xd9")) > 0 and b"ftyp" in data[end : end + 4096]:
        yield _Found(
            REST,
            Detail(
                text("Video"),
                text("{size} after the picture (motion photo)", size=_size(len(data) - end)),
                "File",
                True,
            ),
        )


def _size(count: int) -> str:
    return f"{count / 1000:.0f} KB" if count >= 1000 else f"{count} bytes"
