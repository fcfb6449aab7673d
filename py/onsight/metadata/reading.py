"""Read the metadata in a picture's file, its sidecars and Google Takeout's JSON.

===========  ===================================================================================================
keywords     dc:subject, lr:hierarchicalSubject, digiKam:TagsList, MicrosoftPhoto:LastKeywordXMP, MediaPro's
             CatalogSets, MWG's hierarchies, pdf:Keywords; IPTC 2:25; EXIF XPKeywords. Of a path each step is a
             keyword.
rating       xmp:Rating; MicrosoftPhoto:Rating; EXIF Rating and RatingPercent
title        dc:title, photoshop:Headline; IPTC 2:05, 2:105; EXIF XPTitle; the PNG text "Title"
description  dc:description, acdsee:caption; IPTC 2:120; EXIF ImageDescription, UserComment, XPComment; the PNG text
             "Description"
dates        see `onsight.metadata.dates`
===========  ===================================================================================================

For rating, title and description the first source that has one counts: XMP before IPTC before EXIF before the texts of
a PNG, and a sidecar before its picture. Keywords are collected from all sources. Damaged metadata counts as missing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from onsight.image.blocks import exif_blocks, iptc_records, xmp_packets
from onsight.image.iptc import iptc_datasets
from onsight.image.png_text import png_texts
from onsight.image.tiff import RATIONAL, Entry, Tiff, exif_directories
from onsight.image.xmp import Name, parse, properties
from onsight.metadata.dates import parse_date, parse_epoch, parse_iptc_date
from onsight.metadata.stated import NOTHING, DateCandidate, Stated

MAX_KEYWORDS = 500
"""Maximum number of keywords from a file; nobody has typed more."""

MAX_KEYWORD, MAX_TITLE, MAX_DESCRIPTION = 100, 500, 5000
"""Maximum number of characters. Longer keywords are dropped, longer texts are cut."""

MAX_PACKET = 8 << 20
"""Maximum size in bytes. Larger packets are not read, because they contain pictures, not what a person wrote."""

_DC, _XMP, _EXIF = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/exif/1.0/"
_PHOTOSHOP, _LIGHTROOM = "http://ns.adobe.com/photoshop/1.0/", "http://ns.adobe.com/lightroom/1.0/"
_DIGIKAM, _MICROSOFT = "http://www.digikam.org/ns/1.0/", "http://ns.microsoft.com/photo/1.0/"
_MEDIAPRO, _PDF = "http://ns.iview-multimedia.com/mediapro/1.0/", "http://ns.adobe.com/pdf/1.3/"
_ACDSEE, _MWG = "http://ns.acdsee.com/iptc/1.0/", "http://www.metadataworkinggroup.com/schemas/keywords/"

_PATHS: tuple[tuple[Name, str], ...] = (
    ((_LIGHTROOM, "hierarchicalSubject"), "|"),
    ((_DIGIKAM, "TagsList"), "/"),
    ((_MICROSOFT, "LastKeywordXMP"), "/"),
    ((_MICROSOFT.rstrip("/"), "LastKeywordXMP"), "/"),
    ((_MEDIAPRO, "CatalogSets"), "|"),
)
"""Properties with paths, and the separator in each."""

_INTERNAL = re.compile(r"_digikam_|darktable\|", re.IGNORECASE)
"""Path prefixes that programs reserve for themselves."""

_MICROSOFT_STARS = ((88, 5), (63, 4), (38, 3), (13, 2), (1, 1))
"""Minimum percentages and the number of stars they stand for."""

_IMAGE_DESCRIPTION, _RATING, _RATING_PERCENT = 0x010E, 0x4746, 0x4749
_XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E
_DATE_TIME_ORIGINAL, _DATE_TIME_DIGITIZED, _USER_COMMENT = 0x9003, 0x9004, 0x9286
_GPS_TIME, _GPS_DATE = 7, 29

_IPTC_TITLE, _IPTC_KEYWORDS, _IPTC_HEADLINE, _IPTC_CAPTION = 5, 25, 105, 120
_IPTC_DATES = ((55, 60, "iptc"), (62, 63, "iptc-digitized"))

_WRITTEN_BY_CAMERAS = re.compile(
    r"(olympus|konica minolta|minolta|kodak|samsung|panasonic|sony|jvc|hp|pentax|casio|ricoh|vivitar|fuji\w*)?[\s_-]*"
    r"(digital (still )?camera|dsc|exif[_ ]jpeg[_ ]\w+|dcim\\\w+|default|image description|dcf 1\.0|untitled)"
    r"|\w{0,6}hdr\w{0,6}|cof|edf|ptr|fpt|oznor\w*|mde|sdr|binary comment",
    re.IGNORECASE,
)
"""Texts that cameras write in place of a description."""


def read_stated(data: bytes) -> Stated:
    """Return the metadata in a picture's file.

    Args:
        data: The bytes of a file, in any format and possibly damaged.
    """
    packets = [packet for packet in xmp_packets(data) if len(packet) <= MAX_PACKET]
    return combine(*(_of_xmp(packet, "xmp") for packet in packets), _of_iptc(data), _of_exif(data), _of_png(data))


def read_sidecar(document: bytes) -> Stated:
    """Return the metadata in an XMP sidecar; nothing if it is damaged."""
    return _of_xmp(document, "sidecar") if len(document) <= MAX_PACKET else NOTHING


def read_takeout(document: bytes) -> Stated:
    """Return the metadata in Google Takeout's JSON file; nothing for any other file."""
    try:
        found = json.loads(document)
        time = found.get("photoTakenTime")
        seconds = int(time["timestamp"]) if isinstance(time, dict) else 0
        description = found.get("description")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return NOTHING
    return Stated(
        _dates([(parse_epoch(seconds), "takeout")]),
        description=clean_text(description, MAX_DESCRIPTION) if isinstance(description, str) else None,
    )


def combine(*sources: Stated) -> Stated:
    """Merge the metadata of several sources; if they contradict each other, the first wins."""
    ratings = [one.rating for one in sources if one.rating is not None]
    return Stated(
        tuple(date for one in sources for date in one.dates),
        _each_once(keyword for one in sources for keyword in one.keywords),
        ratings[0] if ratings else None,
        next((one.title for one in sources if one.title), None),
        next((one.description for one in sources if one.description), None),
    )


def clean_text(text: str, limit: int) -> str | None:
    """Return a cleaned text: composed, without control characters, cut at a limit; None if empty.

    Line breaks stay.

    Args:
        text: The text as written.
        limit: Maximum number of characters.
    """
    lines = text[: 8 * limit].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tidy = "\n".join(" ".join("".join(map(_shown, line)).split()) for line in lines)
    return unicodedata.normalize("NFC", tidy).strip()[:limit].strip() or None


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    is_joiner = char in "\u200c\u200d"
    return "" if category in ("Cs", "Co", "Cn") or (category == "Cf" and not is_joiner) else char


def _of_xmp(packet: bytes, source: str) -> Stated:
    found = properties(packet)

    def first(*names: Name) -> str:
        return next((found[name][0] for name in names if found.get(name)), "")

    originals = [*found.get((_EXIF, "DateTimeOriginal"), ()), *found.get((_PHOTOSHOP, "DateCreated"), ())]
    digitized = [*found.get((_EXIF, "DateTimeDigitized"), ()), *found.get((_XMP, "CreateDate"), ())]
    paths = [
        step
        for name, separator in _PATHS
        for path in found.get(name, ())
        if not _INTERNAL.match(path)
        for step in path.split(separator)
    ]
    subjects = [*found.get((_DC, "subject"), ()), *found.get((_ACDSEE, "keywords"), ())]
    respelt = _respelt([*subjects, *paths])
    paths = [step for step in paths if step.casefold() not in respelt]
    listed = [word for text in found.get((_PDF, "Keywords"), ()) for word in re.split("[,;]", text)]
    microsoft = first((_MICROSOFT, "Rating"), (_MICROSOFT.rstrip("/"), "Rating"))
    return Stated(
        _dates([(parse_date(text), source) for text in originals[:4]])
        + _dates([(parse_date(text), f"{source}-digitized") for text in digitized[:4]]),
        keywords_from([*subjects, *paths, *_mwg_keywords(packet), *listed]),
        _first_rating(_stars(first((_XMP, "Rating"), (_ACDSEE, "rating"))), _stars_of_percent(microsoft)),
        clean_text(first((_DC, "title"), (_PHOTOSHOP, "Headline")), MAX_TITLE),
        clean_text(first((_DC, "description"), (_ACDSEE, "caption")), MAX_DESCRIPTION),
    )


def _respelt(keywords: Iterable[str]) -> set[str]:
    """Return the folded spelling in paths of keywords that contain a separator: ``ac-dc`` for ``AC/DC``.

    A path cannot contain such a keyword unchanged, so we write a hyphen; the result is not a separate keyword.
    """
    spelt = {keyword.casefold() for keyword in keywords}
    separators = {separator for _, separator in _PATHS}
    return {one.replace(separator, "-") for one in spelt for separator in separators if separator in one}


def _mwg_keywords(packet: bytes) -> Iterator[str]:
    """Yield every level of the hierarchies defined by the Metadata Working Group."""
    document = parse(packet) if _MWG.encode() in packet else None
    for node in document.rdf.walk() if document else ():
        if node.name == (_MWG, "Keyword"):
            yield node.text
        yield from (value for name, value in node.attributes.items() if name == (_MWG, "Keyword"))


def _of_iptc(data: bytes) -> Stated:
    texts: dict[int, list[str]] = {}
    for block in iptc_records(data):
        for record, number, value in iptc_datasets(block):
            if record == 2:
                texts.setdefault(number, []).append(decode_text(value))

    def first(*numbers: int) -> str:
        return next((texts[number][0] for number in numbers if texts.get(number)), "")

    return Stated(
        _dates([(parse_iptc_date(first(day), first(time)), source) for day, time, source in _IPTC_DATES]),
        keywords_from(texts.get(_IPTC_KEYWORDS, ())),
        None,
        clean_text(first(_IPTC_TITLE, _IPTC_HEADLINE), MAX_TITLE),
        clean_text(first(_IPTC_CAPTION), MAX_DESCRIPTION),
    )


def decode_text(value: bytes) -> str:
    """Decode a text with an uncertain encoding: as UTF-8 if that is possible, else as Windows-1252.

    The encoding declared in the file is ignored: some declare UTF-8 and contain Latin-1, and many declare nothing.
    """
    text = value.split(b"\0", 1)[0]
    with suppress(UnicodeDecodeError):
        return text.decode()
    for cut in (1, 2, 3):  # old programs cut texts at 64 bytes, even in the middle of a character
        with suppress(UnicodeDecodeError):
            if len(text) >= 32:
                return text[:-cut].decode()
    return text.decode("cp1252", "replace")


def _of_exif(data: bytes) -> Stated:
    for block in exif_blocks(data):
        found = exif_directories(block)
        if found:
            return _of_directories(*found)
    return NOTHING


def _of_directories(
    tiff: Tiff, main: Mapping[int, Entry], camera: Mapping[int, Entry], place: Mapping[int, Entry]
) -> Stated:
    # Some scanners write the camera's entries into the main directory.
    entries = {**main, **camera}
    percent = tiff.integer(main.get(_RATING_PERCENT))
    stars = tiff.integer(main.get(_RATING))
    return Stated(
        _dates(
            [
                (parse_date(_ascii(entries.get(_DATE_TIME_ORIGINAL))), "exif"),
                (parse_date(_ascii(entries.get(_DATE_TIME_DIGITIZED))), "exif-digitized"),
                (_gps_time(tiff, place), "gps"),
            ]
        ),
        keywords_from(re.split("[;,]", _utf_16(main.get(_XP_KEYWORDS)))),
        _first_rating(stars if stars is not None and stars <= 5 else None, _stars_of_percent(percent)),
        clean_text(_utf_16(main.get(_XP_TITLE)), MAX_TITLE),
        _description(_ascii(main.get(_IMAGE_DESCRIPTION)))
        or _description(user_comment(tiff, camera.get(_USER_COMMENT)))
        or clean_text(_utf_16(main.get(_XP_COMMENT)), MAX_DESCRIPTION),
    )


def _ascii(entry: Entry | None) -> str:
    return decode_text(entry.value) if entry else ""


def _utf_16(entry: Entry | None) -> str:
    """Return one of Windows' texts, which are in little-endian UTF-16 regardless of the file's byte order."""
    return entry.value.decode("utf-16-le", "replace").split("\0", 1)[0] if entry else ""


def user_comment(tiff: Tiff, entry: Entry | None) -> str:
    """Return the text of a UserComment; its first 8 bytes name the encoding."""
    if entry is None:
        return ""
    code, text = entry.value[:8].rstrip(b"\0 ").upper(), entry.value[8:]
    if code == b"UNICODE":
        order = "le" if tiff.order == "little" else "be"
        # Some programs use a different byte order than the file; Latin letters then become characters far away.
        other = "be" if order == "le" else "le"
        decoded, swapped = (text.decode(f"utf-16-{one}", "replace").strip("\ufeff\0 ") for one in (order, other))
        return swapped if _latin(swapped) > _latin(decoded) else decoded
    if code == b"JIS":
        return text.decode("iso2022_jp", "ignore")
    if code in (b"ASCII", b""):
        return decode_text(text)
    return decode_text(entry.value)


def _latin(text: str) -> int:
    return sum(char < "\u0250" for char in text)


def _description(text: str) -> str | None:
    """Return a description if a person could have written it."""
    tidy = clean_text(text, MAX_DESCRIPTION)
    if not tidy or _WRITTEN_BY_CAMERAS.fullmatch(tidy) or (tidy[0], tidy[-1]) == ("{", "}"):
        return None
    return tidy


def _gps_time(tiff: Tiff, place: Mapping[int, Entry]) -> str | None:
    day = parse_date(_ascii(place.get(_GPS_DATE)))
    if day is None or len(day) != len("2020-07-14"):
        return None
    clock = place.get(_GPS_TIME)
    if clock is None or clock.type != RATIONAL or len(clock.value) < 24:
        return day
    numbers = [tiff.number(clock.value[at : at + 4]) for at in range(0, 24, 4)]
    if not all(numbers[1::2]):
        return day
    hour, minute, second = (top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True))
    return parse_date(f"{day}T{int(hour):02}:{int(minute):02}:{int(second):02}") or day


def _of_png(data: bytes) -> Stated:
    texts: dict[str, str] = {}
    for one in png_texts(data):
        texts.setdefault(one.keyword.lower(), one.text)
    return Stated(
        _dates([(parse_date(texts.get("creation time")), "png")]),
        title=clean_text(texts.get("title", ""), MAX_TITLE),
        description=clean_text(texts.get("description", ""), MAX_DESCRIPTION),
    )


def keywords_from(texts: Iterable[str]) -> tuple[str, ...]:
    """Return unique keywords that can be tags: without control characters, and split at commas."""
    return _each_once(_clean_keywords(texts))


def _clean_keywords(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if len(text) > 100 * MAX_KEYWORD:
            continue
        for part in text.split(","):
            keyword = clean_text(part.replace("\n", " "), MAX_KEYWORD + 1)
            if keyword and len(keyword) <= MAX_KEYWORD and any(map(_names_something, keyword)):
                yield keyword


def _names_something(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNS"


def _each_once(keywords: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for keyword in keywords:
        found.setdefault(keyword.casefold(), keyword)
        if len(found) == MAX_KEYWORDS:
            break
    return tuple(found.values())


def _dates(dates: Iterable[tuple[str | None, str]]) -> tuple[DateCandidate, ...]:
    return tuple(DateCandidate(value, source) for value, source in dates if value)


def _stars(text: str) -> int | None:
    """Return a rating as in XMP, from -1 to 5."""
    found = re.fullmatch(r"(-?\d{1,2})(?:[.,]\d+)?", text.strip())
    return int(found[1]) if found and -1 <= int(found[1]) <= 5 else None


def _stars_of_percent(percent: str | int | None) -> int | None:
    with suppress(ValueError, TypeError):
        number = int(percent)  # type: ignore[arg-type]  # anything but a number raises
        return next((stars for least, stars in _MICROSOFT_STARS if number >= least), 0) if 0 <= number <= 100 else None
    return None


def _first_rating(*ratings: int | None) -> int | None:
    return next((rating for rating in ratings if rating is not None), None)


Reader = Callable[[bytes], Stated]

READERS: Mapping[str, Reader] = {"sidecar": read_sidecar, "takeout": read_takeout}
"""Functions that read the files next to a picture, by their kind in `onsight.files.companions`."""
