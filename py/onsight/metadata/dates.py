"""Find out when a picture was taken, from all sources that cameras, phones, scanners and messengers leave.

Sources, the most trusted first:

======================  =========================================================================  ======
``sidecar``             the date of the picture in an XMP sidecar, which may correct the file's    local
``exif``                EXIF DateTimeOriginal                                                      local
``xmp``                 XMP exif:DateTimeOriginal, photoshop:DateCreated                           local
``iptc``                IPTC DateCreated and TimeCreated                                           local
``exif-digitized``      EXIF DateTimeDigitized (also called CreateDate)                            local
``xmp-digitized``       XMP exif:DateTimeDigitized, xmp:CreateDate                                 local
``iptc-digitized``      IPTC DigitalCreationDate and DigitalCreationTime                           local
``sidecar-digitized``   the same properties of XMP in a sidecar                                    local
``png``                 the PNG text "Creation Time"                                               local
``gps``                 the satellites' clock                                                      UTC
``takeout``             photoTakenTime in the JSON file that Google Takeout writes                 UTC
``name``                the file's name                                                            local
``name-utc``            the file's name, where the program that chose it is known to use UTC       UTC
======================  =========================================================================  ======

Two rules refine the order. A name with a time takes precedence over ``gps`` and ``takeout`` if it is within a day of
them, because it is in local time and the day in UTC can differ. A date without a time is completed by a less trusted
source with a time on the same day.

Some dates do not say when a picture was taken and are never used: EXIF ModifyDate, XMP xmp:ModifyDate, PNG tIME, PNG
"date:create" and "date:modify" (times of some file), and the file's modification time.

A date is ignored, and the next source is used, if it is more than a day in the future, before 1826 (the first
photograph), or the start of an unset clock: any time on 1970-01-01, and exactly midnight on 1 January of 1900, 1904,
1980 and 2000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from onsight.metadata.stated import DateCandidate

SOURCES: Mapping[str, str] = {
    "sidecar": "from the sidecar",
    "exif": "from the camera (EXIF)",
    "xmp": "from the file's XMP",
    "iptc": "from the file's IPTC data",
    "exif-digitized": "digitized (EXIF)",
    "xmp-digitized": "digitized (XMP)",
    "iptc-digitized": "digitized (IPTC)",
    "sidecar-digitized": "digitized (sidecar)",
    "png": "from the PNG's text",
    "gps": "from GPS, in UTC",
    "takeout": "from Google Takeout, in UTC",
    "name": "from the file's name",
    "name-utc": "from the file's name, in UTC",
}
"""Descriptions of the sources, the most trusted first."""

KINDS: Mapping[str, str] = {
    "exif": "Camera (EXIF)",
    "sidecar": "Sidecar",
    "xmp": "XMP",
    "iptc": "IPTC",
    "png": "PNG text",
    "gps": "GPS",
    "takeout": "Google Takeout",
    "name": "File name",
}
"""Descriptions of the kinds of sources, by the part before the hyphen."""

IN_UTC = frozenset({"gps", "takeout", "name-utc"})

FIRST_PHOTOGRAPH = "1826"

_UNSET_CLOCKS = frozenset(f"{year}-01-01T00:00:00" for year in (1900, 1904, 1980, 2000))
_UNSET_DAY = "1970-01-01"

_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip

_CLOCK = r"(\d{1,2})\s*[:.]\s*(\d{2})(?:\s*[:.]\s*(\d{2})(?:[.,]\d*)?)?\s*([AaPp]\.?[Mm]\.?)?"
_ZONE = r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})(?:[:/.-](\d{{1,2}})?(?:[:/.-](\d{{1,2}})?)?)?(?:[T ]*{_CLOCK})?{_ZONE}", re.ASCII)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:[T ]?(\d{{2}})(\d{{2}})(\d{{2}})(?:\.\d+)?())?{_ZONE}", re.ASCII)
_DAY_FIRST = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(\d{{1,2}})\s+([A-Za-z]{{3,9}})\.?\s+(\d{{4}})(?:\s+{_CLOCK})?{_ZONE}", re.ASCII
)
_MONTH_FIRST = re.compile(
    r"(?:[A-Za-z]{3}\s+)?([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:[A-Z]{3,4}\s+)?(\d{4})", re.ASCII
)
_BLANK_TIME = re.compile(r"[T ]*\s*:\s*:?\s*$")


def parse_date(text: str | None) -> str | None:
    """Return a date in the form of `DateCandidate.value`, or None if the text is not a date or is ambiguous.

    Understands the forms of EXIF, ISO 8601 and RFC 1123, dates without day or month (which some programs write as
    zeros or blanks), and trailing zones, which do not change the local time. A second of 60 counts as 59.

    Args:
        text: The text in the file.
    """
    tidy = (text or "").split("\0", 1)[0].strip()
    if len(tidy) > 64:
        return None
    tidy = _BLANK_TIME.sub("", tidy)
    tidy = re.sub(r"(?<=\d)([:/-])\s+(?=[:/-]|$)", r"\1", tidy)  # a blank month or day
    if found := _YEAR_FIRST.fullmatch(tidy) or _COMPACT.fullmatch(tidy):
        return date_of(*found.groups())
    if found := _DAY_FIRST.fullmatch(tidy):
        day, month, year, *clock = found.groups()
        return date_of(year, _month(month), day, *clock)
    if found := _MONTH_FIRST.fullmatch(tidy):
        month, day, hour, minute, second, year = found.groups()
        return date_of(year, _month(month), day, hour, minute, second)
    return None


def _month(name: str) -> str:
    return str(_MONTHS.get(name[:3].lower(), 99))


def date_of(
    year: str | None,
    month: str | None = None,
    day: str | None = None,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    half: str | None = None,
) -> str | None:
    """Return a date from its parts in digits, or None if it is invalid.

    Args:
        year: Four digits.
        month: 1 to 12; 0 or empty if unknown.
        day: 1 to 31; 0 or empty if unknown.
        hour: 0 to 24, or 1 to 12 with ``half``; empty if the time is unknown.
        minute: 0 to 59.
        second: 0 to 60; 60 counts as 59.
        half: Starts with "a" or "p", for times before or after noon.
    """
    if not year or not int(year):
        return None
    if not month or not int(month):
        return year
    if not day or not int(day):
        return f"{year}-{int(month):02}" if int(month) <= 12 else None
    hours, minutes, seconds = int(hour or 0), int(minute or 0), min(int(second or 0), 59)
    if int(second or 0) > 60:
        return None
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    days = 0
    if hours == 24:
        # ISO 8601 ends a day at 24:00:00. Some phones wrote 24:05:00 for five past midnight on that day.
        hours, days = 0, 0 if minutes or seconds else 1
    try:
        found = datetime(int(year), int(month), int(day), hours, minutes, seconds) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return found.isoformat() if hour else found.date().isoformat()


def parse_iptc_date(date: str | None, time: str | None) -> str | None:
    """Return the date from IPTC's two fields ``20200714`` and ``123456+0200``; zeros mean unknown."""
    day = (date or "").strip().strip("\0").replace("-", "").replace(":", "")
    if not re.fullmatch(r"\d{8}", day, re.ASCII):
        return None
    clock = re.fullmatch(
        r"(\d{2}):?(\d{2}):?(\d{2})(?:[+-]\d{2}:?\d{2}|Z)?", (time or "").strip().strip("\0"), re.ASCII
    )
    return date_of(day[:4], day[4:6], day[6:], *(clock.groups() if clock else ()))


def parse_epoch(seconds: float) -> str | None:
    """Return a date from seconds since 1970 in UTC; None for 0, which means "unknown"."""
    with suppress(OverflowError, ValueError):
        return (datetime(1970, 1, 1) + timedelta(seconds=int(seconds))).isoformat() if seconds else None
    return None


def is_plausible(value: str, now: datetime) -> bool:
    """Return whether a picture can have this date; the module's docstring lists impossible dates.

    Args:
        value: A date as in `DateCandidate`.
        now: The current local time.
    """
    latest = (now + timedelta(days=1)).isoformat(timespec="seconds")
    is_past = value <= latest[: len(value)]
    return value >= FIRST_PHOTOGRAPH and is_past and value not in _UNSET_CLOCKS and not value.startswith(_UNSET_DAY)


def choose(candidates: Iterable[DateCandidate], *, now: datetime | None = None) -> DateCandidate | None:
    """Return the most trusted date, or None; the module's docstring gives the order.

    Args:
        candidates: All dates that were found.
        now: The current local time; None uses the clock.
    """
    moment = now or datetime.now()
    ranks = list(SOURCES)
    usable = [one for one in candidates if is_plausible(one.value, moment)]
    usable.sort(key=lambda one: ranks.index(one.source))
    if not usable:
        return None
    best = usable[0]
    if best.source in IN_UTC and (named := _local_name(best, usable)):
        return named
    for other in usable[1:]:
        is_same_day = other.value.startswith(best.value) and len(other.value) > len(best.value)
        if is_same_day and other.source not in IN_UTC:
            return other
    return best


def _local_name(best: DateCandidate, usable: Iterable[DateCandidate]) -> DateCandidate | None:
    """Return the date in the file's name if it is the local time of a date in UTC."""
    for one in usable:
        if one.source != "name" or "T" not in one.value:
            continue
        if "T" not in best.value:
            best_time = datetime.fromisoformat(best.value) + timedelta(hours=12) if len(best.value) == 10 else None
            limit = timedelta(hours=27)
        else:
            best_time, limit = datetime.fromisoformat(best.value), timedelta(hours=15)
        if best_time and abs(datetime.fromisoformat(one.value) - best_time) <= limit:
            return one
    return None


def matching_sources(name: str) -> tuple[str, ...]:
    """Return the sources that a word in a search stands for, such as ``exif``, ``digitized`` or ``utc``."""
    if name == "utc":
        return tuple(source for source in SOURCES if source in IN_UTC)
    return tuple(source for source in SOURCES if name == source or name in source.split("-"))
